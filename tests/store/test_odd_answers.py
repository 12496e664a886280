"""One odd answer of a node concerns the one contact whom it was for: whoever was served with them goes on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, update
from sqlalchemy.exc import OperationalError

from engine.content.coupons import issue_batch
from engine.enrolment.legs import run_cohort_leg
from engine.flow.document import Promotion
from engine.journey.host import Again, Outcome, Stuck, Went
from engine.store.batch import Batch
from engine.store.database import Database
from engine.store.tables import coupon, enrolment, lone_attempt, step
from nodes.registry import publish_catalog
from nodes.sdk import Context, NeedsPerson, NodeType, Result, TryAgain, node
from tests.store.test_node_acts import Acting, journey
from tests.store.world import DAY, START, World
from tests.unit.journey.build import act, enter, fork, goal, merge, plan, rest

YEAR = 365 * DAY


def odd(answer: Any) -> NodeType:
    """A node that answers so for Bea, and as it should for the others."""

    @node("acme.odd", ports={"done": "Done"})
    async def run(ctx: Context) -> Result:
        """Answer."""
        if ctx.contact.first_name != "bea":
            return Result("done", {"n": 1})
        if isinstance(answer, Exception):
            raise answer
        return Result("done", {"odd": answer})

    return run


def ran(world: World, answer: Any) -> dict[str, tuple[str, str | None]]:
    """Where Anna, Bea and Carla stand after one leg: (place, reason)."""
    acting = Acting(world)
    kind = odd(answer)
    with world.database.write() as connection:
        publish_catalog(connection, [kind.manifest], world.now)
    acting.serve([{}], kind)
    document = journey()
    document["nodes"]["a1"] = {"type": "acme.odd"}
    document["edges"] = {
        "1": {"from": "start", "port": "entered", "to": "a1"},
        "2": {"from": "a1", "port": "done", "to": "end"},
    }
    strands = acting.run(document, "anna bea carla")
    rows = [world.row(strand) for strand in strands]
    return {name: (row.place, row.reason) for name, row in zip(("anna", "bea", "carla"), rows, strict=True)}


@pytest.mark.parametrize("value", [2**64, -(2**63) - 1, "\ud800", "a\x00", [{"\x00": 1}]])
def test_values_that_cannot_be_stored_park_one(world: World, value: Any) -> None:
    """Numbers beyond 64 bits, half a character, a NUL: a bug of the node for this one."""
    stood = ran(world, value)

    assert stood["anna"] == stood["carla"] == ("ended", None)
    assert stood["bea"][0] == "parked"
    assert (stood["bea"][1] or "").startswith('bug:ValuesNotJson: The values that the node "acme.odd" gave')


@pytest.mark.parametrize("after", [float("inf"), 1e15, timedelta(minutes=1)])
def test_a_pause_that_cannot_be_kept_parks_one(world: World, after: Any) -> None:
    """A pause without end, beyond the calendar, or of another kind."""
    stood = ran(world, TryAgain(after))

    assert stood["anna"] == stood["carla"] == ("ended", None)
    assert stood["bea"][0] == "parked"
    assert (stood["bea"][1] or "").startswith('bug:PauseUnfit: The node "acme.odd" asked for a pause')


def test_a_code_that_cannot_be_stored_is_made_so(world: World) -> None:
    """The signs that no database holds are replaced; the person is parked like others."""
    assert ran(world, NeedsPerson("bad\x00\ud800"))["bea"] == ("parked", "bad�?")


def test_a_batch_form_is_held_to_what_can_be_stored(world: World) -> None:
    """The engine's own rest is bounded, whatever it is told; a workflow that is to sleep longer looks in between."""

    def run(batch: Batch) -> list[Outcome]:
        return [Again(10**18), Stuck("\x00"), Went("done")]

    world.acts.code["act"] = run
    roots = world.enter(
        world.publish(plan(start=enter("a"), a=act(done="r"), r=rest("1 day", None))),
        world.contacts(["anna", "bea", "carla"]),
    )
    world.travel()
    far, parked, gone = (world.row(root) for root in roots)

    assert (far.place, far.reason) == ("resting", "again")
    assert START + 9 * YEAR < far.wake_at < START + 11 * YEAR
    assert (parked.place, gone.position) == ("parked", "r")


def test_a_cohort_with_a_rest_beyond_the_calendar_goes_on(world: World) -> None:
    """What it says in words, and for how long it sleeps, is bounded."""
    (root,) = world.enter(
        world.publish(plan(start=enter("r"), r=rest("1 day", None))), [world.contact("anna")]
    )
    world.travel()
    with world.database.write() as connection:
        connection.execute(update(enrolment).values(wake_at=10**18))
    cohort = world.row(root).cohort
    assert cohort is not None
    answer = run_cohort_leg(world.runtime, cohort, world.now)

    assert "resting until 9999-12-31" in answer.story
    assert answer.wake_at is not None
    assert answer.wake_at < START + 11 * YEAR
    with world.database.write() as connection:
        connection.execute(update(enrolment).values(wake_at=START + DAY))


# ------------------------------------------------------------------------------------------------ one by one


def broken_for(world: World, *names: str) -> Any:
    """A batch form that fails as soon as one of these is in the group."""
    bad = set(world.contacts(names))

    def run(batch: Batch) -> list[Outcome]:
        if any(traveller.contact in bad for traveller in batch.travellers):
            raise ZeroDivisionError(f"of {batch.travellers[0].contact}")
        return [Went("done") for _ in batch.travellers]

    return run


