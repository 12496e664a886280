"""What providers tell afterwards, what follows from it, and what the sweep makes of silence."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Row, update

from engine.audience.consent import (
    UnknownChannel,
    Word,
    checked_channel,
    lift,
    read_consent,
    set_consent,
    suppress,
    suppressed,
)
from engine.delivery.ledger import ANSWER_DEADLINE_MS, CONFIRMATION_WINDOW_MS
from engine.enrolment.ingest import Incoming
from engine.enrolment.ledger_sweep import Swept, sweep_ledger
from engine.enrolment.postman import deliver_reports
from engine.flow.plan import Arm, PlanNode, Wait
from engine.journey.host import Again, Outcome
from engine.store.batch import Batch
from engine.store.database import Database
from engine.store.tables import account, consent, event, message, sandbox_message, suppression
from tests.store.world import DAY, HOUR, MINUTE, SECOND, START, World, send
from tests.unit.journey.build import act, enter, goal, node, plan, rest, wait


def mailed(world: World, *names: str, then: PlanNode | None = None) -> list[Row[Any]]:
    """The messages of contacts to whom a journey has sent one email."""
    drawn = plan(start=enter("mail"), mail=send(sent="then"), then=then or rest("9 days", None))
    world.enter(world.publish(drawn), world.contacts(names))
    world.travel()
    return list(world.rows(message))


def one(world: World) -> Row[Any]:
    """The one message."""
    (row,) = world.rows(message)
    return row


def behave(world: World, **behaviour: object) -> None:
    """How the sandbox's mailbox fails from now on."""
    with world.database.write() as connection:
        connection.execute(
            update(account).where(account.c.name == "sandbox-email").values(behaviour=behaviour)
        )


# ------------------------------------------------------------------------------------------------ the lattice


def test_reports_are_set_once_and_never_cleared(world: World) -> None:
    """Whatever their order, each column keeps its first instant; what a report implies is set with it."""
    (sent,) = mailed(world, "lucia")
    world.now += HOUR
    for name, at in (("clicked", 5), ("opened", 2), ("delivered", 9), ("clicked", 1), ("complained", 7)):
        world.event(f"message.{name}", send_key=sent.send_key, at=START + at * SECOND)

    row = one(world)
    assert (row.clicked_at, row.opened_at) == (START + 5 * SECOND, START + 5 * SECOND)
    assert (row.delivered_at, row.complained_at, row.bounced_at) == (
        sent.delivered_at,
        START + 7 * SECOND,
        None,
    )


def test_reports_that_come_together_count_from_the_first(world: World) -> None:
    """Of several opens in one call the one that came first in the call sets the instant; every one is an event."""
    (sent,) = mailed(world, "lucia")
    world.now += HOUR
    world.events(
        *(
            Incoming(f"o{number}", "message.opened", START + number, send_key=sent.send_key)
            for number in (1, 2, 3)
        )
    )

    assert one(world).opened_at == START + 1
    assert [row.contact for row in world.rows(event)] == [sent.contact] * 3


def test_a_wait_for_an_open_hears_of_this_message_alone(world: World) -> None:
    """Another message's open does not end the wait; a click without an open does."""
    opened = Wait(
        arms=(Arm(events=("message.opened", "message.clicked"), message_of="mail", port="yes"),), since="mail"
    )
    listens = node(opened, "state", yes=None)
    (mario, lucia) = mailed(world, "mario", "lucia", then=listens)
    world.event("message.opened", lucia.contact, send_key=mario.send_key)
    world.event("message.opened", lucia.contact)
    stands = [row.place for who in (mario, lucia) for row in world.roots(who.contact)]
    world.event("message.clicked", send_key=lucia.send_key)

    assert stands == ["resting", "resting"]
    assert [world.roots(who.contact)[0].place for who in (mario, lucia)] == ["resting", "ended"]


def test_a_report_is_the_word_that_was_missing(world: World) -> None:
    """A message whose answer was lost is accepted once somebody opens it, and is not sent again."""
    behave(world, script=["drop_answer"])
    (sent,) = mailed(world, "lucia")
    world.now += SECOND
    world.event("message.delivered", send_key=sent.send_key)
    settled = one(world)
    world.travel(START + HOUR)

    assert sent.state == "unknown"
    assert (settled.state, settled.reason, settled.settled_at) == ("accepted", None, sent.settled_at)
    assert len(world.rows(sandbox_message)) == 1
    assert world.roots(sent.contact)[0].position == "then"


