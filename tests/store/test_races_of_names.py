"""Races for a name: two transactions that give one address to two contacts, or one name to two journeys, on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import select

from api.app import make_app
from api.house import House
from api.journeys.schemas import JourneyIn
from api.journeys.service import create
from engine.audience.contacts import update_batch
from engine.audience.events import IDENTIFY
from engine.audience.profile import Profile
from engine.enrolment.ingest import Incoming, ingest
from engine.enrolment.legs import run_cohort_leg
from engine.journey.host import Outcome
from engine.store.batch import Batch
from engine.store.database import Database
from engine.store.tables import identity
from tests.store.race import Course
from tests.store.world import World
from tests.unit.journey.build import act, enter, leave, plan

TAKEN = "shared@example.com"


@pytest.fixture
def world(postgresql: Database) -> Iterator[World]:
    """A world on PostgreSQL, in which the invariants hold at the end."""
    made = World(postgresql)
    yield made
    assert made.violations() == []


@pytest.mark.parametrize("leg_first", [False, True])
def test_an_act_and_an_event_give_one_address_to_two_contacts(world: World, leg_first: bool) -> None:
    """One of them has it, the other is written all the same; neither fails, and nobody is parked for it."""

    def change(batch: Batch) -> list[Outcome]:
        return update_batch(batch, {one.strand: Profile.of(email=TAKEN) for one in batch.travellers})

    world.acts.code["act"] = change
    published = world.publish(plan(start=enter("a"), a=act(done="end"), end=leave("done")))
    (root,) = world.enter(published, [world.contact("anna")])
    world.drain()
    course, runtime = Course(world.database), world.another()
    said = Incoming("m1", IDENTIFY, world.now, user_id="bert", traits={"email": TAKEN})

    def leg() -> object:
        return run_cohort_leg(runtime, world.row(root).cohort, world.now)

    def told() -> object:
        return ingest(world.another(), [said], world.now)

    first, second = (leg, told) if leg_first else (told, leg)
    course.race(first, second, "commit")

    assert world.row(root).place == "ended"
    with world.database.read() as connection:
        assert len(connection.scalars(select(identity).where(identity.c.value == TAKEN)).all()) == 1


def test_two_journeys_that_may_have_another_name_both_are_made(world: World, tmp_path: Path) -> None:
    """Whoever comes second to a name that was free takes the next one."""
    wanted = JourneyIn(document={"name": "Welcome", "nodes": {}}, free_name=True)
    house: House = make_app(world.database, designer=tmp_path / "none").state.house
    with closing(house):
        course = Course(world.database)

        made = course.race(lambda: create(house, wanted), lambda: create(house, wanted))

    assert [one.name for one in made] == ["Welcome", "Welcome 2"]
