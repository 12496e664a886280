"""The relay: turns admissions into cohorts and starts their workflows; and the sweep, which mends what died between.

It keeps nothing in memory: what it has to do is what the tables say. Two relays at once share the work.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from itertools import count

from sqlalchemy import exists, select
from temporalio.client import Client
from temporalio.common import (
    SearchAttributeKey,
    SearchAttributePair,
    TypedSearchAttributes,
    WorkflowIDConflictPolicy,
)
from temporalio.service import RPCError

from engine.enrolment.control_sweep import ControlSweep
from engine.enrolment.dates import enter_on_dates
from engine.enrolment.drain import (
    Waiting,
    behind,
    delete_stale,
    drain,
    mark_started,
    overdue,
    put_off,
    unstarted,
)
from engine.enrolment.ledger_sweep import LedgerSweep
from engine.enrolment.postman import deliver_reports
from engine.enrolment.replay_sweep import ReplaySweep
from engine.enrolment.runtime import Runtime
from engine.enrolment.tally import fold_tallies
from engine.store.heartbeats import beat
from engine.store.tables import admission
from engine.store.watch import Watch
from workers.campaigns import Campaigns
from workers.names import (
    COHORT,
    JOURNEY_ATTRIBUTE,
    LANE_ATTRIBUTE,
    PLAN_ATTRIBUTE,
    QUEUES,
    cohort_workflow,
)
from workers.pauses import Pauses, is_away

_IDLE_SECONDS = 0.015
_GATHER_SECONDS = 0.25
_GATHER_FROM = 25
"""From so many admissions in one turn on, the relay waits to gather more of them: the system is under load."""
_SWEEP_SECONDS = 3.0
_BUSY_SECONDS = 0.05
"""After so long a sweep goes on that had more to do, if no leg waits for a worker meanwhile."""
_STEP_SECONDS = 1.0
"""How long one step of a sweep takes at most, a page more or less."""
_BEHIND_MS = 1_000
_CAMPAIGNS_SECONDS = 0.25
_REOPEN_TURNS = 40
"""After so many looks at what is new in campaigns, those under way are looked for in Temporal."""
_GRACE_MS = 12_000
"""How late a cohort may be before the sweep starts it again: more than a leg's sign of life takes to be missed."""

_ADMITTED = select(exists(select(admission.c.strand)))

_log = logging.getLogger("wend.relay")


