"""Random people and random conditions, from a small stock of nasty values, so that they often meet."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st

from engine.flow.condition import Condition, parse_condition
from engine.flow.condition_field import CONTACT_COLUMNS, FieldPath
from engine.flow.condition_value import MAX_NUMBER
from engine.flow.duration import EXACT

DAY = EXACT["day"]
NOW = 1_790_000_000_000

MOMENTS = [
    "2026-09-21", "2026-02-29", "2024-02-29", "2026-02-30", "2026-13-01", "0000-01-01", "9999-12-31", "now",
    "2026-09-21T13:33:20Z", "2026-09-21T15:33:20+02:00", "2026-09-21T15:33:21+02:00", "2026-09-21 13:33",
    "2026-09-21T13:33:20.999999Z", "2026-09-21T13:33:20.Z", "2026-09-21T24:00", "2026-09-21T13:33:60",
    "2026-09-21T13:33+15:00", "2026-09-21T03:33-10:00", "2026-09-21T13:33z", "2026-09-21T13:33:20 Z",
    " 2026-09-21", "2026-09-21\n", "2026-09-21T", "2026-09-21Z", "20260921", "2026-9-21", "1969-12-31T23:59:59",
    "0001-01-01T00:00+14:00", "2026-08-21T00:00:00.1234567890", "２０２６-09-21",
]  # fmt: skip
TEXTS = [
    "", " ", "Rome", "rome", "ROME", "Ro", "é", "e\u0301", "ß", "ss", "😀", "👩\u200d👧", "\uffff", "\U00010000", "'", '"',
    'a"b', "a\\b", "\\u0041", "%", "_", "*", "[a]", "5", "5.0", "true", "null", "{}", "[1]", "\t", "\n", "\x7f",
    "online", "offline", "paid", "1001",
]  # fmt: skip
NUMBERS = [
    0, 1, -1, 5, 1001, 2**31, 2**53 - 1, 2**53, 2**53 + 1, 2**63 - 1, 2**63, -(2**63) - 1, 10**30, 10**400,
    0.1, 0.30000000000000004, 0.3, 5.0, -0.0, 0.5, 1e22, 1.5e300, 1.7976931348623157e308, 5e-324, -2.5,
]  # fmt: skip
KEYS = [
    "city", "a", "b", "0", "a.b", 'q"x', "q'x", "__proto__", "città", "\u0301", "😀", "back\\slash", " ", "", "$", "[0]",
    "first_name", "attributes", "properties", "name", "order_id", "channel", "payment_status", "\n",
]  # fmt: skip
EVENTS = ["Product Viewed", "Order Completed", "Order Cancelled", "message.opened", "é'"]
TAGS = ["ATTIVO", "", "é", "'; drop"]
SEGMENTS = ["listed", "tagged", "fitting"]
AGES = [0, 1, DAY - 1, DAY, DAY + 1, 30 * DAY - 1, 30 * DAY, 30 * DAY + 1, 31 * DAY, 400 * DAY, -1]
DURATIONS = ["1 day", "24 hours", "30 days", "1 month", "13 months", "1 year", "0 days"]

letters = st.characters(exclude_categories=["Cs"], exclude_characters="\x00")
texts = st.sampled_from(TEXTS) | st.sampled_from(MOMENTS) | st.text(letters, max_size=5)
numbers = st.sampled_from(NUMBERS) | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
safe_numbers = (
    st.sampled_from([number for number in NUMBERS if abs(number) <= MAX_NUMBER])
    | st.integers(-MAX_NUMBER, MAX_NUMBER)
    | st.floats(-MAX_NUMBER, MAX_NUMBER)
)
scalars = st.none() | st.booleans() | numbers | texts
_flat = st.dictionaries(st.sampled_from(KEYS), scalars, max_size=3)
values = (
    scalars
    | st.lists(scalars | _flat, max_size=2)
    | _flat
    | st.dictionaries(st.sampled_from(KEYS), _flat, max_size=2)
    | st.lists(_flat | st.dictionaries(st.sampled_from(KEYS), _flat, max_size=2) | scalars, max_size=3)
)
objects = st.dictionaries(st.sampled_from(KEYS), values, max_size=6)


@dataclass
class Person:
    """A contact with all that conditions may ask about."""

    columns: dict[str, str | None]
    attributes: dict[str, Any]
    tags: set[str]
    listed: bool
    events: list[tuple[str, int, dict[str, Any]]] = field(default_factory=list)


orders = st.fixed_dictionaries(
    {},
    optional={
        "order_id": st.sampled_from(
            [None, "1", 1, "1001", 1001, 1001.5, True, 2**63, 2**63 + 1, str(2**63), "é"]
        ),
        "channel": st.sampled_from([None, "online", "offline", "phone", 1, True]),
        "payment_status": st.sampled_from([None, "paid", "pending", 1]),
    },
)
happened = st.tuples(
    st.sampled_from(EVENTS),
    st.sampled_from(AGES).map(lambda age: NOW - age),
    st.builds(lambda one, other: {**one, **other}, objects, orders),
)
people = st.builds(
    Person,
    columns=st.fixed_dictionaries({name: st.none() | texts for name in sorted(CONTACT_COLUMNS)}),
    attributes=objects,
    tags=st.sets(st.sampled_from(TAGS)),
    listed=st.booleans(),
    events=st.lists(happened, max_size=8),
)


def _fields(source: str) -> st.SearchStrategy[str]:
    keys = st.lists(st.sampled_from(KEYS), min_size=1, max_size=2).map(
        lambda keys: str(FieldPath(source, None, tuple(keys)))  # type: ignore[arg-type]  # one of the two
    )
    if source == "item":
        return keys
    columns = sorted(CONTACT_COLUMNS) if source == "contact" else ["name"]
    return keys | st.sampled_from([f"{source}.{column}" for column in columns])


def _several(values: st.SearchStrategy[Any]) -> st.SearchStrategy[list[Any]]:
    return st.lists(values, min_size=1, max_size=8)


def _leaves(source: str) -> st.SearchStrategy[dict[str, Any]]:
    field, plain = _fields(source), st.booleans() | safe_numbers | texts
    ago = st.sampled_from(DURATIONS).map(lambda text: {"ago": text})

    def leaf(ops: list[str], **more: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
        return st.fixed_dictionaries({"op": st.sampled_from(ops), "field": field, **more})

    return (
        leaf(["is", "is_not"], value=plain)
        | leaf(["less", "at_most", "more", "at_least"], value=safe_numbers | texts | ago)
        | leaf(["contains", "starts_with"], value=texts)
        | leaf(["one_of"], value=_several(plain))
        | leaf(["exists", "missing"])
    )


def _any_item(source: str, levels: int = 2) -> st.SearchStrategy[dict[str, Any]]:
    lists = st.lists(st.sampled_from(KEYS), min_size=1, max_size=2).map(
        lambda keys: str(FieldPath(source, None, tuple(keys)))  # type: ignore[arg-type]  # one of the two
    )
    return st.fixed_dictionaries(
        {"op": st.just("any_item"), "field": lists, "where": _trees(_leaves("item"), levels)}
    )


def _trees(leaves: st.SearchStrategy[dict[str, Any]], levels: int = 2) -> st.SearchStrategy[dict[str, Any]]:
    def grown(inner: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
        several = st.fixed_dictionaries(
            {"op": st.sampled_from(["all", "any"]), "of": st.lists(inner, min_size=1, max_size=3)}
        )
        return several | st.fixed_dictionaries({"op": st.just("not"), "of": inner})

    trees = leaves
    for _ in range(levels):
        trees = leaves | grown(trees)
    return trees


_window = {"within": st.none() | st.sampled_from(DURATIONS), "since_anchor": st.booleans()}
_did = st.fixed_dictionaries(
    {
        "op": st.just("did"),
        "event": st.sampled_from(EVENTS),
        # One level less for items: the deepest of all may still be denied, and is then as deep as a condition may be.
        "where": st.none() | _trees(_leaves("event")) | _trees(_any_item("event", 1), 1),
        **_window,
    }
)
_counts = st.sampled_from([(1, None), (1, None), (2, None), (0, 0), (0, 1), (1, 1), (2, 3)])
_counted = st.builds(lambda did, counts: {**did, "at_least": counts[0], "at_most": counts[1]}, _did, _counts)
_bought = st.fixed_dictionaries(
    {"op": st.just("bought"), "channel": st.sampled_from(["online", "offline", "any"]), **_window}
)
_tagged = st.builds(
    lambda name: {"op": "tagged", "tag": name}, st.sampled_from([name for name in TAGS if name])
)
_in_segment = st.builds(lambda name: {"op": "in_segment", "segment": name}, st.sampled_from(SEGMENTS))

conditions = _trees(
    _leaves("contact") | _any_item("contact") | _counted | _bought | _tagged | _in_segment
).map(parse_condition)
"""Conditions that a segment may have, and since_anchor."""

lone_conditions = _trees(_leaves("contact") | _tagged).map(parse_condition)
"""Conditions for a segment that others name."""


def json_text(value: Any, *, ascii_only: bool) -> str:
    """JSON as one or the other serialiser writes it."""
    return json.dumps(value, ensure_ascii=ascii_only)


def comparisons(field: str) -> list[Condition]:
    """Every operator with every nasty value that it takes."""
    ago = [{"ago": text} for text in DURATIONS]
    numbers = [number for number in NUMBERS if abs(number) <= MAX_NUMBER]
    wanted: list[Any] = [*TEXTS, *MOMENTS[:3]]
    parts: list[dict[str, Any]] = [{"op": "exists"}, {"op": "missing"}]
    parts += [{"op": op, "value": value} for op in ("contains", "starts_with") for value in wanted]
    wanted += numbers
    for op in ("less", "at_most", "more", "at_least"):
        parts += [{"op": op, "value": value} for value in [*wanted, *ago]]
    wanted += [True, False]
    parts += [{"op": op, "value": value} for op in ("is", "is_not") for value in wanted]
    parts += [{"op": "one_of", "value": wanted[at::step]} for step in (1, 2, 7) for at in range(step)]
    return [parse_condition({"field": field, **part}) for part in parts]
