"""Conditions: what they answer in Python."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from engine.flow.condition import (
    ConditionError,
    parse_condition,
)
from engine.flow.condition_eval import Facts, Happened, compile_condition
from engine.flow.condition_moment import before, moment
from engine.flow.duration import Duration
from tests.condition_cases import DAY, MOMENTS, NOW

TAGGED = {"op": "tagged", "tag": "VIP"}


def holds(data: dict[str, Any], **facts: Any) -> bool:
    """What a condition, given as JSON, answers about facts."""
    return compile_condition(parse_condition(data))(Facts(now=NOW, **facts))


def about(value: Any) -> dict[str, Any]:
    """A contact with one attribute."""
    return {"attributes": {"v": value}}


# ------------------------------------------------------------------------------------------------ comparisons


@pytest.mark.parametrize(
    ("op", "wanted", "fits", "fits_not"),
    [
        ("is", "Rome", ["Rome"], ["rome", "Rome ", "", None, 5, ["Rome"], {"Rome": 1}]),
        ("is", "", [""], [" ", None, 0, False, [], {}]),
        ("is", "é", ["é"], ["e\u0301"]),
        ("is", 1, [1, 1.0], [True, "1", 2, None, [1], float("nan")]),
        ("is", True, [True], [1, "true", False, None]),
        ("is", False, [False], [0, "", None, True]),
        ("is_not", "Rome", ["rome", None, 5, []], ["Rome"]),
        ("is_not", 1, [True, "1", None, float("nan")], [1, 1.0]),
        ("less", 5, [4, 4.9, -(10**400)], [5, 5.0, 6, "4", None, True, float("nan")]),
        ("at_most", 5, [5, 5.0, 0], [5.1, "5", None, False]),
        ("more", 5, [6, 5.5, 10**400], [5, "6", None, [6]]),
        ("at_least", 0.5, [0.5, 1, 1e308], [0.4, "1", None, True]),
        ("less", "b", ["a", "", "B", "Z"], ["b", "c", "é", None, 1]),
        ("more", "z", ["é", "😀", "za"], ["z", "Z", "", None, 100]),
        ("less", "\uffff", ["é"], ["\U00010000", "😀"]),
        ("contains", "om", ["Rome", "om"], ["ROME", "", None, ["om"], {"om": 1}]),
        ("contains", "", ["", "x"], [None, 1, []]),
        ("contains", "%", ["5%"], ["5"]),
        ("starts_with", "Ro", ["Rome", "Ro"], ["rome", " Rome", "R", None, ["Ro"]]),
        ("one_of", ["a", 1, True], ["a", 1, 1.0, True], ["b", 2, False, None, ["a"], {}]),
        ("one_of", [1], [1], [True, "1"]),
        ("exists", ..., ["", 0, False, [], {}], [None]),
        ("missing", ..., [None], ["", 0, False, [], {}]),
    ],
)  # fmt: skip
def test_comparisons(op: str, wanted: Any, fits: list[Any], fits_not: list[Any]) -> None:
    """Values compare within their type alone: text by code point, numbers by size, and yes is not 1."""
    data = {"op": op, "field": "contact.v"} | ({} if wanted is ... else {"value": wanted})

    assert [value for value in fits if not holds(data, contact=about(value))] == []
    assert [value for value in fits_not if holds(data, contact=about(value))] == []


def test_fields_are_read_where_they_are() -> None:
    """Columns, nested attributes, the event's name and its properties each come from their own place."""
    contact = {
        "email": "a@b.c",
        "attributes": {"email": "other", "home": {"city": "Rome"}, "list": ["x"], "a.b": 1},
    }
    event = {"name": "Product Viewed", "properties": {"name": "Robot", "total": 5}}

    def found(field: str) -> list[Any]:
        return [
            each
            for each in ("a@b.c", "other", "Rome", "x", 1, "Product Viewed", "Robot", 5)
            if holds({"op": "is", "field": field, "value": each}, contact=contact, event=event)
        ]

    assert found("contact.email") == ["a@b.c"]
    assert found("contact.attributes.email") == ["other"]
    assert found("contact.home.city") == ["Rome"]
    assert found("contact.home.city.x") == found("contact.list.0") == found("contact.email_") == []
    assert found('contact."a.b"') == [1]
    assert found("contact.a.b") == []
    assert found("event.name") == ["Product Viewed"]
    assert found("event.properties.name") == ["Robot"]
    assert found("event.total") == [5]
    assert holds({"op": "missing", "field": "event.total"}, event=None)


