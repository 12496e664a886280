"""The checker finds every violation of the protocol that somebody plants, and names the rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import delete, insert, text, update
from sqlalchemy.exc import IntegrityError

from engine.audience.events import IDENTIFY
from engine.delivery.sandbox import RECOGNISED
from engine.enrolment.checker import Place, check_change, check_invariants
from engine.enrolment.ingest import Incoming
from engine.store.database import Database
from engine.store.ids import new_id
from engine.store.tables import (
    admission,
    cohort,
    consent,
    contact,
    enrolment,
    entry,
    event,
    identity,
    message,
    sandbox_message,
    step,
    suppression,
    tally_change,
)
from tests.store.world import DAY, HOUR, START, World, send
from tests.unit.journey.build import enter, fork, goal, leave, merge, plan, rest, wait


@dataclass
class Scene:
    """A sound world: Ann waits for a view, Bob's enrolment has forked, Cid has a message and waits for nothing."""

    world: World
    ann: int
    bob: int
    strand: int
    cid: int
    key: str


@pytest.fixture
def scene(database: Database) -> Scene:
    """The scene, in which nothing is wrong yet."""
    world = World(database)
    ann, bob, cid = world.contacts(["ann", "bob", "cid"])
    waits = plan(goals=[goal("g", "bought", "converted")], start=enter("w"),
                 w=wait("1 day", "late", seen=("viewed", None)), late=leave("late"))  # fmt: skip
    forks = plan(start=enter("f"), f=fork("m", x="w", y="w"), w=wait(None, None, seen=("viewed", "m")),
                 m=merge("f", "all", None))  # fmt: skip
    mails = plan(start=enter("mail"), mail=send(sent="r"), r=rest("9 days", None))
    (ann_root,) = world.enter(world.publish(waits, "waits"), [ann])
    (bob_root,) = world.enter(world.publish(forks, "forks"), [bob])
    (cid_root,) = world.enter(world.publish(mails, "mails"), [cid])
    world.travel()
    strand = world.rows(enrolment, enrolment.c.root == bob_root)[0].id
    made = Scene(world, ann_root, bob_root, strand, cid_root, world.rows(message)[0].send_key)
    assert world.violations() == []
    return made


Plant = Callable[[Scene], list[Any]]


def of(scene: Scene, strand: int, **values: Any) -> Any:
    """An update of one enrolment."""
    return update(enrolment).where(enrolment.c.id == strand).values(**values)


def told(scene: Scene, name: str, at: int, strand: int, received_at: int | None = None) -> Any:
    """An event that nobody heard of."""
    return insert(event).values(
        id=new_id(), message_id=f"planted {name}", contact=scene.world.row(strand).contact, name=name, at=at,
        received_at=at if received_at is None else received_at, properties={},
    )  # fmt: skip


def accepted(scene: Scene, key: str, address: str = "ann@example.com") -> Any:
    """A line of the provider's log; without an address, of a repeat that it recognised."""
    return insert(sandbox_message).values(
        id=new_id(), send_key=key, account="", channel="email", address=address, content={}, accepted_at=START
    )