class Relay:
    """One relay. `run` ends when `stop` was called, after the turn that it is in."""

    def __init__(self, runtime: Runtime, client: Client) -> None:
        self._runtime = runtime
        self._client = client
        self._campaigns = Campaigns(runtime, client)
        self._pauses = Pauses()
        self._control = ControlSweep(runtime)
        self._replays = ReplaySweep(runtime)
        self._ledger = LedgerSweep(runtime)
        self._stopping = asyncio.Event()

    def stop(self) -> None:
        """End after this turn."""
        self._stopping.set()

    async def run(self) -> None:
        """Drain and start, turn after turn; sweep every few seconds. An outage of Temporal or the database is waited
        out: nothing is lost by it. Whatever else ends one of the loops ends all of them, and is raised."""
        loops = [self._drain_forever(), self._follow_campaigns(), self._sweep_forever()]
        tasks = [asyncio.create_task(loop) for loop in loops]
        try:
            await asyncio.gather(*tasks)
        finally:
            for task in tasks:
                task.cancel()

    async def _drain_forever(self) -> None:
        watch = Watch(self._runtime.database)
        work_left = True
        while not self._stopping.is_set():
            moved = 0
            try:
                # Asked first: what is written while it looks is then seen the next time.
                if watch.changed() or work_left:
                    moved, work_left = await self.turn()
            except Exception:
                _log.exception("a turn of the relay failed; the next one tries again")
                work_left = True
                await self._rest(1.0)
            await self._rest(_GATHER_SECONDS if moved >= _GATHER_FROM else _IDLE_SECONDS)
        watch.close()

    async def _follow_campaigns(self) -> None:
        for turn in count():
            if self._stopping.is_set():
                return
            await self._trying_campaigns(self._campaigns.turn)
            if turn % _REOPEN_TURNS == 0:
                await self._trying_campaigns(self._campaigns.reopen)
            await self._rest(_CAMPAIGNS_SECONDS)

    async def _trying_campaigns(self, work: Callable[[], Awaitable[object]]) -> None:
        try:
            await work()
        except Exception:
            _log.exception("campaigns could not be followed; the next turn tries again")

    async def _sweep_forever(self) -> None:
        while not self._stopping.is_set():
            await self._rest(_BUSY_SECONDS if await self.sweep() else _SWEEP_SECONDS)

    async def _rest(self, seconds: float) -> None:
        try:
            await asyncio.wait_for(self._stopping.wait(), seconds)
        except TimeoutError:
            return

    async def turn(self) -> tuple[int, bool]:
        """Drain what is admitted, start what is unstarted. Gives how many enrolments were moved, and whether there may
        be more to do."""
        moved, waiting = await asyncio.to_thread(self._drain)
        if waiting:
            await self.start(waiting)
        return moved, moved > 0 or bool(waiting)

    def _drain(self) -> tuple[int, list[Waiting]]:
        database, paused = self._runtime.database, self._pauses.paused()
        with database.read() as connection:
            admitted = connection.scalar(_ADMITTED)
            waiting = [] if admitted else unstarted(connection, paused)
        if not admitted:
            return 0, waiting
        with database.write("drain") as connection:
            moved = drain(connection, now=self._runtime.now())
            if moved == 0:
                delete_stale(connection)
            return moved, unstarted(connection, paused)

    async def start(self, waiting: Sequence[Waiting]) -> None:
        """Start workflows, then mark them started. Done twice, the second finds them open, or gone with nobody left."""
        names = await asyncio.to_thread(self._describe, waiting)
        started = await asyncio.gather(*(self._start(one, *names[one.id]) for one in waiting))
        done = [one.id for one, went in zip(waiting, started, strict=True) if went]
        if done:
            await asyncio.to_thread(self._mark, done)

    def _describe(self, waiting: Sequence[Waiting]) -> dict[int, tuple[str, int]]:
        with self._runtime.database.read() as connection:
            plans = {one.plan: self._runtime.plans.get(connection, one.plan) for one in waiting}
        return {one.id: (plans[one.plan].journey_name, plans[one.plan].number) for one in waiting}

    def _mark(self, cohorts: list[int]) -> None:
        with self._runtime.database.write("mark started") as connection:
            mark_started(connection, cohorts)

    async def _start(self, one: Waiting, journey: str, number: int) -> bool:
        try:
            await self._client.start_workflow(
                COHORT,
                args=[str(one.id)],
                id=cohort_workflow(one.id),
                task_queue=QUEUES[one.lane],
                id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
                static_summary=f"{journey}, version {number}, {one.lane} lane",
                search_attributes=_attributes(journey, one),
                request_eager_start=True,
            )
        except RPCError as error:
            _log.warning("cohort %s could not be started (%s); it is tried again", one.id, error.status.name)
            if not is_away(error):
                self._pauses.refused(one.id)
            return False
        self._pauses.accepted(one.id)
        return True

    async def sweep(self) -> bool:
        """Start again what should be open and is not; finish stops, resumes and replays that broke off; settle the ledger's
        silences; bring the sandbox's reports; let in whose date has come; add up numbers. A step that fails holds up no other. Gives whether to go on soon: there is
        more to do, and no leg waits for the machine."""
        runtime = self._runtime
        steps: list[tuple[str, Callable[[], Awaitable[object]]]] = [
            ("give a sign of life", partial(asyncio.to_thread, self._sign_of_life)),
            ("start overdue cohorts", self._start_late),
            ("finish stops and resumes", partial(asyncio.to_thread, self._control.run)),
            ("go on with replays", partial(asyncio.to_thread, self._replays.run)),
            ("settle the ledger", partial(asyncio.to_thread, self._ledger.run, _STEP_SECONDS)),
            ("bring reports", partial(asyncio.to_thread, self._reports)),
            ("look at dates", partial(asyncio.to_thread, enter_on_dates, runtime)),
            ("add up numbers", partial(asyncio.to_thread, fold_tallies, runtime.database)),
        ]
        more = False
        for what, step in steps:
            try:
                more = await step() is True or more
            except Exception:
                _log.exception("the sweep could not %s; the next one tries again", what)
        return more

    def _sign_of_life(self) -> None:
        with self._runtime.database.write() as connection:
            beat(connection, "relay", self._runtime.now())

    def _reports(self) -> bool:
        _, more = deliver_reports(self._runtime, _STEP_SECONDS)
        if not more:
            return False
        with self._runtime.database.read() as connection:
            return not behind(connection, before=self._runtime.now() - _BEHIND_MS)

    async def _start_late(self) -> None:
        """Start what is overdue, page after page: those whose workflow is open make room for those whose is lost."""
        end = time.monotonic() + _STEP_SECONDS
        before = self._runtime.now() - _GRACE_MS
        while late := await asyncio.to_thread(self._late, before):
            await self.start(late)
            await asyncio.to_thread(self._put_off, late, before)
            if time.monotonic() >= end:
                return

    def _late(self, before: int) -> list[Waiting]:
        with self._runtime.database.read() as connection:
            return overdue(connection, before=before, due=self._runtime.clock.business(before))

    def _put_off(self, late: list[Waiting], before: int) -> None:
        with self._runtime.database.write() as connection:
            put_off(connection, [one.id for one in late], before=before, now=self._runtime.now())


def _attributes(journey: str, one: Waiting) -> TypedSearchAttributes:
    values = {JOURNEY_ATTRIBUTE: journey, PLAN_ATTRIBUTE: str(one.plan), LANE_ATTRIBUTE: one.lane}
    return TypedSearchAttributes(
        [SearchAttributePair(SearchAttributeKey.for_keyword(name), value) for name, value in values.items()]
    )
