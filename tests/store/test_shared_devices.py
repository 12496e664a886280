"""Several contacts on one device, one after the other: whose an event is goes by when it happened."""

from __future__ import annotations

import random

from sqlalchemy import select

from engine.audience.contacts import find_contact
from engine.audience.events import IDENTIFY
from engine.audience.recognition import Recognitions
from engine.enrolment.ingest import Incoming
from engine.store.tables import event, identity, recognition
from tests.store.world import MINUTE, START, World


def says(number: str, at: int, user: str, visitor: str = "v") -> Incoming:
    """An identify call, some minutes after the start."""
    return Incoming(number, IDENTIFY, START + at * MINUTE, user_id=user, anonymous_id=visitor)


def view(number: str, at: int, visitor: str = "v") -> Incoming:
    """Something that happened on the device, some minutes after the start, to whoever was there."""
    return Incoming(number, "Product Viewed", START + at * MINUTE, anonymous_id=visitor)


def whose(world: World) -> dict[str, str | None]:
    """The external ids of the events' contacts, by message id."""
    with world.database.read() as connection:
        names = {
            row.contact: row.value
            for row in connection.execute(select(identity).where(identity.c.kind == "external_id"))
        }
    return {row.message_id: names.get(row.contact) for row in world.rows(event)}


def test_what_is_heard_of_late_is_theirs_who_were_there(world: World) -> None:
    """Lucia's page sends what it had kept after Mario has come: it stays Lucia's."""
    world.now = START + 60 * MINUTE
    world.events(says("lucia", 2, "lucia"))
    world.events(says("mario", 10, "mario"))

    world.events(view("before anybody", 1), view("hers", 5), view("the last of hers", 9), view("his", 10))
    world.events(view("his too", 20))

    found = whose(world)
    assert [found[one] for one in ("before anybody", "hers", "the last of hers", "his", "his too")] == [
        "lucia", "lucia", "lucia", "mario", "mario",
    ]  # fmt: skip


def test_who_is_recognised_late_was_there_before_the_present_one(world: World) -> None:
    """Mario's identify comes in first. Lucia's, of an earlier time, does not make her the present one."""
    world.now = START + 60 * MINUTE
    world.events(says("mario", 10, "mario"), view("known as his", 12))
    world.events(says("lucia", 2, "lucia"))

    world.events(view("hers", 5), view("his", 15))

    found = whose(world)
    assert (found["known as his"], found["hers"], found["his"]) == ("mario", "lucia", "mario")
    with world.database.read() as connection:
        mario = find_contact(connection, "external_id", "mario")
        assert find_contact(connection, "anonymous_id", "v") == mario


def test_the_last_word_counts_of_two_at_one_instant(world: World) -> None:
    """Both were recognised in the same millisecond: the one heard of last."""
    world.now = START + 60 * MINUTE
    world.events(says("lucia", 2, "lucia"), says("mario", 2, "mario"))
    world.events(view("one", 3))
    world.events(says("lucia again", 2, "lucia"))
    world.events(view("two", 3))

    assert [whose(world)[one] for one in ("one", "two")] == ["mario", "lucia"]


def test_turns_of_a_contact_who_is_merged_are_the_survivors(world: World) -> None:
    """The newsletter's address was on the device first, then Mario; then the address turns out to be Anna's."""
    world.now = START + 60 * MINUTE
    world.events(
        Incoming("address", IDENTIFY, START + MINUTE, anonymous_id="v", traits={"email": "anna@example.com"}),
        says("mario", 5, "mario"),
    )
    world.events(
        Incoming("anna", IDENTIFY, START + 9 * MINUTE, user_id="anna", traits={"email": "anna@example.com"})
    )

    world.events(view("hers", 3), view("his", 7))

    found = whose(world)
    assert (found["hers"], found["his"]) == ("anna", "mario")
    assert world.violations() == []


def test_any_order_and_any_pages_against_a_naive_reading(world: World) -> None:
    """Seeded courses of a device: whatever is heard when, an event is theirs who were recognised last before it, of what had
    been heard by then; before that, the earliest one's; and what waited is theirs who are heard of first."""
    world.now = START + 100 * MINUTE
    for seed in range(25):
        dice = random.Random(seed)
        visitor = f"v{seed}"
        calls = []
        for number in range(dice.randint(5, 25)):
            at = dice.randrange(60)
            user = dice.choice((None, None, "ada", "bruno", "carla"))
            name = f"{seed}-{number}"
            calls.append(view(name, at, visitor) if user is None else says(name, at, user, visitor))
        left = list(calls)
        while left:
            size = dice.randint(1, 6)
            world.events(*left[:size])
            left = left[size:]

        found = whose(world)
        for number, one in enumerate(calls):
            assert found[one.message_id] == _naive(calls, number), (seed, one)
    assert world.violations() == []


def _naive(calls: list[Incoming], number: int) -> str | None:
    """Whose the event is, by reading everything heard until then anew."""
    if calls[number].user_id is not None:
        return calls[number].user_id
    heard: dict[int, str] = {}
    for place, one in enumerate(calls):
        if one.user_id is None:
            continue
        if place > number:
            return one.user_id if not heard else _there(heard, calls[number].at or 0)
        if not heard or _there(heard, one.at or 0) != one.user_id:
            heard[one.at or 0] = one.user_id
    return _there(heard, calls[number].at or 0) if heard else None


def _there(heard: dict[int, str], at: int) -> str:
    before = [since for since in heard if since <= at]
    return heard[max(before) if before else min(heard)]


def test_a_till_is_read_from_the_turn_that_counts(world: World) -> None:
    """A device with many contacts in turn: rows before the one that counts are not read."""
    world.now = START + 100 * MINUTE
    for turn in range(40):
        world.events(says(f"turn {turn}", turn, f"customer-{turn}"))
    assert len(world.rows(recognition)) == 40

    with world.database.read() as connection:
        read = Recognitions(connection, ["v", "nobody"], START + 35 * MINUTE)
        assert len(read.contacts) == 5
        assert read.owner("v", START + 35 * MINUTE) == find_contact(connection, "external_id", "customer-35")
        assert read.owner("nobody", START) is None
