"""Sends at the pace of their account: its rate, and pauses after failures."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from engine.delivery.provider import NotSent
from engine.store.tables import message, sandbox_message
from tests.store.mailbox import MAILING, behave, mailbox
from tests.store.world import HOUR, MINUTE, SECOND, START, World


def most_in_a_second(instants: Sequence[int]) -> int:
    """The most that fall within any second."""
    return max(sum(begin <= at < begin + SECOND for at in instants) for begin in set(instants))


def crowd(world: World, size: int, cohorts: int = 1) -> list[int]:
    """So many contacts who have entered, in so many cohorts."""
    published = world.publish(MAILING)
    people = world.contacts(f"c{number}" for number in range(size))
    part = size // cohorts
    for number in range(cohorts):
        world.enter(published, people[number * part : (number + 1) * part], f"api:{number}")
        world.drain()
    return people


def test_a_rate_is_kept_after_an_absence(world: World) -> None:
    """Slots that nobody could use are gone: those who missed theirs leave at the account's rate, and nobody waits long."""
    behave(world, rate=10.0)
    box = mailbox(world)
    crowd(world, 600, cohorts=3)
    world.travel()
    first = len(box.asked)
    world.now += 10 * MINUTE
    back = world.now
    world.travel(world.now + 5 * MINUTE)

    instants = [at for at, _ in box.asked]
    assert first == 10
    assert len(instants) == len(world.rows(sandbox_message)) == 600
    assert most_in_a_second(instants) == 10
    assert max(instants) - back < 90 * SECOND


def test_what_is_tried_again_takes_a_slot_too(world: World) -> None:
    """Every request counts, also the second one of a message that was refused for a rate."""
    behave(world, rate=5.0, behaviour={"script": ["rate_limit", "refuse"]})
    box = mailbox(world)
    crowd(world, 40)
    world.travel(START + 10 * MINUTE)

    assert len(box.asked) == 120
    assert most_in_a_second([at for at, _ in box.asked]) <= 5
    assert {row.state for row in world.rows(message)} == {"accepted"}


def test_a_gate_that_was_set_far_ahead_opens(world: World) -> None:
    """By a host whose clock was wrong, say: the account is held up for a moment, not for a day."""
    behave(world, rate=10.0, next_free_at=START + 24 * HOUR)
    box = mailbox(world)
    crowd(world, 5)
    world.travel(START + MINUTE)

    assert len(box.asked) == 5


def test_a_slow_rate_is_kept_hours_ahead(world: World) -> None:
    """One in fifty seconds stays one in fifty seconds, for who waits more than an hour as well."""
    behave(world, rate=0.02)
    box = mailbox(world)
    crowd(world, 100)
    world.travel(START + 2 * HOUR)

    instants = [at for at, _ in box.asked]
    assert len(instants) == 100
    assert min(after - before for before, after in pairwise(instants)) >= 50 * SECOND
    assert max(instants) <= START + 5100 * SECOND


def test_one_message_does_not_wait_behind_a_campaign(world: World) -> None:
    """It takes the room that there is when it comes; one of the campaign tries again."""
    behave(world, rate=1.0)
    box = mailbox(world)
    crowd(world, 100)
    world.travel(START + 10 * SECOND)
    world.now += SECOND // 2
    (root,) = world.enter(world.publish(MAILING, "Live"), [world.contact("ada")])
    world.travel()
    before = world.row(root).position
    world.travel(START + 10 * MINUTE)

    assert before == "r"
    assert len(box.asked) == 101
    assert most_in_a_second([at for at, _ in box.asked]) <= 2


def test_an_outage_of_ten_minutes_parks_nobody(world: World) -> None:
    """Pauses double and differ from message to message: everybody is served soon after, and nobody asks all the time."""
    box = mailbox(world, lambda _: NotSent("connection refused") if world.now < START + 10 * MINUTE else None)
    people = crowd(world, 50)
    world.travel(START + HOUR)

    tries = [sum(key == row.send_key for _, key in box.asked) for row in world.rows(message)]
    assert {row.state for row in world.rows(message)} == {"accepted"}
    assert len(tries) == len(people)
    assert max(tries) <= 14
    assert most_in_a_second([at for at, _ in box.asked if at > START + 10 * MINUTE]) <= 10
