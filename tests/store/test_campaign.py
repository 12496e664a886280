"""Campaigns: a segment enters a journey, each contact exactly once."""

from __future__ import annotations

import pytest
from sqlalchemy import insert, select, update

from engine.audience.segments import UnknownSegment, add_members, create_segment
from engine.enrolment import campaign as campaigns
from engine.enrolment.campaign import (
    CampaignOver,
    How,
    NoCampaignTrigger,
    NotPublished,
    Page,
    campaign_node,
    campaign_pages,
    change_campaign,
    create_campaign,
    enter_page,
    open_campaign_run,
    read_campaign,
)
from engine.enrolment.control import pause_journey, resume_journey, stop_journey
from engine.enrolment.plans import Published
from engine.flow.plan import Trigger
from engine.journey.time import LATEST
from engine.store.ids import new_id
from engine.store.tables import audit, campaign, cohort, enrolment, journey, membership
from tests.store.world import DAY, HOUR, SECOND, START, World
from tests.unit.journey.build import enter, goal, plan, rest


def resting(world: World, reentry: str = "once") -> Published:
    """A journey in which everybody rests for a day."""
    return world.publish(plan(reentry=reentry, start=enter("r"), r=rest("1 day", None)))


def listed(world: World, size: int, name: str = "S") -> list[int]:
    """A list of so many contacts."""
    people = world.contacts(f"{name}{number}" for number in range(size))
    with world.database.write() as connection:
        create_segment(connection, name, now=world.now, contacts=people)
    return people


def start(
    world: World, published: Published, segment: str = "S", rate: float | None = None, **how: object
) -> int:
    """Plan a campaign."""
    with world.database.write() as connection:
        return create_campaign(
            connection,
            published.journey,
            segment,
            now=world.now,
            rate=rate,
            how=How(**how),  # type: ignore[arg-type]
        )


def change(world: World, number: int, action: str) -> str:
    """Pause, resume or cancel it."""
    with world.database.write() as connection:
        return change_campaign(connection, number, action, now=world.now, who="test")


def inside(world: World) -> list[int]:
    """The contacts who entered, in order."""
    return sorted(row.contact for row in world.rows(enrolment))


def test_a_segment_enters_page_by_page_straight_into_cohorts(world: World) -> None:
    """Every page is one transaction and one cohort of the bulk lane; the row counts, and says when it is done."""
    people = listed(world, 25)
    number = start(world, resting(world))

    pages = [enter_page(world.runtime, number, 10) for _ in range(4)]

    assert pages == [Page(10, 0, False), Page(10, 0, False), Page(5, 0, True), Page(0, 0, True)]
    assert inside(world) == sorted(people)
    assert [(row.lane, row.started) for row in world.rows(cohort)] == [("bulk", False)] * 3
    assert {(row.place, row.cause) for row in world.rows(enrolment)} == {("moving", f"campaign:{number}")}
    (row,) = world.rows(campaign)
    assert (row.state, row.entered, row.skipped, row.total, row.finished_at) == ("done", 25, 0, 25, START)
    world.travel(START + DAY)
    assert world.places() == {"ended": 25}