def test_groups_have_two_values() -> None:
    """all, any and not combine yes and no; what is missing is a no, whose opposite is a yes."""
    yes, no = {"op": "missing", "field": "contact.v"}, {"op": "is", "field": "contact.v", "value": 1}

    assert holds({"op": "all", "of": [yes, yes]})
    assert not holds({"op": "all", "of": [yes, no]})
    assert holds({"op": "any", "of": [no, yes]})
    assert not holds({"op": "any", "of": [no, no]})
    assert holds({"op": "not", "of": no})
    assert not holds({"op": "not", "of": {"op": "not", "of": no}})


def test_tags_and_segments() -> None:
    """A tag and a segment are had or not, by their exact name."""
    facts = {"tags": {"VIP"}, "segments": {"Rome"}}

    assert holds(TAGGED, **facts)
    assert not holds({"op": "tagged", "tag": "vip"}, **facts)
    assert holds({"op": "in_segment", "segment": "Rome"}, **facts)
    assert not holds({"op": "in_segment", "segment": "VIP"}, **facts)


# ------------------------------------------------------------------------------------------------ events


def viewed(*ages: int, **properties: Any) -> list[Happened]:
    """Products viewed, each so many milliseconds ago."""
    return [("Product Viewed", NOW - age, properties) for age in ages]


@pytest.mark.parametrize(
    ("asked", "times"),
    [
        ({}, {1, 2, 3, 4}),
        ({"at_least": 2}, {2, 3, 4}),
        ({"at_least": 0, "at_most": 0}, {0}),
        ({"at_least": 0, "at_most": 2}, {0, 1, 2}),
        ({"at_least": 2, "at_most": 3}, {2, 3}),
    ],
)
def test_did_counts(asked: dict[str, Any], times: set[int]) -> None:
    """`did` holds when the number of events lies between at_least and at_most, both included."""
    data = {"op": "did", "event": "Product Viewed", **asked}
    other: Happened = ("Product Added", NOW, {})

    assert {n for n in range(5) if holds(data, history=[other, *viewed(*range(n))])} == times


def test_did_counts_from_a_moment_on() -> None:
    """`within` and the anchor both begin the time that counts, its first instant included; the later one rules."""
    recent = {"op": "did", "event": "Product Viewed", "within": "1 day"}
    since = {"op": "did", "event": "Product Viewed", "since_anchor": True}
    both = {**recent, "since_anchor": True}

    assert holds(recent, history=viewed(DAY))
    assert not holds(recent, history=viewed(DAY + 1))
    assert holds(since, history=viewed(7 * DAY), anchor=NOW - 7 * DAY)
    assert not holds(since, history=viewed(7 * DAY), anchor=NOW - 7 * DAY + 1)
    assert not holds(both, history=viewed(2 * DAY), anchor=NOW - 7 * DAY)
    assert not holds(both, history=viewed(DAY), anchor=NOW)


def test_since_an_anchor_that_is_not_there_is_an_error() -> None:
    """A condition that counts from an anchor says so when there is none, instead of counting from somewhere."""
    with pytest.raises(
        ConditionError, match=r"no such moment where it stands\. Remove since_anchor, or use within"
    ):
        holds({"op": "bought", "since_anchor": True})


def test_did_asks_about_each_event() -> None:
    """`where` is asked of every event by itself, and may read its name, its properties and the time."""

    def data(where: dict[str, Any]) -> dict[str, Any]:
        return {"op": "did", "event": "Product Viewed", "where": where, "at_least": 2}

    history = [
        *viewed(1, total=5, day="2026-09-20"),
        *viewed(2, total=50, day="2026-08-01"),
        *viewed(3, total=60),
    ]

    assert holds(data({"op": "more", "field": "event.total", "value": 10}), history=history)
    assert not holds(data({"op": "more", "field": "event.total", "value": 55}), history=history)
    assert holds(data({"op": "is", "field": "event.name", "value": "Product Viewed"}), history=history)
    assert not holds(data({"op": "more", "field": "event.day", "value": {"ago": "30 days"}}), history=history)


def order(order_id: Any = ..., *, name: str = "Order Completed", age: int = 0, **properties: Any) -> Happened:
    """An order, or what became of it."""
    return (name, NOW - age, properties if order_id is ... else {"order_id": order_id, **properties})


def cancelled(order_id: Any = ...) -> Happened:
    """A cancellation, a year ago: when it was does not matter."""
    return order(order_id, name="Order Cancelled", age=365 * DAY)


