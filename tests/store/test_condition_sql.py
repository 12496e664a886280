"""Conditions in SQL: the same answers as in Python, on both databases."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import BigInteger, case, literal, null, select

from engine.audience.condition_sql import where
from engine.flow.condition import Condition, ConditionError, condition_json, parse_condition
from engine.flow.condition_eval import Facts, compile_condition
from engine.flow.condition_field import FieldPath
from engine.store.database import Database
from engine.store.tables import contact
from tests.condition_cases import (
    DAY,
    KEYS,
    MOMENTS,
    NOW,
    NUMBERS,
    TEXTS,
    Person,
    comparisons,
    conditions,
    lone_conditions,
    people,
)
from tests.store.condition_rows import add_segments, answers, person, store

NOBODY = parse_condition({"op": "tagged", "tag": "nobody carries this"})


def facts_of(person: Person, fitting: Condition, anchor: int | None) -> Facts:
    """The same person, as Python sees it."""
    facts = Facts(
        now=NOW,
        contact={**person.columns, "external_id": None, "attributes": person.attributes},
        tags=person.tags,
        history=person.events,
        anchor=anchor,
    )
    fits = compile_condition(fitting)(facts)
    facts.segments = {
        name
        for name, holds in (("listed", person.listed), ("tagged", "é" in person.tags), ("fitting", fits))
        if holds
    }
    return facts


@settings(max_examples=60, suppress_health_check=list(HealthCheck))
@given(
    persons=st.lists(people, min_size=1, max_size=4),
    asked=st.lists(conditions, min_size=1, max_size=6),
    fitting=lone_conditions,
    ascii_only=st.booleans(),
    anchor=st.sampled_from([NOW, NOW - DAY, NOW - 40 * DAY]),
)
def test_python_and_sql_agree(
    database: Database,
    persons: list[Person],
    asked: list[Condition],
    fitting: Condition,
    ascii_only: bool,
    anchor: int,
) -> None:
    """Whatever the data and the condition, SQL finds exactly the contacts that fit in Python, and never fails."""
    with database.read() as connection:  # what it writes is undone at the end
        store(connection, persons, ascii_only=ascii_only)
        add_segments(connection, fitting)
        found = answers(connection, asked, anchor)

    for someone, row in zip(persons, found, strict=True):
        facts = facts_of(someone, fitting, anchor)
        for each, answer in zip(asked, row, strict=True):
            assert compile_condition(each)(facts) == answer, (condition_json(each), someone)


def disagreements(
    database: Database, persons: Sequence[Person], asked: Sequence[Condition], *, ascii_only: bool = False
) -> list[Any]:
    """Where SQL and Python differ: the condition, the person, and what Python says."""
    with database.read() as connection:  # what it writes is undone at the end
        store(connection, persons, ascii_only=ascii_only)
        batches = [answers(connection, asked[at : at + 100], NOW - DAY) for at in range(0, len(asked), 100)]
    differ = []
    for number, someone in enumerate(persons):
        facts = facts_of(someone, NOBODY, NOW - DAY)
        found = [answer for batch in batches for answer in batch[number]]
        for each, answer in zip(asked, found, strict=True):
            expected = compile_condition(each)(facts)
            if expected != answer:
                differ.append((condition_json(each), someone, expected))
    return differ


@pytest.mark.parametrize("ascii_only", [True, False])
def test_every_comparison_of_every_nasty_pair_agrees(database: Database, ascii_only: bool) -> None:
    """Each operator gives in SQL what it gives in Python for any two nasty values, also where types differ."""
    values = [*TEXTS, *MOMENTS, *NUMBERS, True, False, None, [], ["Rome"], [1], {}, {"a": 1}]
    persons = [person({"v": value}) for value in values] + [person()]

    assert not disagreements(database, persons, comparisons("contact.v"), ascii_only=ascii_only)


def test_every_comparison_of_a_text_column_agrees(database: Database) -> None:
    """The columns of a contact compare like attributes that are text or missing."""
    persons = [person(first_name=text) for text in [*TEXTS, *MOMENTS]] + [person()]

    assert not disagreements(database, persons, comparisons("contact.first_name"))


@pytest.mark.parametrize("ascii_only", [True, False])
def test_every_nasty_key_is_found_where_it_is_and_nowhere_else(database: Database, ascii_only: bool) -> None:
    """A key may hold dots, quotes, backslashes or any script, on every level, however its JSON was written."""
    persons = [
        *(person({key: 1}) for key in KEYS),
        *(person({"outer": {key: 1}}) for key in KEYS),
        *(person({key: {"inner": 1}}) for key in KEYS),
        person({"outer": [1]}),
        person({"outer": "text"}),
    ]
    paths = [(key,) for key in KEYS] + [("outer", key) for key in KEYS] + [(key, "inner") for key in KEYS]
    fields = [str(FieldPath("contact", None, path)) for path in paths]
    asked = [
        parse_condition({"op": op, "field": field, "value": 1}) for op in ("is", "is_not") for field in fields
    ]

    assert not disagreements(database, persons, asked, ascii_only=ascii_only)
    assert (
        sum(compile_condition(each)(facts_of(persons[0], NOBODY, None)) for each in asked[: len(fields)]) == 1
    )


# ------------------------------------------------------------------------------------------------ orders


def order(
    order_id: Any, name: str = "Order Completed", /, **properties: Any
) -> tuple[str, int, dict[str, Any]]:
    """An order, or what became of it, a day ago."""
    return (name, NOW - DAY, {**({} if order_id is ... else {"order_id": order_id}), **properties})


def test_every_pair_of_order_and_cancellation_agrees(database: Database) -> None:
    """Whether a cancellation is that of an order is the same in SQL, for ids of any type and size."""
    ids = [
        ...,
        None,
        "1001",
        1001,
        "1001.5",
        1001.5,
        True,
        "true",
        2**63,
        2**63 + 1,
        str(2**63),
        "",
        "é",
        [1001],
    ]
    persons = [person(events=[order(one), order(other, "Order Cancelled")]) for one in ids for other in ids]

    assert not disagreements(database, persons, [parse_condition({"op": "bought"})])


def test_every_pair_of_channel_and_payment_agrees(database: Database) -> None:
    """Which orders count for which channel is the same in SQL."""
    channels = [..., None, "online", "offline", "phone", "", 1, True]
    payments = [..., None, "paid", "pending", "", 1, True]
    persons = [
        person(
            events=[
                order(1, **{k: v for k, v in (("channel", one), ("payment_status", other)) if v is not ...})
            ]
        )
        for one in channels
        for other in payments
    ]
    asked = [
        parse_condition({"op": "bought", "channel": channel}) for channel in ("online", "offline", "any")
    ]

    assert not disagreements(database, persons, asked)


# ------------------------------------------------------------------------------------------------ anchors


def test_the_anchor_may_be_a_column(database: Database) -> None:
    """Each row of the enclosing query counts from its own anchor; where that is NULL, nothing counts."""
    bought = parse_condition({"op": "bought", "since_anchor": True})
    twice = parse_condition({"op": "did", "event": "Order Completed", "since_anchor": True, "at_least": 2})
    with database.read() as connection:
        store(connection, [person(events=[order(1), order(2)]) for _ in range(3)])
        early, late = literal(NOW - DAY, BigInteger), literal(NOW, BigInteger)
        anchor = case((contact.c.id == 1, early), (contact.c.id == 2, late), else_=null())
        tests = [
            where(each, contact, connection=connection, now=NOW, anchor=anchor) for each in (bought, twice)
        ]
        fit = [connection.scalars(select(contact.c.id).where(test)).all() for test in tests]

    assert fit == [[1], [1]]


def test_where_works_on_an_alias_and_for_one_contact(database: Database) -> None:
    """The same test on an alias, narrowed to one contact, is the re-evaluation of that contact."""
    someone = contact.alias("someone")
    bought = parse_condition({"op": "bought"})
    with database.read() as connection:
        store(connection, [person(events=[order(1)]), person(), person(events=[order(2)])])
        test = where(bought, someone, connection=connection, now=NOW)
        found = [connection.scalar(select(someone.c.id).where(someone.c.id == n, test)) for n in (1, 2, 3)]

    assert found == [1, None, 3]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (
            {"op": "not", "of": {"op": "is", "field": "event.total", "value": 1}},
            "The condition asks about event.properties.total, but there is no event where it stands. "
            'Put it into the "where" of a "did".',
        ),
        (
            {"op": "did", "event": "X", "since_anchor": True},
            'The condition counts events "since here", but there is no such moment where it stands. '
            "Remove since_anchor, or use within.",
        ),
        (
            {"op": "in_segment", "segment": "gone"},
            'There is no segment "gone". Check its name, or make it first.',
        ),
    ],
)
def test_what_a_query_cannot_know_is_an_error(database: Database, data: dict[str, Any], message: str) -> None:
    """A condition that asks for an event, an anchor or a segment that is not there is refused, not guessed."""
    with database.read() as connection, pytest.raises(ConditionError) as caught:
        where(parse_condition(data), contact, connection=connection, now=NOW)

    assert str(caught.value) == message


def test_the_largest_condition_runs(database: Database) -> None:
    """A hundred lists of a thousand values, eight levels deep, are a query that both databases take."""
    lists = [
        {"op": "one_of", "field": f"contact.a{n}.b", "value": [f"{n}-{m}" for m in range(1000)]}
        for n in range(100)
    ]
    largest: dict[str, Any] = {"op": "any", "of": lists}
    for _ in range(3):
        largest = {"op": "not", "of": {"op": "all", "of": [largest]}}
    with database.read() as connection:
        store(connection, [person({"a99": {"b": "99-999"}}), person({"a99": {"b": "98-999"}})])
        found = answers(connection, [parse_condition(largest)])

    assert found == [(False,), (True,)]


def test_a_question_about_events_uses_the_index(sqlite: Database) -> None:
    """Counting a contact's events reads only that contact's events of that name from that time on."""
    did = parse_condition({"op": "did", "event": "X", "within": "30 days", "at_least": 2})
    with sqlite.read() as connection:
        test = where(did, contact, connection=connection, now=NOW)
        text = select(contact.c.id).where(test).compile(connection, compile_kwargs={"literal_binds": True})
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}").all()

    assert any("event_contact_name_at (contact=? AND name=? AND at>?)" in row[3] for row in plan)