def test_started_twice_it_enters_everybody_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two workers that take the same page let it in once; a second campaign obeys the rule of re-entry."""
    monkeypatch.setattr(campaigns, "COHORT_SIZE", 10)
    people = listed(world, 25)
    published = resting(world, reentry="every_event")
    number = start(world, published)
    other = world.another()
    enter_page(world.runtime, number, 10)
    stale = campaigns._Taken(0, people[:10], False, START, START)
    with world.database.write() as connection:
        again = campaigns._enter(connection, other, number, stale)

    stand = campaign_pages(other, number, world.now)

    assert again is None
    assert (stand.state, stand.entered, stand.skipped) == ("done", 25, 0)
    assert inside(world) == sorted(people)


def test_the_rule_of_re_entry_keeps_out_and_is_counted(world: World) -> None:
    """Whoever may not enter again is skipped, and the campaign goes on with the others."""
    people = listed(world, 5)
    published = resting(world)
    world.enter(published, people[:2], "api:0")

    stand = campaign_pages(world.runtime, start(world, published), world.now)

    assert (stand.state, stand.entered, stand.skipped, stand.total) == ("done", 3, 2, 5)


def test_a_snapshot_is_whoever_is_in_the_segment_at_its_start(world: World) -> None:
    """Those who come later stay out, whatever the kind of segment; who was in by a condition then, is in."""
    people = listed(world, 4)
    with world.database.write() as connection:
        create_segment(connection, "named", now=START, condition={"op": "starts_with", "field": "contact.first_name",
                                                                  "value": "S"})  # fmt: skip
        create_segment(connection, "tagged", now=START, tag="t")
    published = resting(world, reentry="every_event")
    by_list, by_condition = start(world, published), start(world, published, "named")
    for number in (by_list, by_condition):
        enter_page(world.runtime, number, 1)
    world.now += HOUR
    late = world.contacts(["Slate"])
    with world.database.write() as connection:
        add_members(connection, world.rows(membership)[0].segment, late, world.now)

    stands = [campaign_pages(world.runtime, number, world.now) for number in (by_list, by_condition)]

    assert [(stand.state, stand.entered, stand.total) for stand in stands] == [("done", 4, 4), ("done", 4, 4)]
    assert set(inside(world)) == set(people)
    assert [row.segment for row in world.rows(membership) if row.segment == by_condition] == []


def test_a_live_campaign_takes_those_who_come_later(world: World) -> None:
    """It stays open, looks again from time to time, and takes nobody twice."""
    people = listed(world, 3)
    number = start(world, resting(world, reentry="every_event"), mode="live")
    first = campaign_pages(world.runtime, number, world.now)
    world.now += HOUR
    late = world.contacts(["late"])
    with world.database.write() as connection:
        add_members(connection, world.rows(membership)[0].segment, late, world.now)
    second = campaign_pages(world.runtime, number, world.now)
    third = campaign_pages(world.runtime, number, world.now)

    assert (first.state, first.entered, first.wait_ms > 0) == ("running", 3, True)
    assert (second.entered, third.entered, third.skipped) == (4, 4, 0)
    assert inside(world) == sorted([*people, *late])
    assert change(world, number, "cancel") == "cancelled"
    assert campaign_pages(world.runtime, number, world.now).wait_ms == 0


def test_a_rate_bounds_how_many_enter_in_a_second(world: World) -> None:
    """A call lets in so many, and says how long to wait for the next."""
    listed(world, 25)
    number = start(world, resting(world), rate=1.0)

    first = campaign_pages(world.runtime, number, world.now)
    second = campaign_pages(world.runtime, number, world.now)
    third = campaign_pages(world.runtime, number, world.now)

    assert [(one.entered, one.wait_ms) for one in (first, second, third)] == [
        (10, 10 * SECOND), (20, 10 * SECOND), (25, 0)
    ]  # fmt: skip
    assert third.state == "done"


def test_a_campaign_begins_at_its_time(world: World) -> None:
    """Before it, nobody enters, and the answer says how long to wait."""
    listed(world, 2)
    number = start(world, resting(world), starts_at=START + HOUR)

    before = campaign_pages(world.runtime, number, START)
    world.now = START + HOUR
    after = campaign_pages(world.runtime, number, START + HOUR)

    assert (before.state, before.entered, before.wait_ms) == ("planned", 0, HOUR)
    assert (after.state, after.entered) == ("done", 2)
    assert {row.entered_at for row in world.rows(enrolment)} == {START + HOUR}


def test_paused_resumed_and_cancelled(world: World) -> None:
    """A paused campaign lets nobody in until it is resumed; a cancelled one nobody any more; each change is marked."""
    listed(world, 30)
    number = start(world, resting(world))
    enter_page(world.runtime, number, 10)
    states = [change(world, number, "pause"), change(world, number, "pause")]
    held = campaign_pages(world.runtime, number, world.now)
    (marked,) = world.rows(campaign)
    states.append(change(world, number, "resume"))
    enter_page(world.runtime, number, 10)
    states.append(change(world, number, "cancel"))
    gone = campaign_pages(world.runtime, number, world.now)

    assert states == ["paused", "paused", "running", "cancelled"]
    assert (held.state, held.entered, marked.changed) == ("paused", 10, True)
    assert (gone.state, gone.entered) == ("cancelled", 20)
    with pytest.raises(CampaignOver, match="cannot resume"):
        change(world, number, "resume")


def test_a_campaign_resumed_before_it_began_still_waits_for_its_time(world: World) -> None:
    """A pause before the start does not make it start."""
    listed(world, 2)
    number = start(world, resting(world), starts_at=START + HOUR)
    change(world, number, "pause")

    assert change(world, number, "resume") == "planned"
    assert campaign_pages(world.runtime, number, START).entered == 0


def test_a_pause_of_the_journey_holds_its_campaigns_and_loses_nobody(world: World) -> None:
    """While the journey is paused no page enters, and none is skipped; when it is stopped the campaign is over."""
    listed(world, 30)
    published = resting(world)
    number = start(world, published)
    enter_page(world.runtime, number, 10)
    pause_journey(world.database, published.journey, now=world.now, who="test")
    held = campaign_pages(world.runtime, number, world.now)
    page = enter_page(world.runtime, number, 10)
    resume_journey(world.database, published.journey, now=world.now, who="test")
    enter_page(world.runtime, number, 10)
    stop_journey(world.database, published.journey, now=world.now, who="test")
    over = campaign_pages(world.runtime, number, world.now)

    assert (held.state, held.entered, held.skipped, held.wait_ms > 0) == ("running", 10, 0, True)
    assert page == Page(0, 0, False)
    assert (over.state, over.entered, over.skipped) == ("cancelled", 20, 0)


def test_a_goal_that_was_reached_meanwhile_ends_the_enrolment_at_once(world: World) -> None:
    """Events after the entry's own time that came in before it count for goals."""
    people = listed(world, 3)
    drawn = plan(goals=[goal("g", "bought", "converted")], start=enter("r"), r=rest("1 day", None))
    number = start(world, world.publish(drawn))
    enter_page(world.runtime, number, 1)
    world.now += HOUR
    world.event("bought", people[1], at=START + HOUR)
    enter_page(world.runtime, number, 1, START + SECOND)

    assert [(row.contact, row.place, row.result) for row in world.rows(enrolment)] == [
        (people[0], "moving", None), (people[1], "ended", "converted")
    ]  # fmt: skip


