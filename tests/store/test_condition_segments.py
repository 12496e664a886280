"""Segments: who is in them, and which ones cannot be."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import (
    Connection,
    insert,
    select,
    update,
)

from engine.audience.condition_sql import segment_count, segment_members, where
from engine.audience.segments import create_segment
from engine.flow.condition import ConditionError, parse_condition
from engine.store.database import Database
from engine.store.tables import contact, membership, tag
from tests.condition_cases import (
    NOW,
    Person,
)
from tests.store.condition_rows import add_fitting, add_segments, person, store


def members(connection: Connection, name: str) -> list[int]:
    """A segment's members by id, whose number must be what segment_count says."""
    found = sorted(connection.scalars(segment_members(connection, name, now=NOW)))
    assert segment_count(connection, name, now=NOW) == len(found)
    return found


def test_segments_have_members(database: Database) -> None:
    """A list, a tag and a condition each give their contacts; a condition may name other segments."""
    with database.read() as connection:
        store(connection, [person({"n": n}) for n in range(6)])
        add_segments(connection, parse_condition({"op": "more", "field": "contact.n", "value": 2}))
        connection.execute(insert(membership), [{"segment": 1, "contact": n, "at": 0} for n in (2, 4, 6)])
        connection.execute(insert(tag), [{"contact": n, "name": "é", "at": 0} for n in (1, 4)])
        both = [{"op": "in_segment", "segment": name} for name in ("listed", "fitting")]
        add_fitting(
            connection,
            both={"op": "all", "of": both},
            neither={"op": "not", "of": {"op": "in_segment", "segment": "both"}},
        )

        found = {
            name: members(connection, name) for name in ("listed", "tagged", "fitting", "both", "neither")
        }
        page = (
            segment_members(connection, "listed", now=NOW)
            .where(contact.c.id > 2)
            .order_by(contact.c.id)
            .limit(1)
        )
        second = connection.scalars(page).all()

    assert found == {
        "listed": [2, 4, 6],
        "tagged": [1, 4],
        "fitting": [4, 5, 6],
        "both": [4, 6],
        "neither": [1, 2, 3, 5],
    }
    assert second == [4]


def test_a_contact_merged_into_another_is_in_no_segment(database: Database) -> None:
    """Segments of every kind leave out who lives on as somebody else."""
    with database.read() as connection:
        store(connection, [Person(columns={}, attributes={}, tags={"é"}, listed=True) for _ in range(2)])
        add_segments(connection, parse_condition({"op": "tagged", "tag": "é"}))
        connection.execute(update(contact).where(contact.c.id == 1).values(merged_into=2))

        found = [members(connection, name) for name in ("listed", "tagged", "fitting")]

    assert found == [[2], [2], [2]]


def named(name: str) -> dict[str, Any]:
    """The condition of being in a segment."""
    return {"op": "in_segment", "segment": name}


def test_a_segment_that_contains_itself_is_an_error(database: Database) -> None:
    """A circle of segments is found and named."""
    with database.read() as connection:
        add_fitting(connection, a={"op": "not", "of": named("b")}, b=named("c"), c=named("b"))
        with pytest.raises(ConditionError) as caught:
            segment_members(connection, "a", now=NOW)

    assert str(caught.value) == (
        'In the segment "a": In the segment "b": In the segment "c": '
        "The segment contains itself: b → c → b. Take one of them out of the other."
    )


def test_segments_that_double_each_other_are_stopped(database: Database) -> None:
    """Segments that each name the one before twice do not grow into a query that nobody can run."""
    with database.read() as connection:
        add_fitting(
            connection,
            s0={"op": "tagged", "tag": "VIP"},
            **{f"s{n}": {"op": "all", "of": [named(f"s{n - 1}")] * 2} for n in range(1, 40)},
        )
        few = segment_count(connection, "s5", now=NOW)
        with pytest.raises(ConditionError, match="asks more than 1000 questions"):
            segment_members(connection, "s39", now=NOW)

    assert few == 0


def test_a_segment_does_not_see_the_anchor_of_who_names_it(database: Database) -> None:
    """A segment that counts from an anchor is an error, also where the condition that names it has one."""
    with database.read() as connection:
        add_fitting(connection, a={"op": "bought", "since_anchor": True})
        with pytest.raises(
            ConditionError, match=r'In the segment "a": The condition counts events "since here"'
        ):
            where(parse_condition(named("a")), contact, connection=connection, now=NOW, anchor=NOW)


@pytest.mark.parametrize(("questions", "most"), [(1, 40), (90, 6)])
def test_segments_inside_each_other_have_an_end(database: Database, questions: int, most: int) -> None:
    """One that is nested too deeply is refused before it is stored; the deepest can be asked for in any condition."""
    told = [{"op": "is", "field": f"contact.a{number}", "value": number} for number in range(questions)]
    with database.write() as connection:
        made = ["s0"]
        create_segment(connection, "s0", now=NOW, condition={"op": "any", "of": told})
        for number in range(1, 100):
            inside = {"op": "not", "of": named(made[-1])}
            try:
                create_segment(
                    connection, f"s{number}", now=NOW, condition={"op": "any", "of": [inside, *told]}
                )
            except ConditionError as error:
                assert "nested too deeply. Name fewer segments" in str(error)
                assert len(str(error)) < 400
                break
            made.append(f"s{number}")
        condition: Any = {"op": "all", "of": [named(made[-1]), *told[:60]]}
        for _ in range(3):
            condition = {"op": "not", "of": {"op": "any", "of": [condition, told[0]]}}
        asked = where(parse_condition(condition), contact, connection=connection, now=NOW)

        assert 3 <= len(made) <= most
        assert connection.scalars(select(contact.c.id).where(asked)).all() == []
        assert segment_count(connection, made[-1], now=NOW) == 0
