"""Races of the protocol: two transactions at once, both orders, on PostgreSQL, since SQLite hides them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from threading import Event

import pytest
from sqlalchemy import update

from engine.audience.events import IDENTIFY
from engine.audience.segments import create_segment
from engine.delivery.ledger import ANSWER_DEADLINE_MS
from engine.delivery.provider import Outgoing, Receipt
from engine.delivery.sandbox import Sandbox
from engine.enrolment.campaign import campaign_pages, create_campaign
from engine.enrolment.control import pause_journey, resume_journey, stop_journey
from engine.enrolment.drain import drain
from engine.enrolment.ingest import Incoming, ingest
from engine.enrolment.legs import run_cohort_leg
from engine.enrolment.plans import Published
from engine.enrolment.replay import replay_one
from engine.enrolment.runtime import Runtime
from engine.flow.plan import Trigger
from engine.journey.host import Outcome, Stuck
from engine.store.batch import Batch
from engine.store.database import Database
from engine.store.tables import cohort, contact, enrolment, event, message, sandbox_message, segment, step
from tests.store.race import PATIENCE, Course, Point, Racer
from tests.store.world import DAY, HOUR, MINUTE, START, World, send
from tests.unit.journey.build import act, enter, fork, goal, leave, merge, plan, rest, wait

VIEWED, BOUGHT = "Product Viewed", "Order Completed"
POINTS: list[Point] = ["locked", "commit"]


@pytest.fixture
def world(postgresql: Database) -> Iterator[World]:
    """A world on PostgreSQL, in which the invariants hold at the end."""
    made = World(postgresql)
    yield made
    assert made.violations() == []


def leg(world: World, number: int | None, due: int | None = None) -> Callable[[], object]:
    """A leg of a cohort, by a worker of its own."""
    assert number is not None
    runtime = world.another()
    return lambda: run_cohort_leg(runtime, number, world.now if due is None else due)


def coming(
    world: World, name: str, who: int, message_id: str = "m1", at: int | None = None
) -> Callable[[], object]:
    """An event that comes in, by a process of its own."""
    runtime = world.another()
    incoming = Incoming(message_id, name, world.now if at is None else at, contact=who)
    return lambda: ingest(runtime, [incoming], world.now)


def entered(world: World, published: Published, name: str = "lucia") -> tuple[int, int]:
    """A contact who has entered and stands in a cohort: (contact, enrolment)."""
    who = world.contact(name)
    (root,) = world.enter(published, [who])
    world.drain()
    return who, root


WAITING = plan(
    goals=[goal("g", BOUGHT, "converted")],
    start=enter("w"),
    w=wait("2 days", "late", seen=(VIEWED, "r")),
    r=rest("1 day", None),
    late=leave("no visit"),
)


# ------------------------------------------------------------------------------------------------ waits


@pytest.mark.parametrize("point", POINTS)
@pytest.mark.parametrize("leg_first", [True, False])
def test_arming_a_wait_against_its_event(world: World, course: Course, leg_first: bool, point: Point) -> None:
    """The event is never lost: either ingestion finds the wait, or the leg finds the event."""
    who, root = entered(world, world.publish(WAITING))
    runs = (leg(world, world.row(root).cohort), coming(world, VIEWED, who))

    course.race(*(runs if leg_first else runs[::-1]), point=point)
    world.travel()

    assert world.path(root) == ["start.entered", "w.seen"]
    assert world.row(root).position == "r"


@pytest.mark.parametrize("point", POINTS)
@pytest.mark.parametrize("leg_first", [True, False])
def test_a_time_out_against_its_event(world: World, course: Course, leg_first: bool, point: Point) -> None:
    """Whoever locks first wins, and the wait ends once: never by the time-out where the event was committed before."""
    who, root = entered(world, world.publish(WAITING))
    world.travel()
    world.now = START + 2 * DAY
    runs = (leg(world, world.row(root).cohort), coming(world, VIEWED, who, at=START + DAY))

    course.race(*(runs if leg_first else runs[::-1]), point=point)
    world.travel()

    assert world.path(root)[1] == ("w.timeout" if leg_first else "w.seen")
    assert len(world.rows(step, step.c.node == "w")) == 1
    assert len(world.rows(event)) == 1


@pytest.mark.parametrize("point", POINTS)
@pytest.mark.parametrize("leg_first", [True, False])
def test_a_goal_against_the_commit_of_a_leg(
    world: World, course: Course, leg_first: bool, point: Point
) -> None:
    """The goal ends the enrolment in any case, and a leg that comes second moves nobody."""
    who, root = entered(world, world.publish(WAITING))
    runs = (leg(world, world.row(root).cohort), coming(world, BOUGHT, who))

    course.race(*(runs if leg_first else runs[::-1]), point=point)
    world.travel(START + 3 * DAY)

    assert (world.row(root).place, world.row(root).result) == ("ended", "converted")
    assert world.path(root) == (["start.entered", "g.reached"] if leg_first else ["g.reached"])


@pytest.mark.parametrize("goal_first", [True, False])
def test_a_goal_against_a_drain(world: World, course: Course, goal_first: bool) -> None:
    """An enrolment that is ended while it is drained, or drained while it is ended, is ended and in no cohort."""
    who = world.contact("lucia")
    (root,) = world.enter(world.publish(WAITING), [who])
    runs = (coming(world, BOUGHT, who), world.drain)

    course.race(*(runs if goal_first else runs[::-1]))
    world.travel()

    assert (world.row(root).place, world.row(root).result, world.row(root).cohort) == (
        "ended",
        "converted",
        None,
    )


@pytest.mark.parametrize("goal_first", [True, False])
def test_a_goal_against_a_replay(world: World, course: Course, goal_first: bool) -> None:
    """A parked enrolment that reaches its goal while it is replayed ends by the goal."""

    def stuck(batch: Batch) -> list[Outcome]:
        return [Stuck("auth") for _ in batch.travellers]

    world.acts.code["act"] = stuck
    drawn = plan(goals=[goal("g", BOUGHT, "converted")], start=enter("a"), a=act(done=None))
    who, root = entered(world, world.publish(drawn))
    world.travel()
    runs = (
        coming(world, BOUGHT, who),
        lambda: replay_one(world.database, root, now=world.now, who="ops"),
    )
    if goal_first:
        # The replay is chosen before, and page by page after: its items wait for the goal.
        course.race(runs[0], runs[1], point="commit")
    else:
        course.race(runs[1], runs[0], point="commit", skip=1)
    world.travel()

    assert (world.row(root).place, world.row(root).result) == ("ended", "converted")


# ------------------------------------------------------------------------------------------------ cohorts, legs


def test_two_relays_drain_at_once(world: World, course: Course) -> None:
    """Each admission is drained by one of them, and nobody is in two cohorts."""
    published = world.publish(plan(start=enter("r"), r=rest("1 day", None)))
    roots = world.enter(published, world.contacts(f"c{number}" for number in range(20)))

    def draining(limit: int) -> Callable[[], int]:
        def run() -> int:
            with world.database.write() as connection:
                return drain(connection, now=world.now, limit=limit)

        return run

    moved = course.race(draining(12), draining(100))

    assert moved == (12, 8)
    assert world.admissions() == []
    assert {row.place for row in world.rows(enrolment)} == {"moving"}
    assert len({row.cohort for row in world.rows(enrolment)}) == len(world.rows(cohort)) == 2
    assert len(roots) == 20


class SlowSandbox(Sandbox):
    """A mailbox that holds its first request until it is let go."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self.asked, self.go = Event(), Event()

    def send(self, requests: Sequence[Outgoing]) -> list[Receipt]:
        """Send, late."""
        receipts = super().send(requests)
        self.asked.set()
        assert self.go.wait(PATIENCE)
        return receipts


