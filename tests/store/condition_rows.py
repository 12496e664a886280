"""People and segments as rows, and what SQL says about them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    case,
    cast,
    insert,
    literal,
    select,
)
from sqlalchemy.dialects.postgresql import JSONB

from engine.audience.condition_sql import where
from engine.flow.condition import Condition, condition_json
from engine.store.tables import contact, event, membership, segment, tag
from tests.condition_cases import (
    NOW,
    Person,
    json_text,
)


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


def person(
    attributes: dict[str, Any] | None = None,
    events: Sequence[tuple[str, int, dict[str, Any]]] = (),
    **columns: str,
) -> Person:
    """A contact of whom little is known."""
    return Person(
        columns=dict(columns), attributes=attributes or {}, tags=set(), listed=False, events=list(events)
    )


def add_fitting(connection: Connection, **conditions: dict[str, Any]) -> None:
    """Segments of kind `condition`."""
    for number, (name, data) in enumerate(conditions.items(), 10):
        row = {"id": number, "name": name, "kind": "condition", "condition": data, "created_at": 0}
        connection.execute(insert(segment).values(**row))
