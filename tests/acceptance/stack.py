"""The whole of Wend on a Temporal server that skips time: database, workers, relay and API, and the story's clock.

Everything is real but the network to the API, and the hours between one thing and the next. The story's time is business
time, from 3 March 2025 on; the server has a time of its own, which the installation's clock maps to it.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta

import httpx
from sqlalchemy import Connection, and_, exists, func, insert, or_, select
from temporalio.testing import WorkflowEnvironment

from api.app import make_app
from engine.enrolment.checker import check_invariants
from engine.enrolment.runtime import Runtime
from engine.journey.time import instant
from engine.store.database import Database
from engine.store.tables import admission, campaign, clock, enrolment, sandbox_message
from workers.assembly import assemble
from workers.relay import Relay
from workers.worker import lane_worker

BEGIN = instant("2025-03-03T08:59:30Z")
"""Half a minute before the story's first full minute: rests end on the minute, rounded up, so that two days after an email
of these seconds are 09:00 sharp."""
_LOOK_SECONDS = 0.01
_PATIENCE_SECONDS = 90
_IDLE_MS = 1_200


class NeverStill(AssertionError):
    """Something keeps moving that should have come to rest. Look at the places that the message counts."""


class Stack:
    """A running installation. `moment` is the instant at which the story stands."""

    runtime: Runtime

    def __init__(self, database: Database, environment: WorkflowEnvironment) -> None:
        self.database = database
        self.moment = BEGIN
        self._environment = environment
        self._workers = AsyncExitStack()
        self._working = False
        self._server_then = 0
        self._here_then = 0.0

    def now(self) -> int:
        """The server's time, in milliseconds since the epoch."""
        return self._server_then + int((time.monotonic() - self._here_then) * 1000)

    async def begin(self) -> None:
        """Let the story begin at the server's present, and put the engine together."""
        self._set(await self._server_time())
        with self.database.write() as connection:
            connection.execute(
                insert(clock).values(id=1, origin_real=self._server_then, origin_business=BEGIN, speed=1.0)
            )
        self.runtime = await asyncio.to_thread(assemble, self.database)
        self.runtime.now = self.now

    async def start_workers(self) -> None:
        """A worker of each lane, and a relay."""
        for lane in ("live", "bulk"):
            executor = self._workers.enter_context(ThreadPoolExecutor(2, lane))
            # Nothing cached: this server would hold a stopped worker's tasks for it, and each task proves the replay.
            worker = lane_worker(self._environment.client, self.runtime, lane, executor, 2, cached=0)
            await self._workers.enter_async_context(worker)
        relay = Relay(self.runtime, self._environment.client)
        relaying = asyncio.create_task(relay.run())

        async def stop() -> None:
            relay.stop()
            await relaying

        self._workers.push_async_callback(stop)
        self._working = True

    async def stop_workers(self) -> None:
        """Stop them all, the relay first."""
        self._working = False
        await self._workers.aclose()

    @asynccontextmanager
    async def without_workers(self) -> AsyncIterator[None]:
        """A block in which no worker and no relay runs. After it, they catch up."""
        await self.stop_workers()
        yield
        await self.start_workers()
        await self.settle()

    async def advance(self, until: int) -> None:
        """Go to an instant of the story. Wherever somebody wakes on the way, time stops until everybody is still."""
        await self.settle()
        while (wake := self._next_wake(until)) is not None:
            await self.skip(wake)
            await self.settle()
        await self.skip(until)
        await self.settle()

    async def settle(self) -> None:
        """Wait until nobody moves, and nobody's rest is over; where no worker runs, there is nothing to wait for."""
        if not self._working:
            return
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while not await asyncio.to_thread(self._is_still):
            if time.monotonic() > deadline:
                raise NeverStill(await asyncio.to_thread(self._places))
            await asyncio.sleep(_LOOK_SECONDS)

    def violations(self) -> list[str]:
        """What of the protocol's invariants does not hold; to be asked when everybody is still."""
        with self.database.read() as connection:
            return check_invariants(connection, business_now=self.runtime.business_now(), real_now=self.now())

    async def skip(self, until: int) -> None:
        """Go to an instant of the story at once, whatever should happen on the way."""
        self.moment = max(self.moment, until)
        ahead = self.runtime.clock.real(until) - await self._server_time()
        if ahead > 0:
            await self._environment.sleep(timedelta(milliseconds=ahead))
        self._set(max(await self._server_time(), self.runtime.clock.real(until)))

    async def idle(self, until: int) -> None:
        """Let time pass while nobody works. The server skips no time while something waits for a worker, so that the last
        seconds pass as they do everywhere."""
        await self.skip(until - _IDLE_MS)
        left = self.runtime.clock.real(until) - self.now()
        await asyncio.sleep(max(0, left) / 1000)
        self.moment = until

    async def _server_time(self) -> int:
        return round((await self._environment.get_current_time()).timestamp() * 1000)

    def _set(self, server: int) -> None:
        self._server_then, self._here_then = server, time.monotonic()

    def _next_wake(self, until: int) -> int | None:
        """The next rest that ends by then."""
        statement = select(func.min(enrolment.c.wake_at)).where(
            enrolment.c.place == "resting", enrolment.c.wake_at <= until
        )
        with self.database.read() as connection:
            wake: int | None = connection.scalar(statement)
        return wake

    def _is_still(self) -> bool:
        now = self.runtime.business_now()
        under_way = or_(
            enrolment.c.place == "moving", and_(enrolment.c.place == "resting", enrolment.c.wake_at <= now)
        )
        beginning = or_(
            ~campaign.c.opened,
            campaign.c.changed,
            and_(
                campaign.c.schedule.is_(None),
                or_(
                    and_(campaign.c.state == "running", campaign.c.mode == "snapshot"),
                    and_(
                        campaign.c.state == "planned",
                        func.coalesce(campaign.c.starts_at, now) <= now,
                    ),
                ),
            ),
        )
        with self.database.read() as connection:
            return not any(
                connection.scalar(select(exists().where(busy)))
                for busy in (
                    admission.c.strand.is_not(None),
                    under_way,
                    beginning,
                    sandbox_message.c.report.is_not(None),
                )
            )

    def _places(self) -> str:
        with self.database.read() as connection:
            return f"not still after {_PATIENCE_SECONDS} s: {_counts(connection)}"


def _counts(connection: Connection) -> str:
    rows = connection.execute(
        select(enrolment.c.place, enrolment.c.position, func.count()).group_by(
            enrolment.c.place, enrolment.c.position
        )
    )
    return ", ".join(f"{count} {place} at {position}" for place, position, count in rows)


@asynccontextmanager
async def running(database: Database, environment: WorkflowEnvironment) -> AsyncIterator[Stack]:
    """Workers of both lanes and a relay on this database and server, until the block ends."""
    stack = Stack(database, environment)
    await stack.begin()
    try:
        await stack.start_workers()
        yield stack
    finally:
        await stack.stop_workers()


def api_client(stack: Stack) -> httpx.AsyncClient:
    """A client of the API in this process, whose clock is the stack's."""
    app = make_app(stack.database)
    app.state.house.runtime.now = stack.now
    transport = httpx.ASGITransport(app=app)
    return httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000/v1")
