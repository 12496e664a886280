"""Two contacts become one while something happens to them: on PostgreSQL, since SQLite hides it. Both orders, both points."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from engine.audience.contacts import upsert_contacts
from engine.audience.events import IDENTIFY
from engine.audience.profile import Profile
from engine.enrolment.control import pause_journey, resume_journey, stop_journey
from engine.enrolment.enter import Entering, enter
from engine.enrolment.ingest import Incoming, ingest
from engine.enrolment.legs import run_cohort_leg
from engine.enrolment.plans import Published
from engine.enrolment.replay import replay_one
from engine.journey.host import Outcome, Stuck
from engine.store.batch import Batch
from engine.store.database import Database
from engine.store.tables import contact, enrolment, event, message, sandbox_message
from tests.store.race import Course, Point
from tests.store.world import DAY, START, World, send
from tests.unit.journey.build import act, goal, leave, plan, rest, wait
from tests.unit.journey.build import enter as start_at

VIEWED, BOUGHT = "Product Viewed", "Order Completed"
HOME = "anna@home.example"
Run = Callable[[], object]

WAITING = plan(
    goals=[goal("g", BOUGHT, "converted")],
    start=start_at("w"),
    w=wait("2 days", "late", seen=(VIEWED, "r")),
    r=rest("1 day", None),
    late=leave("no visit"),
)


@pytest.fixture
def world(postgresql: Database) -> Iterator[World]:
    """A world on PostgreSQL, in which the invariants hold at the end, and nothing is left with a merged contact."""
    made = World(postgresql)
    yield made
    assert made.violations() == []


@pytest.fixture(params=["locked", "commit"])
def point(request: pytest.FixtureRequest) -> Point:
    """Where the first transaction stands still."""
    found: Point = request.param
    return found


@pytest.fixture(params=[True, False], ids=["merge first", "merge second"])
def merge_first(request: pytest.FixtureRequest) -> bool:
    """Which of the two begins."""
    return bool(request.param)


class Two:
    """Anna, known by her id, and somebody known by an address, who turns out to be Anna."""

    def __init__(self, world: World) -> None:
        self.world = world
        rows = [Profile.of(external_id="anna"), Profile.of(email=HOME)]
        with world.database.write() as connection:
            self.anna, self.other = upsert_contacts(connection, rows, world.now)

    def merge(self) -> Run:
        """Somebody says so, by a process of its own."""
        runtime = self.world.another()
        said = Incoming("merge", IDENTIFY, self.world.now, user_id="anna", traits={"email": HOME})
        return lambda: ingest(runtime, [said], self.world.now)

    def entered(self, published: Published, who: int | None = None) -> int:
        """The other one has entered, and stands in a cohort."""
        (root,) = self.world.enter(published, [who or self.other])
        self.world.drain()
        return root

    def race(self, course: Course, run: Run, merge_first: bool, point: Point) -> None:
        """The merge against something else. At the end there is one contact."""
        runs = (self.merge(), run)
        course.race(*(runs if merge_first else runs[::-1]), point=point)
        (living,) = self.world.rows(contact, contact.c.merged_into.is_(None))
        assert living.id == self.anna


@pytest.fixture
def two(world: World) -> Two:
    """Two contacts."""
    return Two(world)


def leg(world: World, root: int) -> Run:
    """A leg of an enrolment's cohort, by a worker of its own."""
    number, runtime = world.row(root).cohort, world.another()
    assert number is not None
    return lambda: run_cohort_leg(runtime, number, world.now)


def coming(world: World, **about: Any) -> Run:
    """An event that comes in, by a process of its own."""
    runtime = world.another()
    one = Incoming(message_id="m1", name=VIEWED, at=world.now, **about)
    return lambda: ingest(runtime, [one], world.now)


@pytest.mark.parametrize("about", ["contact", "traits", "visitor"])
def test_against_an_event(
    world: World, course: Course, two: Two, about: str, merge_first: bool, point: Point
) -> None:
    """Whichever way the event names its contact, it is the survivor's, and ends the wait."""
    world.events(
        Incoming("v", "Home Viewed", world.now, anonymous_id="v", contact=two.other),
    )
    root = two.entered(world.publish(WAITING))
    world.travel()
    ways: dict[str, dict[str, Any]] = {
        "contact": {"contact": two.other}, "traits": {"traits": {"email": HOME}}, "visitor": {"anonymous_id": "v"}
    }  # fmt: skip

    two.race(course, coming(world, **ways[about]), merge_first, point)
    world.travel()

    assert {row.contact for row in world.rows(event)} == {two.anna}
    assert world.path(root) == ["start.entered", "w.seen"]


def test_against_an_event_of_the_survivor(
    world: World, course: Course, two: Two, merge_first: bool, point: Point
) -> None:
    """Either the merge finds the event, or the event finds the enrolment."""
    root = two.entered(world.publish(WAITING))
    world.travel()

    two.race(course, coming(world, user_id="anna"), merge_first, point)
    world.travel()

    assert world.path(root) == ["start.entered", "w.seen"]


def test_against_arming(world: World, course: Course, two: Two, merge_first: bool, point: Point) -> None:
    """What the survivor had done before ends the wait that is armed just now, whoever looks."""
    root = two.entered(world.publish(WAITING))
    world.event(VIEWED, two.anna)

    two.race(course, leg(world, root), merge_first, point)
    world.travel()

    assert world.path(root) == ["start.entered", "w.seen"]
    assert world.row(root).contact == two.anna


