"""Evaluates conditions: each is compiled once to a closure over the facts of one contact."""

import operator
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from typing import Any, cast

from engine.flow.condition import (
    ORDER_CANCELLED,
    ORDER_COMPLETED,
    Ago,
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
)
from engine.flow.condition_field import FieldPath, value_at
from engine.flow.condition_moment import before, moment
from engine.flow.duration import Duration

Happened = tuple[str, int, Mapping[str, Any]]
"""An event in a history: its name, its own instant `at`, its properties."""


@dataclass(slots=True, kw_only=True)
class Facts:
    """What is known of one contact at the moment of asking. `needs(condition)` says which of it will be read.

    `contact`: the columns, and "attributes". `event`: "name" and "properties". `anchor`: the instant from which events
    count where a condition says `since_anchor`. `item`: the one that an `any_item` is just asking about.
    """

    now: int
    contact: Mapping[str, Any] = field(default_factory=dict)
    event: Mapping[str, Any] | None = None
    tags: Set[str] = frozenset()
    segments: Set[str] = frozenset()
    history: Sequence[Happened] = ()
    anchor: int | None = None
    item: Any = None


Test = Callable[[Facts], bool]
_Reader = Callable[[Facts], Any]

_ORDERINGS: dict[str, Callable[[Any, Any], bool]] = {
    "less": operator.lt,
    "at_most": operator.le,
    "more": operator.gt,
    "at_least": operator.ge,
}


def compile_condition(condition: Condition) -> Test:
    """A function that says whether facts fit the condition.

    It raises only ConditionError, where the condition counts "since here" and the facts have no anchor.
    """
    match condition:
        case All():
            every = [compile_condition(part) for part in condition.of]
            return lambda facts: all(test(facts) for test in every)
        case AnyOf():
            some = [compile_condition(part) for part in condition.of]
            return lambda facts: any(test(facts) for test in some)
        case Not():
            holds = compile_condition(condition.of)
            return lambda facts: not holds(facts)
        case Compare():
            return _compare(condition)
        case OneOf():
            return _one_of(condition)
        case Presence():
            return _presence(condition)
        case AnyItem():
            return _any_item(condition)
        case Tagged(tag=tag):
            return lambda facts: tag in facts.tags
        case InSegment(segment=segment):
            return lambda facts: segment in facts.segments
        case Did():
            return _did(condition)
        case Bought():
            return _bought(condition)


def _presence(condition: Presence) -> Test:
    read = _reader(condition.path)
    if condition.op == "exists":
        return lambda facts: read(facts) is not None
    return lambda facts: read(facts) is None


def _compare(condition: Compare) -> Test:
    op, value, read = condition.op, condition.value, _reader(condition.path)
    if isinstance(value, Ago):
        return _since(read, _ORDERINGS[op], value.ago)
    if op == "is":
        return _is(read, value)
    if op == "is_not":
        equal = _is(read, value)
        return lambda facts: not equal(facts)
    if op == "contains":
        return lambda facts: isinstance(found := read(facts), str) and cast(str, value) in found
    if op == "starts_with":
        return lambda facts: isinstance(found := read(facts), str) and found.startswith(cast(str, value))
    ordering = _ORDERINGS[op]
    if isinstance(value, str):
        return lambda facts: isinstance(found := read(facts), str) and ordering(found, value)
    return lambda facts: _is_number(found := read(facts)) and ordering(found, value)


def _is(read: _Reader, value: bool | float | str) -> Test:
    if isinstance(value, bool):
        return lambda facts: read(facts) is value
    if isinstance(value, str):
        return lambda facts: isinstance(found := read(facts), str) and found == value
    return lambda facts: _is_number(found := read(facts)) and bool(found == value)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _since(read: _Reader, ordering: Callable[[Any, Any], bool], ago: Duration) -> Test:
    def holds(facts: Facts) -> bool:
        found = read(facts)
        at = moment(found) if isinstance(found, str) else None
        return at is not None and ordering(at, before(facts.now, ago))

    return holds


def _one_of(condition: OneOf) -> Test:
    read = _reader(condition.path)
    texts = frozenset(value for value in condition.value if isinstance(value, str))
    flags = frozenset(value for value in condition.value if isinstance(value, bool))
    numbers = frozenset(value for value in condition.value if _is_number(value))

    def holds(facts: Facts) -> bool:
        found = read(facts)
        if isinstance(found, str):
            return found in texts
        if isinstance(found, bool):
            return found in flags
        return isinstance(found, int | float) and found in numbers

    return holds


def _reader(path: FieldPath) -> _Reader:
    """A function that gives the field's value; None where there is none."""
    column, keys = path.column, path.keys
    if path.source == "contact":
        if column is not None:
            return lambda facts: facts.contact.get(column)
        return lambda facts: value_at(facts.contact.get("attributes"), keys)
    if path.source == "item":
        return lambda facts: value_at(facts.item, keys)

    def read(facts: Facts) -> Any:
        if facts.event is None:
            return None
        return (
            facts.event.get(column) if column is not None else value_at(facts.event.get("properties"), keys)
        )

    return read


def _any_item(condition: AnyItem) -> Test:
    read, fits = _reader(condition.path), compile_condition(condition.where)

    def holds(facts: Facts) -> bool:
        found = read(facts)
        return isinstance(found, list | tuple) and any(
            fits(Facts(now=facts.now, item=item)) for item in found
        )

    return holds


def _counted(condition: Did | Bought) -> Callable[[Facts], Sequence[Happened]]:
    """A function that gives the events late enough to count."""
    within, since_anchor = condition.within, condition.since_anchor

    def recent(facts: Facts) -> Sequence[Happened]:
        start = None if within is None else before(facts.now, within)
        if since_anchor:
            if facts.anchor is None:
                raise ConditionError(
                    'The condition counts events "since here", but there is no such moment where it stands. '
                    "Remove since_anchor, or use within."
                )
            start = facts.anchor if start is None else max(start, facts.anchor)
        return facts.history if start is None else [each for each in facts.history if each[1] >= start]

    return recent


def _did(condition: Did) -> Test:
    recent, name = _counted(condition), condition.event
    where = None if condition.where is None else compile_condition(condition.where)
    least, most = condition.at_least, condition.at_most

    def holds(facts: Facts) -> bool:
        count, at_event = 0, Facts(now=facts.now)
        for happened in recent(facts):
            if happened[0] == name and (where is None or where(_shown(at_event, happened))):
                count += 1
                if most is None and count >= least:
                    return True
        return count >= least and (most is None or count <= most)

    return holds


def _bought(condition: Bought) -> Test:
    recent, counts = _counted(condition), compile_condition(counted_order(condition.channel))

    def holds(facts: Facts) -> bool:
        at_event = Facts(now=facts.now)
        orders = [
            order_id(happened[2])
            for happened in recent(facts)
            if happened[0] == ORDER_COMPLETED and counts(_shown(at_event, happened))
        ]
        if not orders:
            return False
        cancelled = {order_id(each[2]) for each in facts.history if each[0] == ORDER_CANCELLED} - {None}
        return any(order not in cancelled for order in orders)

    return holds


def order_id(properties: Mapping[str, Any]) -> str | None:
    """The order's id, a text or the digits of a whole number; None if there is none."""
    found = properties.get("order_id")
    if isinstance(found, str):
        return found
    return str(found) if isinstance(found, int) and not isinstance(found, bool) else None


def _shown(facts: Facts, happened: Happened) -> Facts:
    """The facts, showing this event of the history: a `where` asks about nothing else."""
    facts.event = {"name": happened[0], "properties": happened[2]}
    return facts
