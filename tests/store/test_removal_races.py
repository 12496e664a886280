"""Races of deleting a journey: with whoever lets somebody enter, publishes, plans a campaign, saves, reads; on PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from threading import Thread, current_thread
from typing import Any

import pytest
from sqlalchemy import event, select

from api.drafts.schemas import PresenceIn
from api.drafts.service import be_present
from engine.audience.segments import create_segment
from engine.enrolment.campaign import create_campaign
from engine.enrolment.control import stop_journey
from engine.enrolment.dates import enter_on_dates
from engine.enrolment.draft_changes import By
from engine.enrolment.drafts import UnknownJourney, create_journey, patch_draft
from engine.enrolment.ingest import Incoming, ingest
from engine.enrolment.publishing import publish_draft
from engine.enrolment.removal import JourneyInUse, remove_journey
from engine.flow.patch import PlaceChange
from engine.flow.plan import Trigger
from engine.store.database import Database
from engine.store.tables import campaign, draft, enrolment, journey, plan, presence
from tests.store.race import Course
from tests.store.test_publishing import furnished, welcome
from tests.store.world import DAY, START, World
from tests.unit.journey.build import enter, rest
from tests.unit.journey.build import plan as planned

VIEWED = "Product Viewed"
EVENT = Trigger(node="start", kind="event", params={"event": VIEWED, "where": None})
RESTING = planned(start=enter("r"), r=rest("1 day", None))

Run = Callable[[], Any]


@pytest.fixture
def world(postgresql: Database) -> Iterator[World]:
    """A world on PostgreSQL; nothing is left behind of a journey that is deleted."""
    made = World(postgresql)
    yield made
    assert made.violations() == []


def removing(world: World, number: int) -> Run:
    """A deletion. It gives how it was refused, if it was."""

    def run() -> str | None:
        try:
            remove_journey(world.database, number, now=world.now, who="ops")
        except (JourneyInUse, UnknownJourney) as refused:
            return str(refused)
        return None

    return run


def told(run: Run) -> Run:
    """What it gives, or that there is no such journey."""

    def guarded() -> Any:
        try:
            return run()
        except UnknownJourney as refused:
            return str(refused)

    return guarded


def raced(course: Course, remove_first: bool, remove: Run, other: Run) -> tuple[Any, Any]:
    """What both gave: the deletion, the other."""
    if remove_first:
        return course.race(remove, other)
    given, removed = course.race(other, remove)
    return removed, given


@pytest.mark.parametrize("remove_first", [True, False])
def test_deleting_against_an_entry(world: World, course: Course, remove_first: bool) -> None:
    """Nobody is inside a journey that is not there: the entry finds none, or the deletion finds the entry."""
    published = world.publish(RESTING)
    who = world.contact("lucia")

    removed, given = raced(
        course, remove_first, removing(world, published.journey), lambda: world.enter(published, [who])
    )

    assert (removed is None, len(given)) == ((True, 0) if remove_first else (False, 1))
    assert (len(world.rows(journey)), len(world.rows(enrolment))) == ((0, 0) if remove_first else (1, 1))


@pytest.mark.parametrize("remove_first", [True, False])
def test_deleting_against_an_event_that_lets_somebody_enter(
    world: World, course: Course, remove_first: bool
) -> None:
    """The event is kept in either case, and starts a journey that is there, or none."""
    published = world.publish(RESTING, "J", EVENT)
    who, runtime = world.contact("lucia"), world.another()
    one = Incoming("m1", VIEWED, world.now, contact=who)

    removed, given = raced(
        course, remove_first, removing(world, published.journey), lambda: ingest(runtime, [one], world.now)
    )

    assert given.recorded == 1
    assert (removed is None, given.entered) == ((True, 0) if remove_first else (False, 1))


@pytest.mark.parametrize("remove_first", [True, False])
def test_deleting_against_a_campaign(world: World, course: Course, remove_first: bool) -> None:
    """A campaign is refused, or keeps its journey."""
    published = world.publish(RESTING)
    with world.database.write() as connection:
        create_segment(connection, "S", now=START, contacts=[])

    def planning() -> object:
        with world.database.write() as connection:
            return create_campaign(connection, published.journey, "S", now=START, name="Spring")

    removed, given = raced(course, remove_first, removing(world, published.journey), told(planning))

    if remove_first:
        assert removed is None
        assert "There is no journey" in str(given)
    else:
        assert "the campaign" in str(removed)
    assert len(world.rows(campaign)) == len(world.rows(journey)) == (0 if remove_first else 1)


@pytest.mark.parametrize("remove_first", [True, False])
def test_deleting_against_publishing(world: World, course: Course, remove_first: bool) -> None:
    """What somebody has just published is not deleted by who has not seen that; what is deleted is not published."""
    furnished(world.database)
    with world.database.write() as connection:
        number = create_journey(connection, welcome(), now=START, who="ann").journey

    def publishing() -> object:
        return publish_draft(world.database, number, revision=1, now=START, who="ann")

    removed, given = raced(course, remove_first, removing(world, number), told(publishing))

    if remove_first:
        assert removed is None
        assert "There is no journey" in str(given)
    else:
        assert "was published" in str(removed)
    assert len(world.rows(plan)) == len(world.rows(journey)) == (0 if remove_first else 1)


@pytest.mark.parametrize("remove_first", [True, False])
def test_deleting_against_somebody_who_draws(world: World, course: Course, remove_first: bool) -> None:
    """Whoever saves or is seen in the draft leaves nothing behind in one that is gone."""
    with world.database.write() as connection:
        number = create_journey(connection, welcome(), now=START, who="ann").journey
    change = PlaceChange(kind="node", id="mail", field="name", after="Hello")

    def drawing() -> object:
        with world.database.write() as connection:
            be_present(connection, number, PresenceIn(tab="a"), START)
            by = By(name="Ann")
            return patch_draft(connection, number, [change], expected_revision=1, by=by, now=START, who="a")

    removed, given = raced(course, remove_first, removing(world, number), told(drawing))

    assert removed is None
    assert ("There is no journey" in str(given)) is remove_first
    assert world.rows(draft) == world.rows(presence) == []


@pytest.mark.parametrize("remove_first", [True, False])
def test_deleting_against_being_seen(world: World, course: Course, remove_first: bool) -> None:
    """A sign of life that comes at the same time is no row of a journey that is gone."""
    with world.database.write() as connection:
        number = create_journey(connection, welcome(), now=START, who="ann").journey

    def seen() -> object:
        with world.database.write() as connection:
            return be_present(connection, number, PresenceIn(tab="a"), START)

    raced(course, remove_first, removing(world, number), told(seen))

    assert world.rows(presence) == world.rows(journey) == []


def test_two_delete_at_once(world: World, course: Course) -> None:
    """One does, and the other hears that there is none any more."""
    number = world.publish(RESTING).journey

    first, second = course.race(removing(world, number), removing(world, number))

    assert first is None
    assert "There is no journey" in second


@pytest.mark.parametrize("remove_first", [True, False])
def test_deleting_against_a_stop(world: World, course: Course, remove_first: bool) -> None:
    """A stop that comes first is seen by who deletes: somebody else is at work with the journey."""
    number = world.publish(RESTING).journey

    def stopping() -> object:
        try:
            return stop_journey(world.database, number, now=world.now, who="ops")
        except ValueError as refused:
            return str(refused)

    removed, given = raced(course, remove_first, removing(world, number), stopping)

    assert (removed is None) is remove_first
    assert ("There is no journey" in str(given)) is remove_first


def between(database: Database, beginning: str, act: Run) -> None:
    """Let something happen right after the first statement of this thread that begins so, and before its next one."""
    mine, done = current_thread(), list[bool]()

    def executed(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if current_thread() is mine and not done and " ".join(statement.split()).startswith(beginning):
            done.append(True)
            other = Thread(target=act)
            other.start()
            other.join()

    event.listen(database.engine, "after_cursor_execute", executed)


@pytest.mark.parametrize(
    "beginning",
    [
        "SELECT journey.id, journey.plan FROM journey WHERE",
        "SELECT plan.journey, min(",
        "SELECT plan.id FROM plan",
    ],
)
def test_who_begins_to_listen_stumbles_over_nothing(world: World, beginning: str) -> None:
    """A journey that is deleted while a process reads who listens keeps no event from being recorded."""
    gone, stays = (world.publish(RESTING, name, EVENT) for name in ("Gone", "Stays"))
    who, fresh = world.contact("lucia"), world.another()
    between(world.database, beginning, removing(world, gone.journey))

    done = ingest(fresh, [Incoming("m1", VIEWED, world.now, contact=who)], world.now)

    assert (done.recorded, done.entered) == (1, 1)
    assert [row.journey for row in world.rows(enrolment)] == [stays.journey]
    with world.database.read() as connection:
        assert list(connection.scalars(select(journey.c.id))) == [stays.journey]


@pytest.mark.parametrize(
    "beginning", ["SELECT journey.plan FROM journey", "SELECT plan.id, plan.published_at"]
)
def test_who_looks_through_the_calendar_stumbles_over_nothing(world: World, beginning: str) -> None:
    """A journey that is deleted while its dates are looked up lets nobody enter, and holds nobody else's dates up."""
    trigger = Trigger(
        node="start", kind="date", params={"attribute": "birthday", "yearly": True, "at": "09:00"}
    )
    world.now = START - 2 * DAY
    enter_on_dates(world.runtime)
    world.publish(RESTING, "Gone", trigger)
    gone = world.publish(RESTING, "Gone", trigger)
    world.now = START
    fresh = world.another()
    between(world.database, beginning, removing(world, gone.journey))

    assert enter_on_dates(fresh) == 0

    assert world.rows(journey) == []