def test_against_a_time_out(world: World, course: Course, two: Two, merge_first: bool, point: Point) -> None:
    """A merge that comes first brings the event along; one that comes second finds the wait over."""
    root = two.entered(world.publish(WAITING))
    world.travel()
    world.event(VIEWED, two.anna)
    world.now = START + 2 * DAY

    two.race(course, leg(world, root), merge_first, point)
    world.travel()

    assert world.path(root)[1] == ("w.seen" if merge_first else "w.timeout")


def test_against_an_entry(world: World, course: Course, two: Two, merge_first: bool, point: Point) -> None:
    """Who enters as the one, or as the other, is inside once, as the survivor."""
    published = world.publish(WAITING)
    mine = two.entered(published, two.anna)

    def entering() -> object:
        with world.database.write() as connection:
            one = Entering(two.other, "api:other", world.now, "start")
            return enter(connection, published, [one], lane="live", now=world.now)

    two.race(course, entering, merge_first, point)
    world.travel()

    live = world.rows(enrolment, enrolment.c.place != "ended")
    assert [(row.id, row.contact) for row in live] == [(mine, two.anna)]


def test_against_the_entry_of_one_alone(
    world: World, course: Course, two: Two, merge_first: bool, point: Point
) -> None:
    """Who was looked up before the merge enters as the survivor."""
    published = world.publish(WAITING)

    def entering() -> object:
        with world.database.write() as connection:
            one = Entering(two.other, "api:other", world.now, "start")
            return enter(connection, published, [one], lane="live", now=world.now)

    two.race(course, entering, merge_first, point)

    (root,) = world.rows(enrolment)
    assert (root.contact, root.place) == (two.anna, "admitted")


@pytest.mark.parametrize("skip", [0, 1])
def test_against_a_send(
    world: World, course: Course, two: Two, skip: int, merge_first: bool, point: Point
) -> None:
    """Before the claim, or behind it: one message is sent, and its enrolment goes on as the survivor's."""
    root = two.entered(
        world.publish(plan(start=start_at("mail"), mail=send(sent="r"), r=rest("1 day", None)))
    )

    if merge_first:
        course.race(two.merge(), leg(world, root), point=point)
    else:
        course.race(leg(world, root), two.merge(), point=point, skip=skip)
    world.travel()

    assert len(world.rows(sandbox_message)) == 1
    assert [(row.contact, row.state) for row in world.rows(message)] == [(two.anna, "accepted")]
    assert world.path(root) == ["start.entered", "mail.sent"]


def test_against_another_merge(world: World, course: Course, two: Two, point: Point) -> None:
    """A chain that is made from both ends at once leads to one contact."""
    with world.database.write() as connection:
        upsert_contacts(connection, [Profile.of(phone="+393200000001")], world.now)
    runtime = world.another()
    said = Incoming("m2", IDENTIFY, START, traits={"email": HOME, "phone": "+393200000001"})
    root = two.entered(world.publish(WAITING))

    course.race(two.merge(), lambda: ingest(runtime, [said], START), point=point)

    (living,) = world.rows(contact, contact.c.merged_into.is_(None))
    assert (living.external_id, living.email, living.phone) == ("anna", HOME, "+393200000001")
    assert world.row(root).contact == living.id


def test_against_a_stop(world: World, course: Course, two: Two, merge_first: bool, point: Point) -> None:
    """Nobody stays in a journey that was stopped."""
    published = world.publish(WAITING)
    root = two.entered(published)

    def stop() -> object:
        return stop_journey(world.database, published.journey, now=world.now, who="test")

    runs: tuple[Run, Run] = (two.merge(), stop)
    # The first transaction of a stop holds the journey alone; the second one is its page.
    skip = 0 if merge_first or point == "locked" else 1
    course.race(*(runs if merge_first else runs[::-1]), point=point, skip=skip)

    assert (world.row(root).place, world.row(root).result) == ("ended", "stopped")


def test_against_a_resume(world: World, course: Course, two: Two, merge_first: bool, point: Point) -> None:
    """Whom a pause held goes on, whoever it is by then."""
    published = world.publish(plan(start=start_at("a"), a=act(done="r"), r=rest("1 day", None)))
    root = two.entered(published)
    pause_journey(world.database, published.journey, now=world.now, who="test")
    world.travel()
    assert world.row(root).reason == "paused"

    def resume() -> object:
        return resume_journey(world.database, published.journey, now=world.now, who="test")

    runs: tuple[Run, Run] = (two.merge(), resume)
    skip = 0 if merge_first or point == "locked" else 1
    course.race(*(runs if merge_first else runs[::-1]), point=point, skip=skip)
    world.travel()

    assert world.path(root) == ["start.entered", "a.done"]


def test_against_a_replay(world: World, course: Course, two: Two, merge_first: bool, point: Point) -> None:
    """Who is parked as one contact and replayed as another goes on."""

    def stuck(batch: Batch) -> list[Outcome]:
        return [Stuck("bad") for _ in batch.travellers]

    world.acts.code["act"] = stuck
    root = two.entered(world.publish(plan(start=start_at("a"), a=act(done="r"), r=rest("1 day", None))))
    world.travel()
    assert world.row(root).place == "parked"
    del world.acts.code["act"]

    def replay() -> None:
        replay_one(world.database, root, now=world.now, who="test")

    runs: tuple[Run, Run] = (two.merge(), replay)
    skip = 0 if merge_first or point == "locked" else 1
    course.race(*(runs if merge_first else runs[::-1]), point=point, skip=skip)
    world.travel()

    assert world.path(root) == ["start.entered", "a.done"]
