"""Whose events a visitor's are: as whom visitors were recognised, and from when on.

On a shared device a visitor is one contact after another. What happened there is the contact's who was recognised last
before it, however late it is heard of; what happened before anybody was, is the earliest one's.
"""

from bisect import bisect_right, insort
from collections.abc import Iterable

from sqlalchemy import Connection, and_, bindparam, func, select, update

from engine.journey.time import EARLIEST
from engine.store.bulk import insert_rows
from engine.store.sets import among_given
from engine.store.tables import identity, recognition

ANONYMOUS = "anonymous_id"

_earlier = recognition.alias()
_last_before = (
    select(func.max(_earlier.c.at))
    .where(_earlier.c.visitor == identity.c.value, _earlier.c.at <= bindparam("earliest"))
    .correlate(identity)
    .scalar_subquery()
)
# What was before the one that counts at `earliest` is not read: a till in a shop is thousands of contacts in turn.
_READ = (
    select(recognition.c.visitor, recognition.c.at, recognition.c.contact)
    .select_from(
        identity.join(
            recognition,
            and_(
                recognition.c.visitor == identity.c.value,
                recognition.c.at >= func.coalesce(_last_before, EARLIEST),
            ),
        )
    )
    .where(identity.c.kind == ANONYMOUS, among_given(identity.c.value, "visitors"))
)


class Recognitions:
    """As whom some visitors were recognised, in the order in which it happened, whenever it was heard of."""

    def __init__(self, connection: Connection, visitors: Iterable[str], earliest: int) -> None:
        """`earliest` is the first business instant that will be asked for."""
        self._turns: dict[str, list[tuple[int, int]]] = {}
        self._new: dict[tuple[str, int], int] = {}
        self._changed: dict[tuple[str, int], int] = {}
        self.first: dict[str, int] = {}
        """Visitors who are recognised for the first time, and as whom."""
        listed = list(visitors)
        if listed:
            for visitor, at, who in connection.execute(_READ, {"visitors": listed, "earliest": earliest}):
                insort(self._turns.setdefault(visitor, []), (at, who))
        self._before = {visitor: turns[-1][1] for visitor, turns in self._turns.items()}

    @property
    def contacts(self) -> set[int]:
        """Everybody as whom one of them was recognised."""
        return {who for turns in self._turns.values() for _, who in turns}

    def owner(self, visitor: str, at: int) -> int | None:
        """Whose an event of this visitor is; None while nobody is recognised."""
        turns = self._turns.get(visitor)
        return turns[max(0, self._count_until(turns, at) - 1)][1] if turns else None

    def recognise(self, visitor: str, who: int, at: int) -> None:
        """The visitor was this contact at this business instant, and is until another one is recognised."""
        turns = self._turns.setdefault(visitor, [])
        if not turns:
            self.first[visitor] = who
        elif self.owner(visitor, at) == who:
            return
        place = self._count_until(turns, at)
        key = (visitor, at)
        if place and turns[place - 1][0] == at:
            turns[place - 1] = (at, who)
            (self._new if key in self._new else self._changed)[key] = who
        else:
            turns.insert(place, (at, who))
            self._new[key] = who

    @staticmethod
    def _count_until(turns: list[tuple[int, int]], at: int) -> int:
        return bisect_right(turns, at, key=lambda turn: turn[0])

    def write(self, connection: Connection, now: int) -> None:
        """Keep what is new, and for each visitor who it is at present among the names of that contact."""
        rows = [(visitor, at, who) for (visitor, at), who in sorted(self._new.items())]
        insert_rows(connection, recognition, ("visitor", "at", "contact"), rows)
        if self._changed:
            connection.execute(
                update(recognition)
                .where(recognition.c.visitor == bindparam("of"), recognition.c.at == bindparam("since"))
                .values(contact=bindparam("who")),
                [
                    {"of": visitor, "since": at, "who": who}
                    for (visitor, at), who in sorted(self._changed.items())
                ],
            )
        present = {visitor: turns[-1][1] for visitor, turns in sorted(self._turns.items())}
        fresh = [
            (ANONYMOUS, visitor, who, now) for visitor, who in present.items() if visitor not in self._before
        ]
        insert_rows(connection, identity, ("kind", "value", "contact", "created_at"), fresh)
        moved = [
            {"of": visitor, "who": who}
            for visitor, who in present.items()
            if self._before.get(visitor, who) != who
        ]
        if moved:
            connection.execute(
                update(identity)
                .where(identity.c.kind == ANONYMOUS, identity.c.value == bindparam("of"))
                .values(contact=bindparam("who")),
                moved,
            )
