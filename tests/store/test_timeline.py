"""Timelines: what is told of a contact, in which words and in which order."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from engine.audience.consent import set_consent
from engine.audience.contacts import UnknownContact
from engine.enrolment.control import pause_journey
from engine.enrolment.parked import parked_groups
from engine.enrolment.replay import replay_group
from engine.enrolment.timeline import (
    NoPlace,
    UnknownEnrolment,
    Until,
    contact_timeline,
    enrolment_timeline,
    timeline_of,
)
from engine.enrolment.why import why
from engine.journey.host import Outcome, Stuck
from engine.store.batch import Batch
from engine.store.tables import account, message
from tests.store.world import DAY, HOUR, START, World, send
from tests.unit.journey.build import act, enter, fork, merge, plan, rest, wait


def told(world: World, contact: int, most: int = 100) -> list[str]:
    """A contact's timeline in words, the oldest first, read in parts of `most` lines."""
    found: list[str] = []
    before = None
    while True:
        with world.database.read() as connection:
            lines = contact_timeline(connection, world.runtime.plans, contact, Until(most, before))
        found += [line.words for line in lines]
        if not lines:
            return found[::-1]
        before = lines[-1].place


def test_a_journey_is_told_from_entry_to_end(world: World) -> None:
    """Entry, steps, messages and what the contact did stand in the order in which they happened."""
    published = world.publish(
        plan(start=enter("mail"), mail=send(sent="w"), w=wait("2 days", "sms", yes=("message.opened", None)),
             sms=send("sms", sent=None))
    )  # fmt: skip
    who = world.contact("ann")
    world.enter(published, [who])
    world.travel(START + 3 * DAY)

    assert told(world, who) == [
        'Entered "Journey", version 1, as a program asked for it.',
        'Left "start" by "entered".',
        'Email of "mail" to ann@example.com was sent.',
        'Left "mail" by "sent".',
        'Left "w" by "timeout", as its time was up.',
        'SMS of "sms" to +393200001000 was sent.',
        'Left "sms" by "sent".',
        'Ended with "sent".',
    ]
    assert told(world, who, 1) == told(world, who, 2) == told(world, who)


@pytest.mark.parametrize("most", [1, 2, 3])
def test_parts_of_a_timeline_make_the_whole(world: World, most: int) -> None:
    """However a timeline is cut, its parts neither repeat nor leave out, even where much happened at one instant."""
    published = world.publish(plan(start=enter("one"), one=act(sent="two"), two=act(sent=None)))
    who = world.contact("ann")
    world.enter(published, [who])
    for number in range(5):
        world.event("Product Viewed", who, message_id=f"m{number}")
    world.travel()

    assert told(world, who, most) == told(world, who)
    assert len(told(world, who)) == 10


def test_where_somebody_stands_is_told_last(world: World) -> None:
    """Waiting, held, parked and on the way each have their words."""
    held = world.publish(plan(start=enter("w"), w=wait("2 days", yes=("message.opened", None))), "Waits")
    ann, bob, cat = world.contacts(["ann", "bob", "cat"])
    world.enter(held, [ann])
    world.travel()
    assert told(world, ann)[-1] == 'Waits at "w" until 2025-03-05T09:00:00Z.'

    def stuck(batch: Batch) -> list[Outcome]:
        return [Stuck("provider_auth") for _ in batch.travellers]

    world.acts.code["act"] = stuck
    parks = world.publish(plan(start=enter("a"), a=act(sent=None)), "Parks")
    world.enter(parks, [bob])
    assert told(world, bob)[-1] == 'Is on the way to "start".'
    world.travel()
    assert told(world, bob)[-1] == (
        'Is parked at "a" until a person acts. The provider refuses the account: its credentials are wrong or blocked. '
        "Mend the account, then retry."
    )

    pauses = world.publish(plan(start=enter("a"), a=act(sent=None)), "Pauses")
    world.enter(pauses, [cat])
    pause_journey(world.database, pauses.journey, now=world.now, who="ops")
    world.travel()
    assert told(world, cat)[-1] == 'Is held at "a", as the journey is paused.'


def test_a_split_enrolment_is_told_by_its_paths(world: World) -> None:
    """While paths are under way, each says where it stands; their steps belong to the enrolment."""
    published = world.publish(
        plan(start=enter("f"), f=fork("m", a="one", b="two"), one=rest("1 hour", "m"), two=rest("2 days", "m"),
             m=merge("f", "all", None))
    )  # fmt: skip
    who = world.contact("ann")
    (root,) = world.enter(published, [who])
    world.travel(START + 2 * HOUR)

    with world.database.read() as connection:
        lines = enrolment_timeline(connection, world.runtime.plans, root, Until(100))

    assert [line.words for line in lines if line.kind == "standing"] == [
        'Waits at "two" until 2025-03-05T09:00:00Z.',
    ]
    assert [line.words for line in lines if line.kind == "passed" and line.node == "one"] == [
        'Left "one" by "on".'
    ]
    assert {line.enrolment for line in lines} == {root}


