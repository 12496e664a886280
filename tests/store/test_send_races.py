"""Races of sends on PostgreSQL: no key leaves twice, whoever stands still where."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import select, update

from engine.delivery.ledger import ANSWER_DEADLINE_MS
from engine.delivery.provider import Accepted, Outgoing
from engine.delivery.sandbox import RECOGNISED, Sandbox
from engine.enrolment.control import pause_journey, stop_journey, switch_sending
from engine.store.database import Database
from engine.store.tables import account, message, sandbox_message
from tests.store.race import Course
from tests.store.test_races import entered, leg
from tests.store.world import MINUTE, START, World, send
from tests.unit.journey.build import enter, plan, rest

MAILING = plan(start=enter("mail"), mail=send(sent="r"), r=rest("1 day", None))


@pytest.fixture
def world(postgresql: Database) -> Iterator[World]:
    """A world on PostgreSQL, in which the invariants hold at the end."""
    made = World(postgresql)
    yield made
    assert made.violations() == []


@pytest.mark.parametrize("recognises", [True, False])
def test_a_second_attempt_asks_nobody_while_the_first_one_asks(
    world: World, course: Course, recognises: bool
) -> None:
    """One attempt of a leg stands still in the midst of its request: the other rests until the claim has run out."""
    with world.database.write() as connection:
        connection.execute(update(account).values(behaviour={"recognises_keys": recognises}))
    _, root = entered(world, world.publish(MAILING))
    number = world.row(root).cohort

    course.race(leg(world, number), leg(world, number), point="commit", skip=1)
    (sent,) = world.rows(message)
    world.travel(START + ANSWER_DEADLINE_MS)

    assert (sent.state, sent.attempts) == ("accepted", 1)
    assert len(world.rows(sandbox_message)) == 1
    assert world.path(root) == ["start.entered", "mail.sent"]
    assert world.row(root).position == "r"


def test_the_sandbox_recognises_a_key_that_is_asked_for_twice_at_once(world: World, course: Course) -> None:
    """The second request waits for the first one's word, gets its answer, and arrives nowhere."""
    request = Outgoing("1/mail/2/email/x", "sandbox-email", "email", "a@example.com", {}, 0, START)

    first, second = course.race(
        lambda: Sandbox(world.database).send([request]), lambda: Sandbox(world.database).send([request])
    )

    assert isinstance(first[0], Accepted)
    assert first == second
    assert sorted(row.address for row in world.rows(sandbox_message)) == [RECOGNISED, "a@example.com"]
    with world.database.write() as connection:
        connection.execute(sandbox_message.delete())


@pytest.mark.parametrize("stops", [True, False], ids=["stop", "pause"])
def test_a_claim_after_a_pause_or_a_stop_sends_nothing(world: World, course: Course, stops: bool) -> None:
    """A leg that has looked for a pause before it, and claims after it, finds the journey held."""
    published = world.publish(MAILING)
    _, root = entered(world, published)

    def hold() -> None:
        if stops:
            stop_journey(world.database, published.journey, now=world.now, who="ops")
        else:
            pause_journey(world.database, published.journey, now=world.now, who="ops")

    course.race(hold, leg(world, world.row(root).cohort))
    world.travel(START + MINUTE)

    assert world.rows(message) == []
    assert world.rows(sandbox_message) == []
    assert (world.row(root).place, world.row(root).reason) == (
        ("ended", None) if stops else ("resting", "paused")
    )


@pytest.mark.parametrize("switch_first", [True, False])
def test_the_kill_switch_against_a_claim(world: World, course: Course, switch_first: bool) -> None:
    """Once the switch is off and returned, nothing is claimed; a claim that was committed before it may be sent."""
    published = world.publish(MAILING)
    _, root = entered(world, published)
    claims = leg(world, world.row(root).cohort)

    def off() -> list[str]:
        switch_sending(world.database, published.journey, on=False, now=world.now, who="ops")
        with world.database.read() as connection:
            return list(connection.scalars(select(message.c.send_key)))

    if switch_first:
        _, _ = course.race(off, claims)
        assert world.rows(message) == []
        assert world.row(root).position == "mail"
    else:
        _, seen = course.race(claims, off)
        assert seen == [row.send_key for row in world.rows(message)]
        assert len(seen) == 1