def test_a_bounce_or_a_complaint_suppresses_the_address(world: World) -> None:
    """A hard bounce and a complaint do, a soft bounce does not; the contact's next send is refused."""
    (hard, soft, angry) = mailed(world, "hard", "soft", "angry")
    world.event("message.bounced", send_key=hard.send_key)
    world.event("message.bounced", send_key=soft.send_key, properties={"bounce_type": "Transient"})
    world.event("message.complained", send_key=angry.send_key)
    again = world.publish(
        plan(start=enter("mail"), mail=send(sent="r", refused=None), r=rest("1 day", None)), "again"
    )
    roots = world.enter(again, [hard.contact, soft.contact, angry.contact])
    world.travel()

    assert [(row.channel, row.address, row.reason) for row in world.rows(suppression)] == [
        ("email", "angry@example.com", "complained"), ("email", "hard@example.com", "bounced")
    ]  # fmt: skip
    assert [world.row(root).result for root in roots] == ["refused", None, "refused"]


def test_the_sandbox_tells_of_bounces_itself(world: World) -> None:
    """Its reports come in as a provider's webhooks do, once."""
    behave(world, script=["bounce"])
    (sent,) = mailed(world, "lucia")

    assert [deliver_reports(world.runtime), deliver_reports(world.runtime)] == [(1, False), (0, False)]
    assert one(world).bounced_at == sent.created_at
    assert [row.address for row in world.rows(suppression)] == [sent.address]


def test_who_unsubscribes_is_not_written_to_on_that_channel(world: World) -> None:
    """The word is the contact's, for the message's channel; the other channels stay."""
    (sent,) = mailed(world, "lucia")
    world.event("message.unsubscribed", send_key=sent.send_key)
    with world.database.read() as connection:
        said = read_consent(connection, sent.contact)
    again = world.publish(
        plan(start=enter("mail"), mail=send(sent=None, refused="sms"), sms=send("sms", sent=None)), "again"
    )
    (root,) = world.enter(again, [sent.contact])
    world.travel()

    assert said == {"email": "refused", "sms": "allowed", "push": "allowed"}
    assert world.path(root) == ["start.entered", "mail.refused", "sms.sent"]
    assert [(row.channel, row.source) for row in world.rows(consent)] == [("email", "message")]


# ------------------------------------------------------------------------------------------------ consent


def test_an_older_word_does_not_undo_a_newer_one(database: Database) -> None:
    """Consent is the latest that the contact said, by their own time; saying it again is no change."""
    words: list[tuple[Word, int]] = [
        ("refused", 5), ("allowed", 4), ("refused", 6), ("allowed", 6), ("allowed", 9)
    ]  # fmt: skip
    with database.write() as connection:
        changes = [set_consent(connection, {(7, "email"): word}, at=at, source="form") for word, at in words]
        said = read_consent(connection, 7)

    assert changes == [1, 0, 0, 1, 0]
    assert said["email"] == "allowed"


def test_a_word_that_is_said_again_is_newer(database: Database) -> None:
    """Allowed, allowed again, and then a refusal from between them comes late: it is older than the last word."""
    words: list[tuple[int, Word]] = [
        (100, "allowed"), (500, "allowed"), (300, "refused"), (600, "refused")
    ]  # fmt: skip
    with database.write() as connection:
        changed = [set_consent(connection, {(1, "email"): word}, at=at, source="form") for at, word in words]
        said = connection.execute(consent.select()).one()

    assert changed == [1, 0, 0, 1]
    assert (said.state, said.at) == ("refused", 600)


def test_a_provider_that_refuses_for_good_has_the_address_suppressed(world: World) -> None:
    """What it says goes with the result: nobody writes there again, in any journey, until a person lifts it."""
    behave(world, script=["reject_for_good"])
    (sent,) = mailed(world, "lucia")

    assert (sent.state, sent.reason) == ("rejected", "no such address")
    (line,) = world.rows(suppression)
    assert (line.channel, line.address, line.reason) == ("email", "lucia@example.com", "no such address")


