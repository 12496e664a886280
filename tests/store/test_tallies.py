"""Tallies: what transactions count along the way is what a look at every row would find."""

from __future__ import annotations

from alembic import command
from sqlalchemy import func, select

from engine.enrolment.control import pause_journey, resume_journey, stop_journey
from engine.enrolment.plans import Published
from engine.enrolment.replay import How, replay_one
from engine.enrolment.tally import EVERYTHING, Period, fold_tallies, read_tallies
from engine.flow.plan import Plan
from engine.journey.host import Outcome, Stuck
from engine.store.batch import Batch
from engine.store.database import Database
from engine.store.migrate import configuration, upgrade
from engine.store.tables import plan as plans
from engine.store.tables import tally, tally_change
from tests.store.race import Racer
from tests.store.world import DAY, HOUR, START, World
from tests.unit.journey.build import act, enter, fork, goal, leave, merge, plan, rest, wait

_BEFORE = "0002"
"""The last migration without tallies."""


def waiting() -> Plan:
    """A wait of a day, then an act; whoever buys has reached the goal."""
    return plan(
        goals=[goal("g", "bought", "converted")], start=enter("w"),
        w=wait("1 day", "late", seen=("viewed", "a")), late=leave("late"), a=act(sent=None),
    )  # fmt: skip


def told(
    world: World, published: Published, period: Period = EVERYTHING, *, version: bool = False
) -> dict[str, int]:
    """All numbers of a journey, or of this version alone, in words."""
    mine = select(plans.c.id).where(plans.c.journey == published.journey)
    if version:
        mine = mine.where(plans.c.id == published.id)
    with world.database.read() as connection:
        counts = read_tallies(connection, mine, period)
    found: dict[str, int] = {}
    for one in counts:
        words = " ".join(filter(None, (one.kind, one.node, one.name)))
        found[words] = found.get(words, 0) + one.count
    return found


def changes(database: Database) -> int:
    """How many changes nobody has added up yet."""
    with database.read() as connection:
        return connection.scalar(select(func.count()).select_from(tally_change)) or 0


def test_numbers_are_the_same_before_and_after_they_are_added_up(database: Database) -> None:
    """A reading takes the sums and what has come since; adding up leaves no change behind, and may be done again."""
    world = World(database)
    published = world.publish(waiting())
    ann, bob, cid = world.contacts(["ann", "bob", "cid"])
    world.enter(published, [ann, bob, cid])
    world.travel()
    world.now += 1
    world.event("viewed", ann)
    world.event("bought", bob)
    world.travel()

    before = told(world, published)
    assert world.violations() == []
    first, again = fold_tallies(database), fold_tallies(database)

    assert before == told(world, published) == {
        "ended converted": 1, "ended sent": 1, "entered": 3, "left a sent": 1, "left g reached": 1,
        "left start entered": 3, "left w seen": 1, "root w resting": 1,
    }  # fmt: skip
    assert (first > 0, again, changes(database)) == (True, 0, 0)
    assert world.violations() == []


def test_a_period_counts_what_happened_in_its_hours(database: Database) -> None:
    """By business time: who entered, left and ended from one hour until before another, added up or not."""
    world = World(database)
    published = world.publish(waiting())
    world.enter(published, [world.contact("ann")])
    world.travel()
    fold_tallies(database)
    world.now += HOUR
    world.enter(published, [world.contact("bob")])
    world.travel(START + DAY)
    entry = {"entered": 1, "left start entered": 1}
    late = {"ended late": 1, "left late end": 1, "left w timeout": 1}
    rests = {"root w resting": 1}

    first, second = Period(START, START + HOUR), Period(START + HOUR, START + 2 * HOUR)
    next_day, since = Period(START + DAY, None), Period(START + 1, None)
    wanted = [(first, entry | rests), (second, entry | rests), (next_day, late | rests)]

    for _ in range(2):
        assert [told(world, published, period) for period, _ in wanted] == [numbers for _, numbers in wanted]
        assert told(world, published, since)["entered"] == 2, "a period begins with its whole hour"
        fold_tallies(database)
    assert told(world, published, Period(None, START)) == rests


