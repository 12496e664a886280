"""The ledger sweep: what nobody answers for is called unknown, and what nobody will send any more is cancelled.

It writes messages alone, each only from the state in which it found it; whoever waits for a message looks again when its
own rest ends.
"""

import time
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, or_, select, text, update

from engine.delivery.ledger import CONFIRMATION_WINDOW_MS
from engine.enrolment.ingest import adopt_kept
from engine.enrolment.runtime import Runtime
from engine.store.sets import among
from engine.store.tables import enrolment, message
from engine.store.tables.messages import OPEN_MESSAGE

_PAGE = 1000
_open = text(OPEN_MESSAGE)


@dataclass(frozen=True, slots=True)
class Swept:
    """How many messages became unknown, unconfirmed and cancelled, and how many reports found their message."""

    unknown: int
    unconfirmed: int
    cancelled: int
    adopted: int

    def full(self) -> bool:
        """Whether a page of some kind was full: there may be more."""
        return max(self.unknown, self.unconfirmed, self.cancelled, self.adopted) >= _PAGE

    def plus(self, other: "Swept") -> "Swept":
        """Both together."""
        return Swept(
            self.unknown + other.unknown,
            self.unconfirmed + other.unconfirmed,
            self.cancelled + other.cancelled,
            self.adopted + other.adopted,
        )


def sweep_ledger(runtime: Runtime, seconds: float = 1.0) -> Swept:
    """Settle what is overdue, page after page of each kind, for so long; at least one page."""
    end = time.monotonic() + seconds
    swept = page = _sweep_page(runtime)
    while page.full() and time.monotonic() < end:
        page = _sweep_page(runtime)
        swept = swept.plus(page)
    return swept


def _sweep_page(runtime: Runtime) -> Swept:
    real = runtime.now()
    business = runtime.clock.business(real)
    with runtime.database.read() as connection:
        silent = _late(connection, "sending", real)
        lost = _late(connection, "unknown", real)
        gone = _left_behind(connection)
    unknown = unconfirmed = cancelled = 0
    if silent or lost or gone:
        with runtime.database.write("ledger sweep") as connection:
            unknown = _settle(connection, silent, "sending", real, state="unknown", reason="no answer",
                              deadline=message.c.deadline + CONFIRMATION_WINDOW_MS)  # fmt: skip
            unconfirmed = _settle(connection, lost, "unknown", real, state="unconfirmed", reason="never confirmed",
                                  settled_at=business)  # fmt: skip
            for state in ("planned", "retry_at"):
                cancelled += _settle(connection, gone, state, None, state="cancelled",
                                     reason="the contact has gone on", settled_at=business)  # fmt: skip
    return Swept(unknown, unconfirmed, cancelled, adopt_kept(runtime, real))


def _late(connection: Connection, state: str, real: int) -> list[str]:
    """Messages in this state whose deadline has passed."""
    late = select(message.c.send_key).where(_open, message.c.state == state, message.c.deadline <= real)
    return list(connection.scalars(late.limit(_PAGE)))


def _left_behind(connection: Connection) -> list[str]:
    """Messages to be sent for a visit that is over: their strand has ended, or gone on."""
    stands = enrolment.c
    gone = or_(stands.place == "ended", stands.position != message.c.node, stands.visit != message.c.visit)
    waiting = or_(message.c.state == "planned", message.c.state == "retry_at")
    found = (
        select(message.c.send_key)
        .join(enrolment, stands.id == message.c.strand)
        .where(_open, waiting, gone)
        .limit(_PAGE)
    )
    return list(connection.scalars(found))


def _settle(connection: Connection, keys: list[str], before: str, real: int | None, **values: Any) -> int:
    """Write what became of those that still are as they were found: not claimed again meanwhile."""
    if not keys:
        return 0
    tests = [among(message.c.send_key, keys), message.c.state == before]
    if real is not None:
        tests.append(message.c.deadline <= real)
    return connection.execute(update(message).where(*tests).values(**values)).rowcount