@pytest.mark.parametrize(
    ("history", "bought"),
    [
        ([], False),
        ([order()], True),
        ([order(1)], True),
        ([order(1), cancelled(1)], False),
        ([order(1), cancelled("1")], False),
        ([order(2**63 + 1), cancelled(2**63)], True),
        ([order(1), cancelled(2)], True),
        ([order(1), order(2), cancelled(1)], True),
        ([order(), cancelled()], True),
        ([order(None), cancelled(None)], True),
        ([order(1.5), cancelled(1.5)], True),
        ([order(True), cancelled(1)], True),
        ([order(1, payment_status="paid")], True),
        ([order(1, payment_status=None)], True),
        ([order(1, payment_status="pending")], False),
        ([order(1, payment_status=True)], False),
        ([order(1, name="Order Refunded")], False),
    ],
)
def test_bought(history: list[Happened], bought: bool) -> None:
    """A purchase is an order that is completed, paid as far as is known, and not cancelled under the same id."""
    assert holds({"op": "bought"}, history=history) is bought


@pytest.mark.parametrize(
    ("channel", "counts"),
    [
        ("online", [..., None, "online"]),
        ("offline", ["offline"]),
        ("any", [..., None, "online", "offline", "phone", 1]),
    ],
)
def test_bought_by_channel(channel: str, counts: list[Any]) -> None:
    """An order without a channel was made online; other channels count for `any` alone."""
    every = [..., None, "online", "offline", "phone", 1]
    data = {"op": "bought", "channel": channel, "within": "1 day"}

    def fits(value: Any, age: int) -> bool:
        return holds(data, history=[order(1, age=age, **({} if value is ... else {"channel": value}))])

    assert [value for value in every if fits(value, DAY)] == counts
    assert not any(fits(value, DAY + 1) for value in every)


# ------------------------------------------------------------------------------------------------ moments


def instant(text: str) -> int:
    """The instant of an ISO text, by the standard library."""
    at = datetime.fromisoformat(text)
    # In whole numbers: a float of seconds rounds the last microsecond of a far year up to the next second.
    passed = (at if at.tzinfo else at.replace(tzinfo=UTC)) - datetime(1970, 1, 1, tzinfo=UTC)
    return passed // timedelta(seconds=1) * 1000


def test_what_is_no_moment() -> None:
    """Days that do not exist, other spellings and half-finished ones are no moments."""
    read = [text for text in MOMENTS if moment(text) is not None]

    assert read == [
        "2026-09-21",
        "2024-02-29",
        "9999-12-31",
        "2026-09-21T13:33:20Z",
        "2026-09-21T15:33:20+02:00",
        "2026-09-21T15:33:21+02:00",
        "2026-09-21 13:33",
        "2026-09-21T13:33:20.999999Z",
        "2026-09-21T03:33-10:00",
        "1969-12-31T23:59:59",
        "0001-01-01T00:00+14:00",
    ]


@pytest.mark.parametrize(
    ("op", "fits"),
    [("less", [-1]), ("at_most", [-1, 0]), ("more", [1]), ("at_least", [0, 1])],
)
def test_a_date_is_compared_with_some_time_ago(op: str, fits: list[int]) -> None:
    """A date and a moment before now compare as instants, to the second; what is no date never fits."""
    data = {"op": op, "field": "contact.v", "value": {"ago": "30 days"}}
    limit = NOW - 30 * DAY
    texts = {step: datetime.fromtimestamp(limit / 1000 + step, UTC).isoformat() for step in (-1, 0, 1)}

    assert [step for step, text in texts.items() if holds(data, contact=about(text))] == fits
    assert not any(
        holds(data, contact=about(value)) for value in (None, 0, "soon", "2026-02-30", ["2026-01-01"])
    )


@pytest.mark.parametrize(
    ("now", "duration", "earlier"),
    [
        ("2026-03-31T10:00:00", "1 month", "2026-02-28T10:00:00"),
        ("2024-03-31T10:00:00", "1 month", "2024-02-29T10:00:00"),
        ("2024-02-29T00:00:00", "1 year", "2023-02-28T00:00:00"),
        ("2026-01-15T00:00:00", "13 months", "2024-12-15T00:00:00"),
        ("2026-03-30T00:00:00", "36 hours", "2026-03-28T12:00:00"),
    ],
)
def test_before(now: str, duration: str, earlier: str) -> None:
    """Months and years go back by the calendar, to the end of a shorter month; the rest is exact."""
    assert before(instant(now), Duration.parse(duration)) == instant(earlier)