def test_each_firing_of_a_schedule_opens_one_run(world: World) -> None:
    """The same firing gives the same run; a cancelled campaign opens none."""
    listed(world, 2)
    number = start(world, resting(world, reentry="every_event"), schedule="0 9 * * 1")
    runs = [
        open_campaign_run(world.runtime, number, firing) for firing in ("monday", "monday", "next monday")
    ]
    stands = [
        campaign_pages(world.runtime, run, world.now) for run in {one for one in runs if one is not None}
    ]
    change(world, number, "cancel")

    assert runs[0] == runs[1] != runs[2]
    assert [(stand.state, stand.entered) for stand in stands] == [("done", 2)] * 2
    assert {row.parent for row in world.rows(campaign) if row.firing} == {number}
    assert open_campaign_run(world.runtime, number, "later") is None
    assert open_campaign_run(world.runtime, new_id(), "elsewhere") is None


def test_a_live_campaign_has_no_schedule(world: World) -> None:
    """It never ends, so that its next firing would wait for ever."""
    listed(world, 1)
    with pytest.raises(ValueError, match="never ends"):
        start(world, resting(world), schedule="0 9 * * 1", mode="live")


def test_a_paused_schedule_opens_no_run(world: World) -> None:
    """A firing that was under way as it was paused enters nobody; resumed, the next one does."""
    listed(world, 1)
    number = start(world, resting(world), schedule="0 9 * * 1")
    change(world, number, "pause")
    paused = open_campaign_run(world.runtime, number, "monday")
    change(world, number, "resume")

    assert paused is None
    assert open_campaign_run(world.runtime, number, "next monday") is not None