def behave(world: World, behaviour: dict[str, object], broken: str | None = None) -> None:
    """Tell the email account of the sandbox how to fail."""
    with world.database.write() as connection:
        connection.execute(
            update(account)
            .where(account.c.name == "sandbox-email")
            .values(behaviour=behaviour, broken=broken)
        )


def test_a_message_of_somebody_who_is_parked_waits_for_a_person(world: World) -> None:
    """It is tried again by itself where that is so; never is that said of one that waits for a person."""
    behave(world, {"script": ["auth"]})
    published = world.publish(plan(start=enter("mail"), mail=send(sent="r"), r=rest("1 day", None)))
    who = world.contact("ann")
    world.enter(published, [who])
    world.travel()
    (sent,) = world.rows(message)
    cause = "The provider refuses the account: its credentials are wrong or blocked."
    parked = told(world, who)

    behave(world, {"share": {"refuse": 1}})
    with world.database.read() as connection:
        (group,) = parked_groups(connection)
    replay_group(world.database, group, now=world.now, who="ops")
    world.travel()

    assert parked[-2:] == [
        f'Email of "mail" to ann@example.com was not sent, and waits for a person: the provider{cause[12:]}',
        f'Is parked at "mail" until a person acts. {cause} Mend the account, then retry.',
    ]
    with world.database.read() as connection:
        reasons = why(connection, world.runtime.plans, sent.send_key)
    assert reasons[-1].words.startswith("It will be tried again; the last time: ")
    assert any("to ann@example.com will be tried again; the last time: " in line for line in told(world, who))


def test_why_somebody_got_nothing_yet_names_the_person_it_waits_for(world: World) -> None:
    """The answer to "why" of a message that is held up is the cause, not "will be tried again"."""
    behave(world, {"script": ["auth"]})
    published = world.publish(plan(start=enter("mail"), mail=send(sent=None)))
    world.enter(published, [world.contact("ann")])
    world.travel()
    (sent,) = world.rows(message)

    with world.database.read() as connection:
        reasons = why(connection, world.runtime.plans, sent.send_key)

    assert reasons[-1].words == (
        "It was not sent, and waits for a person: "
        "the provider refuses the account: its credentials are wrong or blocked."
    )


def test_a_message_that_was_held_back_says_by_whose_word(world: World) -> None:
    """Consent and suppression are told as such."""
    who = world.contact("ann")
    with world.database.write() as connection:
        set_consent(connection, {(who, "email"): "refused"}, at=world.now, source="test")
    world.enter(world.publish(plan(start=enter("mail"), mail=send(refused=None))), [who])
    world.travel()

    assert 'Email of "mail" to ann@example.com was held back: the contact has refused this channel.' in told(
        world, who
    )


def test_a_message_that_nobody_can_speak_for_says_so(world: World) -> None:
    """An answer that was lost is told as such, and not as a failure or a success."""
    behave(world, {"share": {"time_out": 1}})
    published = world.publish(plan(start=enter("mail"), mail=send(sent=None)))
    who = world.contact("ann")
    world.enter(published, [who])
    world.travel()

    assert 'Email of "mail" to ann@example.com may have been sent: the provider gave no answer.' in told(
        world, who
    )


def test_a_contact_is_found_by_any_name(world: World) -> None:
    """External id, email and phone lead to the same timeline; who is not there is told what to give."""
    who = world.contact("ann")
    world.event("Product Viewed", who, properties={"sku": "A1"})

    with world.database.read() as connection:
        for name in ("ann", "Ann@Example.com", " +39 3200001000"):
            assert [line.words for line in timeline_of(connection, name)] == ["Product Viewed: A1."]
        with pytest.raises(UnknownContact, match="Give the external id, email or phone"):
            timeline_of(connection, "bob")
        with pytest.raises(UnknownEnrolment):
            enrolment_timeline(connection, world.runtime.plans, 17, Until(10))


@pytest.mark.parametrize(
    "key",
    ["", "x", "9:1", "2:1:2", "3:1:2", "3:1:2:5:k", "2:9999999999999999999", "3:1:2:0:\x00", "3:-1:2:0:"],
)
def test_a_place_that_is_none_is_refused(key: str) -> None:
    """A part of a timeline begins at the place of a line, and nowhere else."""
    with pytest.raises(NoPlace):
        Until(10, (START, key))
