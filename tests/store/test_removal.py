"""Deleting a journey: one that was never used goes with all that is its own, one that was used stays as it is."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import insert, select

from engine.audience.segments import create_segment
from engine.enrolment.campaign import change_campaign, create_campaign
from engine.enrolment.control import pause_journey, stop_journey
from engine.enrolment.draft_changes import By
from engine.enrolment.drafts import UnknownJourney, create_journey, patch_draft
from engine.enrolment.publishing import publish_document
from engine.enrolment.removal import JourneyInUse, remove_journey
from engine.enrolment.runtime import Published
from engine.enrolment.tally import ended, write_changes
from engine.flow.patch import PlaceChange
from engine.flow.plan import Trigger
from engine.store.database import Database
from engine.store.tables import (
    audit,
    campaign,
    draft,
    draft_change,
    enrolment,
    journey,
    plan,
    presence,
    tally,
    tally_change,
)
from tests.store.test_publishing import NOW, all_of, furnished, welcome
from tests.store.world import START, World
from tests.unit.journey.build import enter, rest
from tests.unit.journey.build import plan as planned

OWNED = (journey, draft, draft_change, presence, plan, tally, tally_change)
VIEWED = "Product Viewed"


@pytest.fixture
def house(database: Database) -> Database:
    """A furnished installation, on each of the two databases."""
    return furnished(database)


def drawn_in(database: Database, number: int) -> None:
    """Somebody is in the draft, and has changed it."""
    change = PlaceChange(kind="node", id="mail", field="name", after="Hello")
    with database.write() as connection:
        revision = connection.scalar(select(draft.c.revision).where(draft.c.journey == number))
        assert revision is not None
        patch_draft(
            connection, number, [change], expected_revision=revision, by=By(name="Ann"), now=NOW, who="ann"
        )
        connection.execute(
            insert(presence).values(
                journey=number, tab="a", name="Ann", colour="#000", idle=False, seen_at=NOW
            )
        )


def counted(database: Database, published: Published) -> None:
    """Something was counted, in the sums and beside them."""
    with database.write() as connection:
        write_changes(connection, published.id, {ended("x", NOW): 1})
        connection.execute(
            insert(tally).values(plan=published.id, hour=0, kind="ended", node="", name="x", count=1)
        )


def everything(database: Database) -> dict[str, list[Any]]:
    """The rows of all tables that know of journeys."""
    return {
        table.name: [tuple(row) for row in all_of(database, table)] for table in (*OWNED, audit, campaign)
    }


def test_all_that_is_its_own_goes_with_it(house: Database) -> None:
    """The draft, its changes, who is there, the versions and their counts are gone; another journey's stay; the log says who
    deleted what."""
    gone = publish_document(house, welcome("Gone"), now=NOW, who="ann")
    publish_document(house, welcome("Gone", out={"result": "seen"}), now=NOW, who="ann", journey=gone.journey)
    stays = publish_document(house, welcome("Stays"), now=NOW, who="ann")
    for one in (gone, stays):
        drawn_in(house, one.journey)
        counted(house, one)
    before = everything(house)

    remove_journey(house, gone.journey, now=NOW + 1, who="bert")

    left = everything(house)
    assert all(len(left[table.name]) == 1 for table in OWNED)
    assert all(left[table.name][0] in before[table.name] for table in OWNED)
    assert [(row.id, row.plan) for row in all_of(house, journey)] == [(stays.journey, stays.id)]
    said = all_of(house, audit)[-1]
    assert (said.at, said.who, said.what, said.subject) == (
        NOW + 1,
        "bert",
        "remove",
        f"journey/{gone.journey}",
    )
    assert said.details == {"name": "Gone", "versions": 2}


def test_a_journey_that_is_deleted_is_gone_for_everybody(house: Database) -> None:
    """Deleting it again, drawing in it and publishing into it are told that there is none; its name is free."""
    with house.write() as connection:
        number = create_journey(connection, welcome(), now=NOW, who="ann").journey
    remove_journey(house, number, now=NOW, who="ann")

    for act in (
        lambda: remove_journey(house, number, now=NOW, who="ann"),
        lambda: publish_document(house, welcome(), now=NOW, who="ann", journey=number),
        lambda: drawn_change(house, number),
    ):
        with pytest.raises(UnknownJourney, match=f"There is no journey {number}"):
            act()
    with house.write() as connection:
        assert create_journey(connection, welcome(), now=NOW, who="ann").journey != number


def drawn_change(database: Database, number: int) -> None:
    """A change that comes too late."""
    with database.write() as connection:
        patch_draft(connection, number, [], expected_revision=1, by=By(), now=NOW, who="ann")


@pytest.mark.parametrize("state", ["running", "paused", "stopped"])
def test_a_journey_that_somebody_entered_stays(world: World, state: str) -> None:
    """Nothing of it is touched, even where everybody has ended; whoever asks hears why, and what to do instead."""
    published = world.publish(planned(start=enter(None)))
    world.enter(published, [world.contact("lucia")])
    world.travel()
    if state == "paused":
        pause_journey(world.database, published.journey, now=world.now, who="ops")
    if state == "stopped":
        stop_journey(world.database, published.journey, now=world.now, who="ops")
    before = everything(world.database)

    with pytest.raises(
        JourneyInUse, match='"Journey" cannot be deleted: contacts have entered it'
    ) as refused:
        remove_journey(world.database, published.journey, now=world.now, who="ops")

    instead = "rename it if its name is wanted" if state == "stopped" else "Stop it instead"
    assert instead in str(refused.value)
    assert everything(world.database) == before
    assert [row.place for row in world.rows(enrolment)] == ["ended"]


@pytest.mark.parametrize("cancelled", [False, True])
def test_a_journey_that_a_campaign_was_planned_for_stays(world: World, cancelled: bool) -> None:
    """Also where nobody has entered by it, and where it is over: it is listed with its journey."""
    published = world.publish(planned(start=enter("r"), r=rest("1 day", None)))
    with world.database.write() as connection:
        create_segment(connection, "S", now=START, contacts=[])
        number = create_campaign(connection, published.journey, "S", now=START, name="Spring")
        if cancelled:
            change_campaign(connection, number, "cancel", now=START, who="ops")
    before = everything(world.database)

    state = "cancelled" if cancelled else "planned"
    with pytest.raises(JourneyInUse, match=f'the campaign "Spring" of it is {state}. Stop it instead'):
        remove_journey(world.database, published.journey, now=world.now, who="ops")

    assert everything(world.database) == before


def test_nobody_enters_a_journey_that_was_deleted(world: World) -> None:
    """Whoever has its plan at hand lets nobody in; who listens hears of it no more; a campaign is told that there is none."""
    trigger = Trigger(node="start", kind="event", params={"event": VIEWED, "where": None})
    published = world.publish(planned(start=enter("r"), r=rest("1 day", None)), "J", trigger)
    who = world.contact("lucia")
    world.event("Something", who)
    with world.database.write() as connection:
        create_segment(connection, "S", now=START, contacts=[who])
    remove_journey(world.database, published.journey, now=world.now, who="ops")

    assert world.enter(published, [who]) == ()
    assert world.event(VIEWED, who).entered == 0
    with pytest.raises(UnknownJourney), world.database.write() as connection:
        create_campaign(connection, published.journey, "S", now=START)

    assert world.rows(enrolment) == []