def with_provider(world: World, provider: Sandbox) -> Runtime:
    """A worker with a provider of its own."""
    runtime = world.another()
    runtime.services = {"providers": {"sandbox": provider}}
    return runtime


def test_two_attempts_of_a_leg_the_older_finishing_last(world: World) -> None:
    """The newer attempt waits for the older one's claim, whose provider answers when the newer one is through: one request,
    one step, nobody moved twice."""
    _, root = entered(
        world, world.publish(plan(start=enter("mail"), mail=send(sent="r"), r=rest("1 day", None)))
    )
    slow = SlowSandbox(world.database)
    older_runtime, number = with_provider(world, slow), world.row(root).cohort
    assert number is not None
    older = Racer(lambda: run_cohort_leg(older_runtime, number, world.now))
    older.thread.start()
    assert slow.asked.wait(PATIENCE)

    leg(world, number)()
    between = world.row(root)
    slow.go.set()
    older.join()

    (sent,) = world.rows(message)
    assert (between.place, between.position) == ("resting", "mail")
    assert (sent.state, sent.attempts) == ("accepted", 1)
    assert world.row(root) == between
    world.travel(START + ANSWER_DEADLINE_MS)
    assert world.row(root).position == "r"
    assert world.path(root) == ["start.entered", "mail.sent"]
    assert len(world.rows(sandbox_message)) == 1