def test_an_address_is_suppressed_until_a_person_lifts_it(database: Database) -> None:
    """The first reason stays, and lifting tells how many were suppressed."""
    with database.write() as connection:
        new = suppress(connection, {("email", "a@x.it"): "bounced", ("sms", "+39"): "manual"}, 1)
        again = suppress(connection, {("email", "a@x.it"): "complained"}, 2)
        found = suppressed(connection, [("email", "a@x.it"), ("sms", "a@x.it")])
        lifted = lift(connection, [("email", "a@x.it"), ("email", "b@x.it")])
        left = suppressed(connection, [("email", "a@x.it")])

    assert (new, again, lifted) == (2, 0, 1)
    assert (found, left) == ({("email", "a@x.it")}, set())


def test_an_unknown_channel_is_told() -> None:
    """Consent is said of a channel that there is."""
    assert checked_channel("sms") == "sms"
    with pytest.raises(UnknownChannel, match="Use email, sms, push"):
        checked_channel("fax")


# ------------------------------------------------------------------------------------------------ the sweep


def test_silence_becomes_unknown_and_then_unconfirmed(world: World) -> None:
    """A claim without a result is unknown after its deadline, and unconfirmed when nobody confirms it in time."""
    (sent,) = mailed(world, "lucia")
    claimed = {"state": "sending", "claim": "t", "deadline": START + ANSWER_DEADLINE_MS, "settled_at": None}
    with world.database.write() as connection:
        connection.execute(update(message).values(claimed))
    seen = []
    for wait_ms in (0, ANSWER_DEADLINE_MS, MINUTE, CONFIRMATION_WINDOW_MS):
        world.now += wait_ms
        seen.append((sweep_ledger(world.runtime), one(world).state))

    assert seen == [
        (Swept(0, 0, 0, 0), "sending"),
        (Swept(1, 0, 0, 0), "unknown"),
        (Swept(0, 0, 0, 0), "unknown"),
        (Swept(0, 1, 0, 0), "unconfirmed"),
    ]
    assert sent.state == "accepted"


def test_a_message_that_waits_for_somebody_who_has_gone_on_is_cancelled(world: World) -> None:
    """A planned send of an enrolment that its goal has ended is called off, with the reason."""
    with world.database.write() as connection:
        connection.execute(update(account).where(account.c.name == "sandbox-email").values(rate=0.001))
    drawn = plan(
        goals=[goal("g", "bought", "converted")],
        start=enter("mail"),
        mail=send(sent="r"),
        r=rest("1 day", None),
    )
    people = world.contacts(["a", "b", "c"])
    world.enter(world.publish(drawn), people)
    world.travel()
    planned = sorted(row.contact for row in world.rows(message, message.c.state == "planned"))
    world.event("bought", planned[0])
    swept = sweep_ledger(world.runtime)

    gone = world.rows(message, message.c.contact == planned[0])[0]
    assert len(planned) == 2
    assert swept.cancelled == 1
    assert (gone.state, gone.reason) == ("cancelled", "the contact has gone on")
    assert [row.state for row in world.rows(message, message.c.contact == planned[1])] == ["planned"]


def test_a_visit_that_goes_on_keeps_its_message(world: World) -> None:
    """A send that waits for its retry is nobody's leftover while its enrolment still stands at the node."""
    behave(world, script=["refuse", "refuse"])
    mailed(world, "lucia")
    world.now += DAY
    swept = sweep_ledger(world.runtime)

    assert (swept, one(world).state) == (Swept(0, 0, 0, 0), "retry_at")


def test_an_act_that_waits_is_no_wait_for_events(world: World) -> None:
    """An enrolment that rests to try an act again is not set moving by an event."""

    def later(batch: Batch) -> list[Outcome]:
        return [Again(batch.due + HOUR) for _ in batch.travellers]

    world.acts.code["act"] = later
    drawn = plan(start=enter("a"), a=act(done="w"), w=wait(None, None, seen=("x", None)))
    (root,) = world.enter(world.publish(drawn), [world.contact("lucia")])
    world.travel()
    world.event("x", world.row(root).contact)

    assert (world.row(root).place, world.row(root).reason) == ("resting", "again")