PLANTED: dict[str, tuple[Plant, list[str]]] = {
    "a step that is not below the enrolment's": (
        lambda s: [insert(step).values(strand=s.ann, no=99, node="w", port="x", cause="flow", at=START)],
        ["1: step 99 of enrolment {ann}"],
    ),
    "a step of nobody": (
        lambda s: [insert(step).values(strand=5, no=1, node="w", port="x", cause="flow", at=START)],
        ["1: step 1 belongs to enrolment 5"],
    ),
    "admitted without an admission": (
        lambda s: [of(s, s.cid, place="admitted", cohort=None)],
        ["2: enrolment {cid} is admitted at step"],
    ),
    "an admission of one who rests": (
        lambda s: [insert(admission).values(strand=s.cid, step=s.world.row(s.cid).step, lane="live", plan=1)],
        ["2: enrolment {cid} is resting"],
    ),
    "a cohort that is not there": (
        lambda s: [delete(cohort).where(cohort.c.id == s.world.row(s.cid).cohort)],
        ["3: enrolment {cid} is in cohort"],
    ),
    "a live strand under an ended root": (
        lambda s: [
            of(s, s.bob, place="ended", cohort=None, pending=0, reason=None, result="x", ended_at=START)
        ],
        ["4: strand {strand} is resting under the ended enrolment {bob}", "4: strand"],
    ),
    "a count of strands that is wrong": (
        lambda s: [of(s, s.bob, pending=3)],
        ["4: enrolment {bob} waits for 3 strands, and 2 live"],
    ),
    "somebody who goes on and waits for strands": (
        lambda s: [of(s, s.bob, reason="paused")],
        ["4: enrolment {bob} is resting and still waits for 2 strands"],
    ),
    "a time-out that went before its event": (
        lambda s: [
            told(s, "viewed", START + HOUR, s.ann),
            insert(step).values(
                strand=s.ann, no=2, node="w", port="timeout", cause="timeout", at=START + DAY
            ),
            of(s, s.ann, place="ended", cohort=None, step=4, result="late", ended_at=START + DAY, since=None),
        ],
        ["5: enrolment {ann} timed out at w, and event"],
    ),
    "a wait that missed its event": (
        lambda s: [told(s, "viewed", START + HOUR, s.ann)],
        ["6: enrolment {ann} still waits at w for event"],
    ),
    "a goal that was missed": (
        lambda s: [told(s, "bought", START + HOUR, s.ann)],
        ["6: enrolment {ann} lives on after event"],
    ),
    "a key that was accepted twice": (
        lambda s: [accepted(s, s.key)],
        [
            "7: the provider has accepted {key} 2 times, delivered it 2 times, and the ledger claimed it 1 times"
        ],
    ),
    "a key that was asked for twice in one claim": (
        lambda s: [accepted(s, s.key, address=RECOGNISED)],
        [
            "7: the provider has accepted {key} 2 times, delivered it 1 times, and the ledger claimed it 1 times"
        ],
    ),
    "an accepted key that the ledger does not know": (
        lambda s: [accepted(s, "stray")],
        ["7: the provider has accepted stray, which the ledger calls None"],
    ),
    "an accepted message that the ledger calls cancelled": (
        lambda s: [update(message).values(state="cancelled")],
        ["7: the provider has accepted {key}, which the ledger calls cancelled"],
    ),
    "a message to a suppressed address": (
        lambda s: [
            insert(suppression).values(
                channel="email", address="cid@example.com", reason="b", at=START - HOUR
            )
        ],
        ["8: {key} was claimed after its address was suppressed (b)"],
    ),
    "a message to one who had refused": (
        lambda s: [
            insert(consent).values(
                contact=s.world.row(s.cid).contact,
                channel="email",
                state="refused",
                source="",
                at=START - HOUR,
            )
        ],
        ["8: {key} was claimed after its contact had refused"],
    ),
    "a message of one who had ended": (
        lambda s: [of(s, s.cid, place="ended", cohort=None, result="x", ended_at=START - HOUR)],
        ["8: {key} was claimed after enrolment {cid} had ended (x)"],
    ),
    "an entry too many": (
        lambda s: [update(entry).where(entry.c.contact == s.world.row(s.cid).contact).values(count=2)],
        ["9: contact {cid_contact} entered journey", "9: contact {cid_contact} entered journey"],
    ),
    "an enrolment that nobody counted": (
        lambda s: [delete(entry).where(entry.c.contact == s.world.row(s.cid).contact)],
        ["9: contact {cid_contact} has 1 enrolments in journey"],
    ),
    "what a merged contact left behind": (
        lambda s: [
            update(contact)
            .where(contact.c.id == s.world.row(s.cid).contact)
            .values(merged_into=s.world.row(s.ann).contact)
        ],
        [
            f"11: {rows} rows of {table} are contact {{cid_contact}}'s, who was merged into"
            for table, rows in (("enrolment", 1), ("entry", 1), ("identity", 3), ("message", 1))
        ],
    ),
    "a visitor who was recognised as nobody": (
        lambda s: [
            insert(identity).values(
                kind="anonymous_id", value="v", contact=s.world.row(s.cid).contact, created_at=START
            )
        ],
        ["11: visitor 'v' names contact {cid_contact}, and was recognised last as None"],
    ),
    "a strand of another contact": (
        lambda s: [of(s, s.strand, contact=s.world.row(s.ann).contact)],
        ["11: strand {strand} is another contact's than its enrolment {bob}"],
    ),
}


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_violation_is_found(scene: Scene, name: str) -> None:
    """Each is one line that begins with the number of its rule and names the row."""
    plant, expected = PLANTED[name]
    world = scene.world
    names = vars(scene) | {"cid_contact": world.row(scene.cid).contact}
    with world.database.write() as connection:
        for statement in plant(scene):
            connection.execute(statement)

    found = [line for line in world.violations() if not line.startswith("10:")]

    assert len(found) == len(expected), found
    for line, beginning in zip(found, expected, strict=True):
        assert line.startswith(beginning.format(**names))