def test_strands_stand_for_their_enrolment_until_they_are_merged(database: Database) -> None:
    """While strands are under way they are counted where they stand, and their enrolment as one that has forked."""
    world = World(database)
    drawn = plan(start=enter("f"), f=fork("m", x="r", y="w"), r=rest("1 day", "m"),
                 w=wait(None, None, seen=("viewed", "m")), m=merge("f", "all", "out"), out=leave("out"))  # fmt: skip
    published = world.publish(drawn)
    ann, bob = world.contacts(["ann", "bob"])
    world.enter(published, [ann, bob])
    world.travel()
    split = told(world, published)
    world.now += 1
    world.event("viewed", ann)
    world.travel(START + DAY)

    assert {words: count for words, count in split.items() if words.split()[0] in ("root", "strand", "forked")} == {
        "forked f resting": 2, "strand r resting": 2, "strand w resting": 2,
    }  # fmt: skip
    assert told(world, published) == {
        "ended out": 1, "entered": 2, "forked f resting": 1, "left f x": 2, "left f y": 2, "left m on": 1,
        "left out end": 1, "left r on": 2, "left start entered": 2, "left w seen": 1, "strand w resting": 1,
    }  # fmt: skip
    assert world.violations() == []


def test_whoever_moves_to_the_newest_version_is_counted_there(database: Database) -> None:
    """Their entry and their steps go along, so that the places of a version add up to those who entered it."""
    world = World(database)

    def stuck(batch: Batch) -> list[Outcome]:
        return [Stuck("provider_auth") for _ in batch.travellers]

    world.acts.code["act"] = stuck
    drawn = plan(start=enter("a"), a=act(sent="r"), r=rest("1 day", None))
    first = world.publish(drawn)
    ann, bob = world.enter(first, world.contacts(["ann", "bob"]))
    world.travel()
    fold_tallies(database)
    second = world.publish(drawn.model_copy(update={"order": ("start", "a", "r")}))
    del world.acts.code["act"]
    replay_one(database, ann, now=world.now, who="ops", how=How(newest=True))
    world.travel()

    assert told(world, first, version=True) == {"entered": 1, "left start entered": 1, "root a parked": 1}
    assert told(world, second, version=True) == {
        "entered": 1, "left a sent": 1, "left start entered": 1, "root r resting": 1,
    }  # fmt: skip
    assert world.row(bob).plan == first.id
    assert world.violations() == []


def test_a_pause_its_end_and_a_stop_are_counted(database: Database) -> None:
    """Held, set moving again, ended by an operator: the numbers follow."""
    world = World(database)
    published = world.publish(
        plan(start=enter("r"), r=rest("1 hour", "a"), a=act(sent="w"), w=rest("9 days", None))
    )
    world.enter(published, world.contacts(["ann", "bob"]))
    world.travel()
    pause_journey(database, published.journey, now=world.now, who="ops")
    world.travel(START + HOUR)
    held = told(world, published)
    resume_journey(database, published.journey, now=world.now, who="ops")
    resumed = told(world, published)
    world.travel()
    stop_journey(database, published.journey, now=world.now, who="ops")

    assert (held["root a resting"], resumed["root a admitted"]) == (2, 2)
    assert told(world, published) == {
        "ended stopped": 2, "entered": 2, "left a sent": 2, "left r on": 2, "left start entered": 2,
    }  # fmt: skip
    assert world.violations() == []


def test_two_may_add_up_while_others_move(postgresql: Database) -> None:
    """Of two who add up at once, each change is taken by one; nobody who enters waits for them, or is missed."""
    world = World(postgresql)
    published = world.publish(waiting())
    people = [world.contacts([f"{batch}-{number}" for number in range(20)]) for batch in range(8)]

    def enter_all() -> None:
        for batch in people:
            world.enter(published, batch)

    def fold() -> int:
        return sum(fold_tallies(postgresql) for _ in range(30))

    racers = [Racer(enter_all), Racer(fold), Racer(fold)]
    for racer in racers:
        racer.thread.start()
    for racer in racers:
        racer.join()
    fold_tallies(postgresql)

    assert told(world, published) == {"entered": 160, "root start admitted": 160}
    assert world.violations() == []


def test_an_installation_without_tallies_is_counted_once(database: Database) -> None:
    """The migration counts what there is."""
    world = World(database)
    forks = plan(start=enter("f"), f=fork("m", x="w", y="w"), w=wait(None, None, seen=("viewed", "m")),
                 m=merge("f", "all", None))  # fmt: skip
    world.enter(world.publish(forks, "forks"), world.contacts(["ann", "bob"]))
    waits = world.publish(waiting(), "waits")
    world.enter(waits, world.contacts(["cid", "dan"]))
    world.travel()
    world.event("bought", world.roots(world.contact("dan"))[0].contact)
    before = told(world, waits)

    command.stamp(configuration(database), "head")
    command.downgrade(configuration(database), _BEFORE)
    upgrade(database)

    assert told(world, waits) == before
    assert changes(database) == 0
    assert world.rows(tally) != []
    assert world.violations() == []
