"""Conditions in SQL: the same answers as in Python, on both databases."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, case, cast, insert, literal, select
from sqlalchemy.dialects.postgresql import JSONB

from engine.audience.condition_sql import segment_count, segment_members, where
from engine.flow.condition import Condition, ConditionError, condition_json, parse_condition
from engine.flow.condition_eval import Facts, compile_condition
from engine.store.database import Database
from engine.store.tables import contact, event, membership, segment, tag
from tests.store.condition_cases import NOW, Person, conditions, json_text, lone_conditions, people


class _Undone(Exception):
    pass


def store(connection: Connection, persons: Sequence[Person], *, ascii_only: bool = False) -> None:
    """Write people as contacts 1, 2, 3…"""

    def as_json(value: Any) -> Any:
        text = json_text(value, ascii_only=ascii_only)
        return literal(text) if connection.dialect.name == "sqlite" else cast(literal(text), JSONB)

    for number, person in enumerate(persons, 1):
        columns = {**person.columns, "external_id": None, "created_at": 0, "updated_at": 0}
        connection.execute(insert(contact).values(id=number, attributes=as_json(person.attributes), **columns))
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
        name for name, holds in (("listed", person.listed), ("tagged", "é" in person.tags), ("fitting", fits)) if holds
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


@settings(max_examples=60, suppress_health_check=list(HealthCheck))
@given(
    persons=st.lists(people, min_size=1, max_size=4),
    asked=st.lists(conditions, min_size=1, max_size=6),
    fitting=lone_conditions,
    ascii_only=st.booleans(),
    anchor=st.sampled_from([NOW, NOW - 86_400_000, NOW - 40 * 86_400_000]),
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
    with pytest.raises(_Undone), database.write() as connection:
        store(connection, persons, ascii_only=ascii_only)
        add_segments(connection, fitting)
        tests = [where(each, contact, connection=connection, now=NOW, anchor=anchor) for each in asked]
        columns = [case((test, 1), else_=0).label(f"t{n}") for n, test in enumerate(tests)]
        found = connection.execute(select(contact.c.id, *columns).order_by(contact.c.id)).all()
        for row, person in zip(found, persons, strict=True):
            facts = facts_of(person, fitting, anchor)
            for each, answer in zip(asked, row[1:], strict=True):
                assert compile_condition(each)(facts) == bool(answer), (condition_json(each), person)
        raise _Undone