def attempts(world: World, number: int, most: int = 20) -> int:
    """Run a leg's activity as Temporal would, until it goes well. Gives how many attempts that took."""
    for attempt in range(1, most):
        try:
            run_cohort_leg(world.runtime, number, world.now, attempt)
        except ZeroDivisionError:
            continue
        return attempt
    raise AssertionError("the leg never went well")


def test_an_error_in_a_batch_form_parks_those_whom_it_is_for(world: World) -> None:
    """From the third attempt on they go one by one: nine bad ones hold up nobody, and cost no attempt each."""
    names = [f"c{number}" for number in range(12)]
    world.acts.code["act"] = broken_for(world, *names[:9])
    published = world.publish(plan(start=enter("a"), a=act(done="r"), r=rest("1 day", None)))
    roots = world.enter(published, world.contacts(names))
    world.drain()
    number = world.row(roots[0]).cohort
    assert number is not None

    assert attempts(world, number) == 3
    assert {(world.row(root).place, world.row(root).reason) for root in roots[:9]} == {
        ("parked", "bug:ZeroDivisionError")
    }
    assert {world.row(root).position for root in roots[9:]} == {"r"}
    assert world.rows(lone_attempt) == []


def test_a_fault_that_passes_is_held_against_nobody(world: World) -> None:
    """The database is away for some attempts, also for those in which members go alone."""
    faults = iter(range(6))

    def run(batch: Batch) -> list[Outcome]:
        if next(faults, None) is not None:
            raise OperationalError("", {}, Exception("away"))
        return [Went("done") for _ in batch.travellers]

    world.acts.code["act"] = run
    published = world.publish(plan(start=enter("a"), a=act(done="r"), r=rest("1 day", None)))
    (root,) = world.enter(published, [world.contact("ada")])
    world.drain()
    number = world.row(root).cohort
    assert number is not None
    for attempt in range(1, 7):
        with pytest.raises(OperationalError):
            run_cohort_leg(world.runtime, number, world.now, attempt)
    run_cohort_leg(world.runtime, number, world.now, 7)

    assert (world.row(root).place, world.row(root).position) == ("resting", "r")
    assert world.rows(lone_attempt) == []


class Unheard(Database):
    """A database whose line breaks at commits of one name: they are done, and nobody says so."""

    def __init__(self, url: str, what: str) -> None:
        super().__init__(url)
        self.what = what

    @contextmanager
    def write(self, what: str = "") -> Iterator[Connection]:
        """A transaction as ever, but for the answer."""
        with super().write(what) as connection:
            yield connection
        if what == self.what:
            raise OperationalError("", {}, Exception("the line broke"))


def test_marks_of_which_the_database_was_not_heard_are_no_deaths(world: World) -> None:
    """Attempts that break off as they are marked are held against nobody, however many there are."""
    published = world.publish(plan(start=enter("a"), a=act(done="r"), r=rest("1 day", None)))
    (root,) = world.enter(published, [world.contact("ada")])
    world.drain()
    number = world.row(root).cohort
    assert number is not None
    with closing(Unheard(world.database.url, "lone attempt")) as unheard:
        world.runtime.database = unheard
        for attempt in range(3, 9):
            with pytest.raises(OperationalError):
                run_cohort_leg(world.runtime, number, world.now, attempt)
    world.runtime.database = world.database
    run_cohort_leg(world.runtime, number, world.now, 9)

    assert (world.row(root).place, world.row(root).position) == ("resting", "r")
    assert world.rows(lone_attempt) == []


def test_what_was_done_before_an_error_stays_done(world: World) -> None:
    """An act before it is not undone, nor done again after a replay: it stands where it failed."""
    world.acts.code["second"] = broken_for(world, "anna")
    second = act(done="r").model_copy(update={"type": "second"})
    published = world.publish(plan(start=enter("a"), a=act(done="b"), b=second, r=rest("1 day", None)))
    (root,) = world.enter(published, world.contacts(["anna"]))
    world.drain()
    number = world.row(root).cohort
    assert number is not None
    attempts(world, number)

    assert (world.row(root).place, world.row(root).position) == ("parked", "b")
    assert [row.node for row in world.rows(step)] == ["start", "a"]


# ------------------------------------------------------------------------------------------------ lost fences


@pytest.mark.parametrize("forked", [False, True])
def test_whoever_was_ended_meanwhile_gets_no_coupon(world: World, forked: bool) -> None:
    """The code is written with the step, and for those alone who still take it; on parallel paths too."""
    anna, bea = world.contacts(["anna", "bea"])

    def run(batch: Batch) -> list[Outcome]:
        outcomes = issue_batch(batch, "ten")
        world.event("Order Completed", anna)
        return outcomes

    world.acts.code["act"] = run
    goals = [goal("g", "Order Completed", "bought")]
    if forked:
        drawn = plan(goals, start=enter("f"), f=fork("m", x="a", y="r"), a=act(given="m", expired="m"),
                     r=rest("1 hour", "m"), m=merge("f", "all", None))  # fmt: skip
    else:
        drawn = plan(goals, start=enter("a"), a=act(given="r", expired=None), r=rest("1 day", None))
    promotions = {"ten": Promotion(name="Ten", discount_percent=10)}
    published = world.publish(drawn.model_copy(update={"promotions": promotions}))
    roots = world.enter(published, [anna, bea])
    world.travel()

    assert (world.row(roots[0]).place, world.row(roots[0]).result) == ("ended", "bought")
    assert [row.root for row in world.rows(coupon)] == [roots[1]]
