"""A merge of any that ends its siblings, against a drain that sets one of them moving: on PostgreSQL."""

from __future__ import annotations

import pytest

from engine.store.database import Database
from engine.store.tables import enrolment
from tests.store.race import Course
from tests.store.test_races import ANY, VIEWED, entered, leg
from tests.store.world import HOUR, MINUTE, START, World


@pytest.mark.parametrize("drain_first", [True, False])
def test_a_sibling_that_is_drained_is_counted_where_it_stood(postgresql: Database, drain_first: bool) -> None:
    """The strand that is overtaken leaves the place at which it was counted, and the numbers hold."""
    world = World(postgresql)
    _, root = entered(world, world.publish(ANY))
    world.travel()
    world.now += MINUTE
    world.event(VIEWED, world.row(root).contact)
    arriving, admitted = world.rows(enrolment, enrolment.c.root == root)
    world.now = START + HOUR
    runs = (world.drain, leg(world, arriving.cohort))

    Course(world.database).race(*(runs if drain_first else runs[::-1]))
    between = world.violations()
    world.travel()

    assert admitted.place == "admitted"
    assert between == world.violations() == []
    assert [row.result for row in world.rows(enrolment, enrolment.c.root == root)] == ["merged", "overtaken"]
    assert world.row(root).position == "r"
