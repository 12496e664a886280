"""The ledger sweep: what nobody answers for is called unknown, and what nobody will send any more is cancelled.

It writes messages alone, each only from the state in which it found it; whoever waits for a message looks again when its
own rest ends. A look costs the same however many messages are open: what is overdue is found by its deadline, and of those
that are still to be sent a page is looked at, the next one at the next look.
"""

import time
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, or_, select, text, update

from engine.delivery.ledger import CONFIRMATION_WINDOW_MS
from engine.enrolment.ingest import adopt_kept
from engine.enrolment.runtime import Runtime
from engine.store.sets import among
from engine.store.tables import enrolment, message
from engine.store.tables.messages import OPEN_MESSAGE, WAITING_MESSAGE

_PAGE = 1000
LOOK = 2_000
"""Of how many messages that are still to be sent one look asks whether their visit is over."""
_open, _waiting = text(OPEN_MESSAGE), text(WAITING_MESSAGE)


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


class LedgerSweep:
    """Settles what is overdue. What it remembers is how far it came among the messages that are still to be sent."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._after = 0

    def run(self, seconds: float = 1.0) -> Swept:
        """Settle what is overdue, page after page of each kind, for so long; at least one page."""
        end = time.monotonic() + seconds
        swept = page = self._page()
        while page.full() and time.monotonic() < end:
            page = self._page()
            swept = swept.plus(page)
        return swept

    def _page(self) -> Swept:
        runtime = self._runtime
        real = runtime.now()
        business = runtime.clock.business(real)
        with runtime.database.read() as connection:
            silent = _late(connection, "sending", real)
            lost = _late(connection, "unknown", real)
            gone = self._left_behind(connection)
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

    def _left_behind(self, connection: Connection) -> list[str]:
        """Messages of the next page that are to be sent for a visit that is over. Behind the last one it begins anew."""
        rows = connection.execute(waiting_page(self._after)).all()
        after = 0
        if len(rows) == LOOK:
            # The page may end between two messages of the last strand: that one is looked at again.
            after = max(rows[-1].strand - 1, rows[0].strand)
        self._after = after
        return [row.send_key for row in rows if row.gone]


def sweep_ledger(runtime: Runtime, seconds: float = 1.0) -> Swept:
    """One look, from the beginning."""
    return LedgerSweep(runtime).run(seconds)


def waiting_page(after: int) -> Select[tuple[str, int, bool]]:
    """Messages that are still to be sent, by strand, those behind one: each with whether its strand has ended, or gone on."""
    page = (
        select(message.c.send_key, message.c.strand, message.c.node, message.c.visit)
        .where(_waiting, message.c.strand > after)
        .order_by(message.c.strand)
        .limit(LOOK)
        .subquery()
    )
    stands = enrolment.c
    gone = or_(stands.place == "ended", stands.position != page.c.node, stands.visit != page.c.visit)
    return (
        select(page.c.send_key, page.c.strand, gone.label("gone"))
        .outerjoin(enrolment, stands.id == page.c.strand)
        .order_by(page.c.strand)
    )


def _late(connection: Connection, state: str, real: int) -> list[str]:
    """Messages in this state whose deadline has passed."""
    late = select(message.c.send_key).where(_open, message.c.state == state, message.c.deadline <= real)
    return list(connection.scalars(late.limit(_PAGE)))


def _settle(connection: Connection, keys: list[str], before: str, real: int | None, **values: Any) -> int:
    """Write what became of those that still are as they were found: not claimed again meanwhile."""
    if not keys:
        return 0
    tests = [among(message.c.send_key, keys), message.c.state == before]
    if real is not None:
        tests.append(message.c.deadline <= real)
    return connection.execute(update(message).where(*tests).values(**values)).rowcount
