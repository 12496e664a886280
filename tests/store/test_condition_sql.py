"""Conditions in SQL: the same answers as in Python, on both databases."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import ColumnElement, Connection, case, cast, insert, literal, select
from sqlalchemy.dialects.postgresql import JSONB

from engine.audience.condition_sql import where
from engine.flow.condition import Condition, condition_json, parse_condition
from engine.flow.condition_eval import Facts, compile_condition
from engine.flow.condition_field import FieldPath
from engine.store.database import Database
from engine.store.tables import contact, event, membership, segment, tag
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
    json_text,
    lone_conditions,
    people,
)

NOBODY = parse_condition({"op": "tagged", "tag": "nobody carries this"})


def store(connection: Connection, persons: Sequence[Person], *, ascii_only: bool = False) -> None:
    """Write people as contacts 1, 2, 3…"""

    def as_json(value: Any) -> Any:
        text = json_text(value, ascii_only=ascii_only)
        return literal(text) if connection.dialect.name == "sqlite" else cast(literal(text), JSONB)

    for number, person in enumerate(persons, 1):
        columns = {**person.columns, "external_id": None, "created_at": 0, "updated_at": 0}
        connection.execute(
            insert(contact).values(id=number, attributes=as_json(person.attributes), **columns)
        )
        for each in person.tags:
            connection.execute(insert(tag).values(contact=number, name=each, at=0))
        if person.listed:
            connection.execute(insert(membership).values(segment=1, contact=number, at=0))
        for place, (name, at, properties) in enumerate(person.events):
            key = number * 100 + place
            connection.execute(
                insert(event).values(
                    id=key,
                    message_id=str(key),
                    contact=number,
                    name=name,
                    at=at,
                    received_at=at,
                    properties=as_json(properties),
                )
            )


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


def add_segments(connection: Connection, fitting: Condition) -> None:
    """The segments that the random conditions name."""
    rows = [
        {"id": 1, "name": "listed", "kind": "list", "tag": None, "condition": None},
        {"id": 2, "name": "tagged", "kind": "tag", "tag": "é", "condition": None},
        {"id": 3, "name": "fitting", "kind": "condition", "tag": None, "condition": condition_json(fitting)},
    ]
    connection.execute(insert(segment), [{**row, "created_at": 0} for row in rows])


def answers(
    connection: Connection, asked: Sequence[Condition], anchor: int | ColumnElement[int] | None = None
) -> list[tuple[bool, ...]]:
    """What SQL says, a row for each contact by id."""
    tests = [where(each, contact, connection=connection, now=NOW, anchor=anchor) for each in asked]
    columns = [case((test, 1), else_=0).label(f"t{n}") for n, test in enumerate(tests)]
    rows = connection.execute(select(*columns).select_from(contact).order_by(contact.c.id))
    return [tuple(map(bool, row)) for row in rows]


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

    for person, row in zip(persons, found, strict=True):
        facts = facts_of(person, fitting, anchor)
        for each, answer in zip(asked, row, strict=True):
            assert compile_condition(each)(facts) == answer, (condition_json(each), person)


def person(
    attributes: dict[str, Any] | None = None,
    events: Sequence[tuple[str, int, dict[str, Any]]] = (),
    **columns: str,
) -> Person:
    """A contact of whom little is known."""
    return Person(
        columns=dict(columns), attributes=attributes or {}, tags=set(), listed=False, events=list(events)
    )


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