FORKED = plan(
    start=enter("f"),
    f=fork("m", x="a", y="b"),
    a=rest("1 hour", "m"),
    b=wait("1 hour", "m", seen=(VIEWED, "m")),
    m=merge("f", "all", "r"),
    r=rest("1 day", None),
)
ANY = FORKED.model_copy(
    update={"nodes": FORKED.nodes | {"m": merge("f", "any", "r"), "b": wait("1 hour", "z", seen=(VIEWED, "z"))}
            | {"z": rest("2 hours", "m")}, "order": ("start", "f", "a", "b", "z", "m", "r")}
)  # fmt: skip


def in_two_cohorts(world: World, published: Published) -> tuple[int, int, int]:
    """An enrolment whose two strands are due in two cohorts: (enrolment, cohort of the first, cohort of the second)."""
    who, root = entered(world, published)
    world.travel()
    world.now += MINUTE
    world.event(VIEWED, who)
    world.drain()
    one, other = world.rows(enrolment, enrolment.c.root == root)
    assert one.cohort != other.cohort
    assert one.cohort is not None
    assert other.cohort is not None
    world.now = START + HOUR
    return root, one.cohort, other.cohort


@pytest.mark.parametrize("point", POINTS)
@pytest.mark.parametrize("first", [0, 1])
def test_the_last_two_strands_of_merge_all(world: World, course: Course, first: int, point: Point) -> None:
    """Two strands that arrive at once, in two cohorts, count down one after the other, and the enrolment goes on once."""
    root, one, other = in_two_cohorts(world, world.publish(FORKED))
    runs = [leg(world, one), leg(world, other)]

    course.race(runs[first], runs[1 - first], point=point)
    world.travel()

    assert world.path(root) == ["start.entered", "m.on"]
    assert (world.row(root).position, world.row(root).pending) == ("r", 0)


@pytest.mark.parametrize("point", POINTS)
@pytest.mark.parametrize("arriving_first", [True, False])
def test_merge_any_against_a_strand_that_moves(
    world: World, course: Course, arriving_first: bool, point: Point
) -> None:
    """The strand that moves is ended wherever it is, and whatever its leg decided meanwhile."""
    root, arriving, moving = in_two_cohorts(world, world.publish(ANY))
    runs = (leg(world, arriving), leg(world, moving))

    course.race(*(runs if arriving_first else runs[::-1]), point=point)
    world.travel()

    assert world.path(root) == ["start.entered", "m.on"]
    assert [row.result for row in world.rows(enrolment, enrolment.c.root == root)] == ["merged", "overtaken"]
    assert world.row(root).position == "r"


# ------------------------------------------------------------------------------------------------ the journey's row


ACTING = plan(start=enter("mail"), mail=send(sent="r"), r=rest("1 day", None))


@pytest.mark.parametrize("resume_first", [True, False])
def test_resuming_against_a_leg_that_holds(world: World, course: Course, resume_first: bool) -> None:
    """Nobody is left held: the leg sees that the pause is over, or the resumption finds whom it held."""
    published = world.publish(ACTING)
    _, root = entered(world, published)
    pause_journey(world.database, published.journey, now=world.now, who="ops")
    held = leg(world, world.row(root).cohort)

    def resumed() -> int:
        return resume_journey(world.database, published.journey, now=world.now, who="ops")

    course.race(*((resumed, held) if resume_first else (held, resumed)))
    world.travel()

    assert (world.row(root).place, world.row(root).position) == ("resting", "r")
    assert len(world.rows(sandbox_message)) == 1


@pytest.mark.parametrize("stop_first", [True, False])
def test_stopping_against_an_entry(world: World, course: Course, stop_first: bool) -> None:
    """Nobody is inside once a journey was stopped, whoever was about to enter."""
    published = world.publish(ACTING)
    who = world.contact("lucia")

    def stopped() -> int:
        return stop_journey(world.database, published.journey, now=world.now, who="ops")

    def entering() -> object:
        return world.enter(published, [who])

    course.race(*((stopped, entering) if stop_first else (entering, stopped)))

    assert [row.result for row in world.rows(enrolment)] == ([] if stop_first else ["stopped"])


# ------------------------------------------------------------------------------------------------ entries, identities


@pytest.mark.parametrize("point", POINTS)
@pytest.mark.parametrize("event_first", [True, False])
def test_two_entries_at_once(world: World, course: Course, event_first: bool, point: Point) -> None:
    """An event and a campaign let the same contact in once, where the rule says so."""
    trigger = Trigger(node="start", kind="event", params={"event": VIEWED, "where": None})
    api = Trigger(node="start", kind="api", params={})
    published = world.publish(ACTING, "J", trigger, api)
    who = world.contact("lucia")
    with world.database.write() as connection:
        create_segment(connection, "S", now=START, contacts=[who])
        number = create_campaign(connection, published.journey, "S", now=START)
    other = world.another()

    def paging() -> object:
        return campaign_pages(other, number, world.now)

    runs = (coming(world, VIEWED, who), paging)

    # A campaign's first commit begins it; its second lets a page enter.
    skip = 1 if not event_first and point == "commit" else 0
    course.race(*(runs if event_first else runs[::-1]), point=point, skip=skip)

    (row,) = world.rows(enrolment)
    assert row.cause == ("m1" if event_first else f"campaign:{number}")
    assert len(world.rows(segment)) == 1


