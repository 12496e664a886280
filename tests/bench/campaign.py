"""One campaign of the coupon journey on the real stack: what several rows read their figures from."""

import asyncio
import time
from dataclasses import dataclass
from threading import Event, Thread

import psutil
from sqlalchemy import func, or_, select
from temporalio.client import Client

from engine.enrolment.campaign import create_campaign
from engine.enrolment.runtime import Published
from engine.store.database import Database
from engine.store.tables import campaign, cohort, enrolment, sandbox_message
from tests.bench.people import SEGMENT, settle
from tests.bench.stack import Place, Stack, example
from wend.play.report import count_actions
from wend.stack.crew import BULK
from workers.connection import connect
from workers.names import campaign_workflow, cohort_workflow

DAY_SECONDS = 0.5
"""The compressed day, for Wend and for the baseline alike: the wait of two days lasts one second, while others work."""
_LOOK_SECONDS = 0.1
_SAMPLE_SECONDS = 0.25
_AT_ONCE = 16
_PATIENCE_SECONDS = 3_600


class DidNotFinish(RuntimeError):
    """Not everyone who entered came to the end. Read the worker's log, and run the row again."""


@dataclass(frozen=True, slots=True)
class Run:
    """A finished campaign. `seconds` from its creation, before the first entry, to the last end; `cpu` of the workers;
    `resident` bytes of one worker, sampled evenly while it ran; `actions` Temporal's; `events` and `size` (bytes) of
    each cohort's history."""

    contacts: int
    seconds: float
    cpu: float
    resident: list[int]
    actions: int
    events: list[int]
    size: list[int]

    @property
    def rate(self) -> float:
        """Contacts a second."""
        return self.contacts / self.seconds


def run_campaign(stack: Stack, contacts: int, *, bulk: int = BULK, histories: bool = True) -> Run:
    """Send `contacts` people, none of whom opens anything, through the coupon journey.

    The worker processes are those of `wend up`, with `bulk` of them in the bulk lane; 0: a single one does everything.
    `cpu` is of all, `resident` of the last.
    """
    with stack.place(f"campaign-{contacts}", DAY_SECONDS) as place:
        published = place.publish(example("coupon"))
        settle(place.database, contacts, place.runtime.business_now())
        started = place.start_crew(bulk)
        processes = [psutil.Process(one.pid) for one in started]
        before = sum(map(_cpu, processes))
        with Sampler(processes[-1]) as sampler:
            began = time.monotonic()
            number = begin(place, published)
            wait_for_end(place.database, number)
            seconds = time.monotonic() - began
        _check(place.database, contacts)
        cpu = sum(map(_cpu, processes)) - before
        actions, events, size = asyncio.run(_histories(place, number)) if histories else (0, [], [])
        return Run(contacts, seconds, cpu, sampler.resident, actions, events, size)


def begin(place: Place, published: Published) -> int:
    """Make the campaign; the relay follows it."""
    with place.database.write() as connection:
        return create_campaign(
            connection, published.journey, SEGMENT, now=place.runtime.business_now(), name="bench"
        )


def wait_for_end(database: Database, number: int) -> None:
    """Wait until the campaign is through and no cohort has anybody left. It looks at few rows, so as not to disturb."""
    limit = time.monotonic() + _PATIENCE_SECONDS
    pause = Event()
    while not _through(database, number):
        if time.monotonic() > limit:
            raise DidNotFinish("The campaign did not come to its end in an hour. Read the worker's log.")
        pause.wait(_LOOK_SECONDS)


def _through(database: Database, number: int) -> bool:
    with database.read() as connection:
        if connection.scalar(select(campaign.c.state).where(campaign.c.id == number)) != "done":
            return False
        active = select(func.count()).where(or_(~cohort.c.started, cohort.c.next_at.is_not(None)))
        return connection.scalar(active) == 0


def _check(database: Database, contacts: int) -> None:
    with database.read() as connection:
        ended = connection.scalar(select(func.count()).where(enrolment.c.place == "ended"))
        sent = connection.scalar(select(func.count(sandbox_message.c.send_key.distinct())))
    if ended != contacts or sent != 2 * contacts:
        raise DidNotFinish(
            f"{ended} of {contacts} ended, and {sent} of {2 * contacts} messages were accepted. Read the worker's log."
        )


async def _histories(place: Place, number: int) -> tuple[int, list[int], list[int]]:
    client = await connect(place.settings)
    with place.database.read() as connection:
        cohorts = [cohort_workflow(one) for one in connection.scalars(select(cohort.c.id))]
    actions = await count_actions(client, [campaign_workflow(number), *cohorts])
    gate = asyncio.Semaphore(_AT_ONCE)
    found = await asyncio.gather(*(_history(client, gate, one) for one in cohorts))
    return actions, [events for events, _ in found], [size for _, size in found]


async def _history(client: Client, gate: asyncio.Semaphore, workflow: str) -> tuple[int, int]:
    async with gate:
        history = await client.get_workflow_handle(workflow).fetch_history()
        return len(history.events), sum(event.ByteSize() for event in history.events)


def _cpu(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


class Sampler:
    """Reads a process's resident memory at even intervals, as long as it is entered."""

    def __init__(self, process: psutil.Process) -> None:
        self.resident: list[int] = []
        self._process = process
        self._stopping = Event()
        self._thread = Thread(target=self._sample, daemon=True)

    def _sample(self) -> None:
        while not self._stopping.wait(_SAMPLE_SECONDS):
            self.resident.append(self._process.memory_info().rss)

    def __enter__(self) -> "Sampler":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        self._thread.join()
