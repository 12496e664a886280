"""Compiles conditions to SQL: who of the contacts fits, on SQLite and PostgreSQL alike.

The questions about events become correlated sub-queries on the index (contact, name, at): the shape that is fast both
for a whole segment and, with `contact.id = ?` beside it, for one contact after one event.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Row,
    Select,
    and_,
    exists,
    func,
    literal,
    or_,
    select,
    true,
)

from engine.audience.condition_fields import field_test, items_of, order_id
from engine.flow.condition import (
    ORDER_CANCELLED,
    ORDER_COMPLETED,
    All,
    AnyItem,
    AnyOf,
    Bought,
    Compare,
    Condition,
    ConditionError,
    Did,
    InSegment,
    Not,
    OneOf,
    Presence,
    Tagged,
    counted_order,
    parse_condition,
)
from engine.flow.condition_moment import before
from engine.store.tables import contact as contacts
from engine.store.tables import event as events
from engine.store.tables import membership, segment, tag

MAX_EXPANDED = 1_000
"""Questions in one query, those of the segments that it names included."""

MAX_DEPTH = 600
"""How deep the tests of one query may be nested: what SQLite takes, and Python can write. Each question in a group counts
as a level, since a database reads "a and b and c" as (a and b) and c, and each group as some levels at least."""

MAX_SEGMENT_DEPTH = 400
"""How deep those of a segment may be, so that there is room left for a condition that names it."""

_LEAST = 5
"""Levels that a group takes at least: Python needs that many more calls to write it than a question beside others."""

_NAMED = 5
"""How many segments an error names, of those inside each other."""

Test = ColumnElement[bool]

# Named once: an alias costs more to make than all the rest, and no test stands inside another on the same table.
_CARRIED = tag.alias("carried")
_LISTED = membership.alias("listed")
_HAPPENED = events.alias("happened")
_CANCELLED = events.alias("cancelled")


def where(
    condition: Condition,
    contact: FromClause,
    *,
    connection: Connection,
    now: int,
    anchor: ColumnElement[int] | int | None = None,
    deepest: int = MAX_DEPTH,
) -> Test:
    """A test on rows of `contact` (the table or an alias of it): true for those that fit, else false or NULL.

    `now` and `anchor` are instants; `anchor` may be a column of the enclosing query. `connection` says the dialect and
    is asked for the segments that the condition names. ConditionError: the condition reads an event that is not there,
    counts from an anchor that is not given, names a segment that does not exist or contains itself, or is nested
    deeper than `deepest`.
    """
    return _Query(contact, connection, now, anchor, deepest).test(condition, None)


def segment_members(
    connection: Connection, name: str, *, now: int, merged_since: int | None = None
) -> Select[int]:
    """The ids of a segment's contacts, those merged into others left out. Page by `.where(contact.c.id > last)`.

    `merged_since`: whoever was merged at that instant or later, is there as well, in a list or by a tag: one who pages by id
    may have passed the place of the contact whom they became.
    """
    row = _Query(contacts, connection, now, None).read(name)
    alone: ColumnElement[bool] = contacts.c.merged_into.is_(None)
    if merged_since is not None and row.kind != "condition":
        alone = or_(alone, contacts.c.updated_at >= merged_since)
    members = select(contacts.c.id).where(alone)
    # A join lets the database begin at the members, where a test would look at every contact.
    if row.kind == "list":
        return members.join(membership, membership.c.contact == contacts.c.id).where(
            membership.c.segment == row.id
        )
    if row.kind == "tag":
        return members.join(tag, tag.c.contact == contacts.c.id).where(tag.c.name == row.tag)
    return members.where(_Query(contacts, connection, now, None).in_segment(name))


def segment_count(connection: Connection, name: str, *, now: int) -> int:
    """How many contacts are in a segment."""
    members = segment_members(connection, name, now=now).subquery()
    return connection.scalar(select(func.count()).select_from(members)) or 0


class _Query:
    """What one query's tests share."""

    def __init__(
        self,
        contact: FromClause,
        connection: Connection,
        now: int,
        anchor: ColumnElement[int] | int | None,
        deepest: int = MAX_DEPTH,
    ) -> None:
        self.contact, self.connection, self.now, self.anchor = contact, connection, now, anchor
        self.dialect = connection.dialect.name
        self.item: ColumnElement[Any] | None = None
        self.inside: list[str] = []
        self.questions = 0
        self.depth, self.deepest = 0, deepest

    def test(self, condition: Condition, event: FromClause | None) -> Test:
        """The condition's test; `event` is the row that event.* reads."""
        match condition:
            case All(of=parts):
                return and_(*self._inner(parts, event))
            case AnyOf(of=parts):
                return or_(*self._inner(parts, event))
            case Not(of=part):
                return self._inner((part,), event)[0].is_not(true())
        self._count()
        match condition:
            case Compare() | OneOf() | Presence():
                return self._field(condition, event)
            case AnyItem():
                return self._any_item(condition, event)
            case Tagged(tag=name):
                return self._tagged(name)
            case InSegment(segment=name):
                return self.in_segment(name)
            case Did():
                return self._did(condition)
            case Bought():
                return self._bought(condition)

    def _inner(self, parts: Sequence[Condition], event: FromClause | None) -> list[Test]:
        """The tests of what is directly inside a group."""
        levels = max(len(parts), _LEAST)
        self.depth += levels
        if self.depth > self.deepest:
            raise ConditionError(
                "With the segments that it names, the condition is nested too deeply. "
                "Name fewer segments inside each other, or make lists of some of them."
            )
        tests = [self.test(part, event) for part in parts]
        self.depth -= levels
        return tests

    def _count(self) -> None:
        self.questions += 1
        if self.questions > MAX_EXPANDED:
            raise ConditionError(
                f"With the segments that it names, the condition asks more than {MAX_EXPANDED} questions. "
                "Name fewer segments, or make lists of some of them."
            )

    def _field(self, leaf: Compare | OneOf | Presence, event: FromClause | None) -> Test:
        column = self._column(leaf, event)
        return field_test(leaf, column, leaf.path.keys, dialect=self.dialect, now=self.now)

    def _column(
        self, leaf: Compare | OneOf | Presence | AnyItem, event: FromClause | None
    ) -> ColumnElement[Any]:
        path = leaf.path
        if path.source == "item":
            assert self.item is not None, "no field of an item stands outside any_item"
            return self.item
        row = self.contact if path.source == "contact" else event
        if row is None:
            raise ConditionError(
                f"The condition asks about {leaf.field}, but there is no event where it stands. "
                'Put it into the "where" of a "did".'
            )
        found: ColumnElement[Any] = row.c[
            path.column or ("attributes" if path.source == "contact" else "properties")
        ]
        return found

    def _any_item(self, condition: AnyItem, event: FromClause | None) -> Test:
        column = self._column(condition, event)
        items, self.item = items_of(column, condition.path.keys, self.dialect)
        fits = self._inner((condition.where,), event)[0]
        self.item = None
        return _found(items, fits)

    def _tagged(self, name: str) -> Test:
        return _found(_CARRIED, _CARRIED.c.contact == self.contact.c.id, _CARRIED.c.name == name)

    def in_segment(self, name: str) -> Test:
        """Whether the contact is in the segment."""
        if name in self.inside:
            circle = " → ".join([*self.inside[self.inside.index(name) :], name])
            raise ConditionError(f"The segment contains itself: {circle}. Take one of them out of the other.")
        row = self.read(name)
        if row.kind == "tag":
            return self._tagged(row.tag)
        if row.kind == "list":
            return _found(_LISTED, _LISTED.c.segment == row.id, _LISTED.c.contact == self.contact.c.id)
        # A segment is the same wherever it is named: the anchor of who names it does not reach into it.
        anchor, self.anchor = self.anchor, None
        self.inside.append(name)
        try:
            return self._inner((parse_condition(row.condition),), None)[0]
        except ConditionError as error:
            if len(self.inside) > _NAMED:
                raise
            raise ConditionError(f'In the segment "{name}": {error}') from None
        finally:
            self.inside.pop()
            self.anchor = anchor

    def read(self, name: str) -> Row[Any]:
        """The segment's row."""
        row = self.connection.execute(select(segment).where(segment.c.name == name)).one_or_none()
        if row is None:
            raise ConditionError(f'There is no segment "{name}". Check its name, or make it first.')
        return row

    def _counted(self, name: str, condition: Did | Bought) -> list[Test]:
        """What makes an event the contact's own and late enough to count."""
        tests: list[Test] = [_HAPPENED.c.contact == self.contact.c.id, _HAPPENED.c.name == name]
        if condition.within is not None:
            tests.append(_HAPPENED.c.at >= before(self.now, condition.within))
        if condition.since_anchor:
            if self.anchor is None:
                raise ConditionError(
                    'The condition counts events "since here", but there is no such moment where it stands. '
                    "Remove since_anchor, or use within."
                )
            tests.append(_HAPPENED.c.at >= self.anchor)
        return tests

    def _did(self, condition: Did) -> Test:
        tests = self._counted(condition.event, condition)
        if condition.where is not None:
            tests.append(self.test(condition.where, _HAPPENED))
        least, most = condition.at_least, condition.at_most
        if most is None and least == 1:
            return _found(_HAPPENED, *tests)
        if most == 0:
            return ~_found(_HAPPENED, *tests)
        count = (
            select(func.count())
            .select_from(_HAPPENED)
            .where(*tests)
            .correlate_except(_HAPPENED)
            .scalar_subquery()
        )
        if most is None:
            return count >= least
        return count.between(least, most) if least else count <= most

    def _bought(self, condition: Bought) -> Test:
        order, other = _HAPPENED.c, _CANCELLED.c
        tests = self._counted(ORDER_COMPLETED, condition)
        tests.append(self.test(counted_order(condition.channel), _HAPPENED))
        cancelled = _found(
            _CANCELLED,
            other.contact == order.contact,
            other.name == ORDER_CANCELLED,
            order_id(other.properties, self.dialect) == order_id(order.properties, self.dialect),
        )
        return _found(_HAPPENED, *tests, ~cancelled)


def _found(row: FromClause, *tests: Test) -> Test:
    return exists(literal(1)).select_from(row).where(*tests).correlate_except(row)