def test_the_same_event_twice_at_once(world: World, course: Course) -> None:
    """A repeated delivery that arrives while the first is being written is recorded and heard once."""
    trigger = Trigger(node="start", kind="event", params={"event": VIEWED, "where": None})
    world.publish(plan(reentry="every_event", start=enter(None)), "J", trigger)
    one = Incoming("m1", VIEWED, START, user_id="new")
    first, second = world.another(), world.another()

    results = course.race(lambda: ingest(first, [one], START), lambda: ingest(second, [one], START))

    assert [(result.recorded, result.entered) for result in results] == [(1, 1), (0, 0)]
    assert len(world.rows(event)) == len(world.rows(enrolment)) == len(world.rows(contact)) == 1


def test_two_first_events_of_a_new_user_at_once(world: World, course: Course) -> None:
    """Both are the same contact's."""

    def first_event(message_id: str) -> Callable[[], object]:
        runtime = world.another()
        one = Incoming(message_id, VIEWED, START, user_id="new", traits={"email": "n@x.it"})
        return lambda: ingest(runtime, [one], START)

    course.race(first_event("m1"), first_event("m2"))

    (made,) = world.rows(contact)
    assert [row.contact for row in world.rows(event)] == [made.id, made.id]


@pytest.mark.parametrize("identify_first", [True, False])
def test_a_visitors_event_against_its_identify(world: World, course: Course, identify_first: bool) -> None:
    """No event of a visitor is left behind without a contact."""
    runtimes = world.another(), world.another()
    viewed, told = (
        Incoming("m1", VIEWED, START, anonymous_id="v"),
        Incoming("m2", IDENTIFY, START, user_id="elena", anonymous_id="v"),
    )
    runs = (lambda: ingest(runtimes[0], [viewed], START), lambda: ingest(runtimes[1], [told], START))

    course.race(*(runs[::-1] if identify_first else runs))

    (elena,) = world.rows(contact)
    assert [row.contact for row in world.rows(event)] == [elena.id, elena.id]


def test_events_of_the_same_contacts_in_different_orders(world: World, course: Course) -> None:
    """Two batches about the same contacts, named the other way round, wait for each other and never for ever."""
    people = world.contacts(f"c{number}" for number in range(50))
    runtimes = world.another(), world.another()
    batches = [
        [Incoming(f"{name}{who}", VIEWED, START, contact=who) for who in order]
        for name, order in (("a", people), ("b", people[::-1]))
    ]

    course.race(
        lambda: ingest(runtimes[0], batches[0], START),
        lambda: ingest(runtimes[1], batches[1], START),
        point="locked",
    )

    assert len(world.rows(event)) == 100


def test_a_claim_and_a_report_take_their_locks_in_one_order(world: World, course: Course) -> None:
    """A webhook about a message whose result is being written waits for it, and both are kept."""
    who, root = entered(world, world.publish(ACTING))
    slow = SlowSandbox(world.database)
    number, runtime = world.row(root).cohort, with_provider(world, slow)
    assert number is not None
    running = Racer(lambda: run_cohort_leg(runtime, number, world.now))
    running.thread.start()
    assert slow.asked.wait(PATIENCE)
    key = world.rows(message)[0].send_key
    reporting = world.another()
    report = Incoming("m1", "message.opened", START, send_key=key)

    ingest(reporting, [report], START)
    slow.go.set()
    running.join()

    (sent,) = world.rows(message)
    assert (sent.state, sent.opened_at) == ("accepted", START)
    assert world.row(root).position == "r"
    assert world.rows(event)[0].contact == who


def test_the_lock_is_what_holds_the_promise(world: World, course: Course) -> None:
    """The course itself is sound: without a lock to wait for, the second is through before the first goes on."""
    people = world.contacts(["a", "b"])

    def touch(who: int) -> Callable[[], int]:
        def run() -> int:
            with world.database.write() as connection:
                return connection.execute(
                    update(contact).where(contact.c.id == who).values(updated_at=contact.c.updated_at + 1)
                ).rowcount

        return run

    assert course.race(touch(people[0]), touch(people[1])) == (1, 1)
    assert course.race(touch(people[0]), touch(people[0])) == (1, 1)
    assert sorted(row.updated_at for row in world.rows(contact)) == [START + 1, START + 3]