def test_what_a_visitor_did_was_nobodys_before_they_were_recognised(database: Database) -> None:
    """No time-out went before an event of a visitor who was recognised as the contact only later; of one who was known, it
    did."""
    world = World(database)
    waits = plan(start=enter("w"), w=wait("1 day", "late", seen=("viewed", None)), late=leave("late"))
    (root,) = world.enter(world.publish(waits), world.contacts(["ann"]))
    world.travel(START + HOUR)
    world.events(Incoming("m1", "viewed", world.now, anonymous_id="v"))
    world.travel(START + DAY + HOUR)
    world.events(Incoming("m2", IDENTIFY, world.now, anonymous_id="v", user_id="ann", traits={}))

    assert world.row(root).result == "late"
    assert world.violations() == []
    with world.database.write() as connection:
        connection.execute(update(identity).where(identity.c.value == "v").values(created_at=START))
    (line,) = world.violations()
    assert line.startswith(f"5: enrolment {root} timed out at w, and event")


def test_a_number_that_is_not_what_there_is_is_found(scene: Scene) -> None:
    """A step that nobody counted, and a count that nobody stands for, are named with both figures."""
    world = scene.world
    with world.database.write() as connection:
        connection.execute(delete(step).where(step.c.strand == scene.ann))
        connection.execute(
            update(tally_change).where(tally_change.c.node == "r", tally_change.c.count == 1).values(count=2)
        )

    found = world.violations()

    plans = {key: world.row(getattr(scene, key)).plan for key in ("ann", "cid")}
    assert sorted(found) == [
        f"10: the tally of plan {plans['ann']} says 1 for left start entered in hour {START // HOUR}, and there are 0",
        f"10: the tally of plan {plans['ann']} says 1 for left start entered, and there are 0",
        f"10: the tally of plan {plans['cid']} says 2 for root r resting, and there are 1",
    ]


def test_a_cohort_whose_workflow_is_closed_is_found(scene: Scene) -> None:
    """Somebody overdue in a started cohort has an open workflow, once a sweep has had the time to open it."""
    world, number = scene.world, scene.world.row(scene.cid).cohort
    with world.database.write() as connection:
        connection.execute(update(cohort).values(started=True))

    def ask(open_cohorts: set[int] | None, now: int) -> list[str]:
        with world.database.read() as connection:
            return check_invariants(connection, business_now=now, real_now=now, open_cohorts=open_cohorts)

    late = START + 9 * DAY + HOUR
    others = {row.id for row in world.rows(cohort)} - {number}
    assert ask(others, START + DAY - HOUR) == []
    assert ask(None, late) == []
    assert ask({number} | others, late) == []
    assert ask(others, late) == [f"3: cohort {number} has 1 who should move, and no open workflow"]


def test_what_changes_between_two_looks_has_a_step(database: Database) -> None:
    """The step never falls, nobody vanishes, and nobody moves without a step but by the drain."""
    before = {
        1: Place("admitted", "a", 3),
        2: Place("resting", "a", 3),
        3: Place("moving", "a", 3),
        4: Place("moving", "a", 3),
    }
    sound = {
        1: Place("moving", "a", 3),
        2: Place("resting", "a", 3),
        3: Place("moving", "b", 4),
        4: Place("ended", "a", 4),
    }
    wrong = {1: Place("moving", "b", 3), 2: Place("resting", "a", 2), 3: Place("parked", "a", 3)}

    assert check_change(before, sound) == []
    assert check_change(before, wrong) == [
        "1: enrolment 1 went from admitted at a to moving at b without a step",
        "1: enrolment 2 fell from step 3 to 2",
        "1: enrolment 3 went from moving at a to parked at a without a step",
        "1: enrolment 4 has vanished from a",
    ]


def test_many_of_a_kind_do_not_flood_the_report(scene: Scene) -> None:
    """A fault that has hit thousands is told of by the first ones."""
    with scene.world.database.write() as connection:
        connection.execute(
            insert(step),
            [
                {"strand": number, "no": 1, "node": "n", "port": "p", "cause": "flow", "at": START}
                for number in range(50)
            ],
        )
    found = scene.world.violations()

    assert len(found) == 21
    assert found[-1] == "1: ... and more of this kind"


def test_the_tables_refuse_places_that_make_no_sense(scene: Scene) -> None:
    """What the database itself can hold, it holds: a place without its cohort, reason or result, a second live entry."""
    for values in (
        "place = 'nowhere'", "cohort = null", "place = 'parked', cohort = null, reason = null",
        "place = 'ended', cohort = null", "wake_at = null, reason = null", "pending = -1",
    ):  # fmt: skip
        with pytest.raises(IntegrityError), scene.world.database.write() as connection:
            connection.execute(text(f"UPDATE enrolment SET {values} WHERE id = {scene.cid}"))
