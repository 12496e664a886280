"""`wend play`: how everyone in its file enters, and when all of them have had their chance."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from engine.audience.segments import create_segment
from engine.enrolment.campaign import change_campaign
from engine.flow.plan import Trigger
from engine.store.tables import campaign
from tests.store.world import World
from tests.unit.journey.build import enter, plan, rest
from wend.play import entry
from wend.play.entry import Beginning, ByCampaign, ByEvent


def everyone(world: World, size: int) -> None:
    """A segment of so many people."""
    people = world.contacts(f"p{number}" for number in range(size))
    with world.database.write() as connection:
        create_segment(connection, "everyone", now=world.now, contacts=people)


def test_a_campaign_that_is_cancelled_is_over(world: World) -> None:
    """Nobody waits for those whom it will never let in."""
    everyone(world, 1)
    published = world.publish(plan(start=enter("r"), r=rest("1 day", None)))
    way = ByCampaign(world.runtime, published, "everyone")
    with world.database.write() as connection:
        assert not way.over(connection)
        (number,) = connection.scalars(select(campaign.c.id))
        change_campaign(connection, number, "cancel", now=world.now, who="test")

    assert not way.turn()
    with world.database.read() as connection:
        assert way.over(connection)


@pytest.mark.parametrize("page", [1, 2, 500])
def test_everyone_does_what_the_journey_begins_with_once(
    world: World, monkeypatch: pytest.MonkeyPatch, page: int
) -> None:
    """A page at a time, until nobody is left; whom the trigger's condition keeps out, has had their chance."""
    monkeypatch.setattr(entry, "_PAGE", page)
    everyone(world, 4)
    where = {"op": "all", "of": [
        {"op": "is", "field": "event.form", "value": "news"},
        {"op": "is_not", "field": "contact.external_id", "value": "p1"},
    ]}  # fmt: skip
    begun = Trigger(node="start", kind="event", params={"event": "Signed Up", "where": where})
    published = world.publish(plan(start=enter("r"), r=rest("1 day", None)), "Journey", begun)
    begin = entry.beginning(published)
    assert begin == Beginning("Signed Up", {"form": "news"})
    way = ByEvent(world.runtime, begin, "everyone")

    turns = 0
    while way.turn():
        turns += 1

    assert turns == 4 // page + 1
    with world.database.read() as connection:
        assert way.over(connection)
    assert world.places() == {"admitted": 3}
