"""Who does not enter is told why: by the guard itself, with what to do, one by one and counted."""

from __future__ import annotations

import pytest

from engine.enrolment.campaign import campaign_pages, enter_page
from engine.enrolment.control import pause_journey, stop_journey
from engine.enrolment.enter import Entering
from engine.enrolment.enter import enter as enter_journey
from engine.enrolment.plans import Published
from engine.enrolment.refusals import Refused, counts_words, refusal_words
from engine.flow.document import Reentry, Settings
from engine.journey.time import LATEST, iso
from engine.store.tables import campaign
from tests.store.test_campaign import listed, start
from tests.store.world import DAY, HOUR, START, World
from tests.unit.journey.build import enter, plan, rest


def resting(world: World, rule: str, after: str | None = None) -> Published:
    """A journey in which everybody rests for a day."""
    settings = Settings(reentry=Reentry.model_validate({"rule": rule, "after": after}))
    return world.publish(plan(settings=settings, start=enter("r"), r=rest("1 day", None)))


def refused(
    world: World, published: Published, who: int, cause: str = "api:2", at: int | None = None
) -> Refused:
    """What keeps a contact out that is to enter now."""
    one = Entering(who, cause, world.now if at is None else at, "start")
    with world.database.write() as connection:
        entered = enter_journey(connection, published, [one], lane="live", now=world.now)
    assert entered.enrolments == ()
    (why,) = entered.refused
    return why


@pytest.mark.parametrize(
    ("rule", "after", "why"),
    [("once", None, "once"), ("after_end", None, "inside"), ("after_time", "3 days", "inside")],
)
def test_whoever_is_inside_is_kept_out_by_the_rule(world: World, rule: str, after: str, why: str) -> None:
    """Once ever says so; the others say that the contact is inside."""
    published = resting(world, rule, after)
    who = world.contact("ann")
    world.enter(published, [who])

    assert refused(world, published, who) == Refused(who, why)  # type: ignore[arg-type]  # a text of the list above


def test_a_time_that_is_not_over_is_told_with_its_end(world: World) -> None:
    """From the last entry on, by the journey's calendar; at that very moment the contact may enter."""
    published = resting(world, "after_time", "3 days")
    who = world.contact("ann")
    world.enter(published, [who])
    world.travel(START + 2 * DAY)

    why = refused(world, published, who)

    assert why == Refused(who, "too_soon", START + 3 * DAY)
    assert refusal_words(why, published) == (
        "The contact has entered this journey before, and its re-entry rule asks for 3 days between two entries. "
        f"Ask again from {iso(START + 3 * DAY)} on, or change the re-entry rule and publish it."
    )
    assert len(world.enter(published, [who], "api:3", at=START + 3 * DAY)) == 1


def test_a_time_that_ends_beyond_the_calendar_can_be_told(world: World) -> None:
    """An entry of the last day there is has no end of its time; the words have one all the same."""
    published = resting(world, "after_time", "3 days")

    assert "Ask again from 9999-12-31" in refusal_words(Refused(1, "too_soon", LATEST + DAY), published)


def test_a_repeat_and_a_journey_that_stands_still_say_so(world: World) -> None:
    """The same cause is a repeat whatever the rule; a paused journey and a stopped one let nobody in."""
    published = resting(world, "every_event")
    who = world.contact("ann")
    world.enter(published, [who], "api:2")

    found = [refused(world, published, who).why]
    pause_journey(world.database, published.journey, now=world.now, who="test")
    found.append(refused(world, published, who, "api:3").why)
    stop_journey(world.database, published.journey, now=world.now, who="test")
    found.append(refused(world, published, who, "api:3").why)

    assert found == ["repeated", "paused", "stopped"]


def test_every_reason_has_words_with_a_next_step(world: World) -> None:
    """Two sentences for one contact; and words that follow a number."""
    published = resting(world, "after_time", "3 days")
    for why in ("repeated", "inside", "once", "too_soon", "paused", "stopped"):
        words = refusal_words(Refused(1, why, START), published)
        assert any(step in words for step in ("Give", "Wait", "change", "Resume", "Publish")), words
    told = counts_words({"stopped": 1, "once": 2})
    assert told == [
        ("once", 2, "had entered before, and its re-entry rule is once ever"),
        ("stopped", 1, "while the journey was stopped"),
    ]


def test_a_campaign_counts_whom_it_kept_out_by_reason(world: World) -> None:
    """Page after page, as the guard of each page said."""
    people = listed(world, 6)
    published = resting(world, "after_time", "3 days")
    world.enter(published, people[:2])
    world.travel(START + 2 * DAY)
    world.enter(published, people[2:5], "api:2")
    number = start(world, published)
    for _ in range(6):
        enter_page(world.runtime, number, 2)

    (row,) = world.rows(campaign)
    assert (row.entered, row.skipped, row.refused) == (1, 5, {"too_soon": 2, "inside": 3})


def test_a_live_campaign_tells_of_its_present_look(world: World) -> None:
    """Those whom it cannot let in are looked at again and again, and counted once."""
    people = listed(world, 5)
    published = resting(world, "once")
    world.enter(published, people[:2])
    number = start(world, published, mode="live")

    for _ in range(2):
        campaign_pages(world.runtime, number, world.now)
        world.now += HOUR
    stand = campaign_pages(world.runtime, number, world.now)

    (row,) = world.rows(campaign)
    assert (stand.entered, stand.skipped, row.refused) == (3, 2, {"once": 2})