def test_a_scheduled_campaign_is_held_with_its_runs(world: World) -> None:
    """Paused, nobody enters by the run that is under way either; cancelled, nobody any more."""
    listed(world, 3)
    number = start(world, resting(world), schedule="0 9 * * 1")
    run = open_campaign_run(world.runtime, number, "monday")
    assert run is not None
    enter_page(world.runtime, run, 1)

    states = []
    for action in ("pause", "resume", "cancel"):
        change(world, number, action)
        enter_page(world.runtime, run, 1)
        rows = {row.id: (row.state, row.entered, row.changed) for row in world.rows(campaign)}
        states.append(rows[run])

    assert states == [("paused", 1, True), ("running", 2, True), ("cancelled", 2, True)]


def test_a_start_far_away_is_looked_at_now_and_then(world: World) -> None:
    """The server's clock counts three hundred years: the wait is cut into months."""
    listed(world, 1)
    number = start(world, resting(world), starts_at=LATEST)

    stand = campaign_pages(world.runtime, number, world.now)

    assert (stand.state, stand.wait_ms) == ("planned", 30 * DAY)


def test_what_cannot_be_started_says_why(world: World) -> None:
    """An unpublished journey, an unknown segment, a rate of nothing, a journey without a place to enter."""
    listed(world, 1)
    published = resting(world)
    draft = new_id()
    with world.database.write() as connection:
        connection.execute(
            insert(journey).values(id=draft, name="draft", state="draft", sending=True, created_at=0)
        )
        with pytest.raises(NotPublished):
            create_campaign(connection, draft, "S", now=START)
        with pytest.raises(UnknownSegment, match="nowhere"):
            create_campaign(connection, published.journey, "nowhere", now=START)
        with pytest.raises(ValueError, match="never gets done"):
            create_campaign(connection, published.journey, "S", now=START, rate=0)
    stop_journey(world.database, published.journey, now=world.now, who="test")
    with world.database.write() as connection, pytest.raises(NotPublished, match="is stopped"):
        create_campaign(connection, published.journey, "S", now=START)
    closed = world.publish(plan(start=enter(None)), "closed", Trigger(node="start", kind="date", params={}))
    with pytest.raises(NoCampaignTrigger, match="closed"):
        campaign_node(closed)
    with (
        world.database.write() as connection,
        pytest.raises(NoCampaignTrigger, match="Draw a campaign trigger"),
    ):
        create_campaign(connection, closed.journey, "S", now=START)


def test_a_campaign_ends_where_a_later_version_has_no_place_for_it(world: World) -> None:
    """It is cancelled, with the reason in the audit log, instead of failing for ever."""
    listed(world, 3)
    published = resting(world)
    number = start(world, published)
    assert enter_page(world.runtime, number, 1) == Page(1, 0, False)
    world.publish(
        plan(start=enter(None)), published.journey_name, Trigger(node="start", kind="date", params={})
    )

    stand = campaign_pages(world.runtime, number, world.now)

    assert (stand.state, stand.entered) == ("cancelled", 1)
    with world.database.read() as connection:
        written = connection.execute(select(audit).where(audit.c.what == "campaign cancel")).one()
    assert written.subject == f"campaign/{number}"
    assert "Draw a campaign trigger" in written.details["reason"]


def test_a_campaign_whose_segment_is_gone_says_so(world: World) -> None:
    """It does not end as if everybody had entered."""
    listed(world, 1)
    number = start(world, resting(world))
    with world.database.write() as connection:
        connection.execute(update(campaign).values(segment=new_id()))

    with pytest.raises(UnknownSegment, match="Cancel the campaign"):
        campaign_pages(world.runtime, number, world.now)
    assert read_campaign_state(world, number) == "planned"


def read_campaign_state(world: World, number: int) -> str:
    """Its state."""
    with world.database.read() as connection:
        return read_campaign(connection, number).state
