"""A run of the baseline: its worker processes on a database of their own, until everyone has ended."""

import time
from dataclasses import dataclass
from threading import Event

from sqlalchemy import func, select

from engine.store.database import Database
from engine.store.tables import enrolment, sandbox_message
from tests.bench.people import settle
from tests.bench.stack import Stack, example
from wend.stack.processes import Child

_LOOK_SECONDS = 0.1
_PATIENCE_SECONDS = 1_200


class DidNotFinish(RuntimeError):
    """Not everyone of the baseline came to the end. Read its worker's log, and run the row again."""


@dataclass(frozen=True, slots=True)
class Run:
    """A finished run. `seconds` from the first workflow's start to the last end."""

    contacts: int
    seconds: float

    @property
    def rate(self) -> float:
        """Contacts a second."""
        return self.contacts / self.seconds


def run_baseline(stack: Stack, name: str, contacts: int, day: float, workers: int, *tuning: str) -> Run:
    """Send `contacts` people through the coupon journey, each in a workflow of their own; worker processes share them."""
    with stack.place(name, day) as place:
        place.publish(example("coupon"))
        settle(place.database, contacts, place.runtime.business_now())
        for number in range(1, workers):
            place.start(f"worker-{number}", "tests.bench.one_per_contact", *tuning)
        worker = place.start("worker-0", "tests.bench.one_per_contact", "--start", *tuning)
        _wait_for_end(place.database, contacts)
        return Run(contacts, time.time() - _first(worker))


def _wait_for_end(database: Database, contacts: int) -> None:
    limit = time.monotonic() + _PATIENCE_SECONDS
    pause = Event()
    while (ended := _ended(database)) < contacts:
        if time.monotonic() > limit:
            raise DidNotFinish(
                f"{ended} of {contacts} ended. Read the baseline's log, and run the row again."
            )
        pause.wait(_LOOK_SECONDS)
    with database.read() as connection:
        sent = connection.scalar(select(func.count(sandbox_message.c.send_key.distinct())))
    if sent != 2 * contacts:
        raise DidNotFinish(f"{sent} of {2 * contacts} messages were accepted. Read the baseline's log.")


def _ended(database: Database) -> int:
    with database.read() as connection:
        ended = connection.scalar(select(func.count()).where(enrolment.c.place == "ended"))
    return ended or 0


def _first(worker: Child) -> float:
    lines = worker.log.read_text().splitlines()
    return next(float(line.split()[1]) for line in lines if line.startswith("first "))
