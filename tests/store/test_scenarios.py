"""Stories that users told, as far as contacts, events and segments go."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import insert

from engine.audience.contacts import find_contact
from engine.audience.events import IDENTIFY
from engine.audience.rules import ACTIVE, create_rule, ensure_rules
from engine.audience.segments import count, create_segment, members
from engine.audience.tags import remove_tag
from engine.enrolment.ingest import Incoming
from engine.enrolment.ledger_sweep import sweep_ledger
from engine.flow.plan import Trigger
from engine.store.ids import new_id
from engine.store.tables import coupon, enrolment, event, message, segment, tag
from tests.store.world import HOUR, MINUTE, START, World, send
from tests.unit.journey.build import act, enter, plan, rest, wait

VIEWED, BOUGHT = "Product Viewed", "Order Completed"


def segment_entered(name: str) -> Trigger:
    """A trigger by coming into a segment, as the compiler writes it."""
    where = {"op": "is", "field": "event.segment", "value": name}
    return Trigger(node="start", kind="segment", params={"event": "segment.entered", "where": where})


def inside(world: World, name: str) -> list[int]:
    """The members of a segment."""
    with world.database.read() as connection:
        found = members(connection, name, now=world.now)
        assert count(connection, name, now=world.now) == len(found)
        return found


@pytest.fixture
def mailing(world: World) -> World:
    """A world with the rules that ship, and a journey that sends one email."""
    with world.database.write() as connection:
        ensure_rules(connection, world.now)
    return world


# ------------------------------------------------------------------------------------------------ ATTIVO


def test_who_opens_an_email_is_in_the_segment_attivo_once(mailing: World) -> None:
    """One open tags, ten more and a repeat change nothing: one membership, one event, one enrolment of who starts by it."""
    world = mailing
    lucia = world.contact("lucia")
    started = world.publish(
        plan(start=enter("r"), r=rest("1 day", None)), "by segment", segment_entered(ACTIVE)
    )
    (root,) = world.enter(
        world.publish(plan(start=enter("mail"), mail=send(sent="w"), w=wait(None, None, yes=("x", None)))),
        [lucia],
    )
    world.travel()
    before = inside(world, ACTIVE)
    (sent,) = world.rows(message)

    for number in (0, *range(11)):
        world.event("message.opened", send_key=sent.send_key, message_id=f"open-{number}", at=START + number)

    assert (before, inside(world, ACTIVE)) == ([], [lucia])
    assert [row.contact for row in world.rows(tag)] == [lucia]
    told = [
        (row.name, row.properties)
        for row in world.rows(event)
        if row.name.split(".")[0] in ("tag", "segment")
    ]
    assert told == [("tag.added", {"tag": ACTIVE}), ("segment.entered", {"segment": ACTIVE})]
    assert [row.contact for row in world.rows(enrolment, enrolment.c.journey == started.journey)] == [lucia]
    assert world.row(root).place == "resting"


def test_a_tag_stays_until_it_is_taken_away(mailing: World) -> None:
    """Membership by tag ends when the tag is removed, and begins anew by the next open."""
    world = mailing
    who = world.contact("lucia")
    world.event("message.opened", who)
    with world.database.write() as connection:
        gone = (remove_tag(connection, [who], ACTIVE), remove_tag(connection, [who], ACTIVE))
    left = inside(world, ACTIVE)
    world.event("message.opened", who)

    assert gone == ([who], [])
    assert (left, inside(world, ACTIVE)) == ([], [who])


def test_the_rule_that_ships_is_not_forced_on_anybody(world: World) -> None:
    """Made once, it is not made again, whoever has made a segment of its name."""
    with world.database.write() as connection:
        create_segment(connection, ACTIVE, now=START)
        ensure_rules(connection, START)
        ensure_rules(connection, START)

    assert [row.kind for row in world.rows(segment)] == ["list"]


def test_a_rule_may_set_off_another(world: World) -> None:
    """A tag that a rule gives is an event, which the next rule may ask for; a rule may ask about the contact too."""
    with world.database.write() as connection:
        create_rule(connection, "buyer", BOUGHT, "buyer", {"op": "more", "field": "event.total", "value": 10})
        create_rule(connection, "both", "tag.added", "loyal", {"op": "tagged", "tag": "opener"})
        create_rule(connection, "opener", "message.opened", "opener")
    who = world.contact("lucia")

    world.events(
        Incoming("m1", "message.opened", START - 2, contact=who),
        Incoming("m2", BOUGHT, START - 1, contact=who, properties={"total": 11}),
    )

    assert [row.name for row in world.rows(tag)] == ["buyer", "loyal", "opener"]
    assert {row.at for row in world.rows(event, event.c.name == "tag.added")} == {START - 2, START - 1}


# ------------------------------------------------------------------------------------------------ visitors


def viewed(world: World, visitor: str, *numbers: int, **of: Any) -> list[Incoming]:
    """A visitor's views of a toy, at different times."""
    return [
        Incoming(f"{visitor}-{number}", VIEWED, START + number * MINUTE, anonymous_id=visitor,
                 properties={"category": "robots"}, **of)
        for number in numbers
    ]  # fmt: skip


def test_a_visitor_becomes_a_contact_with_all_that_went_before(world: World) -> None:
    """The views of an anonymous visitor belong to the contact from the form on, with their own times, and count at once."""
    world.now = START + HOUR
    welcomed = world.publish(
        plan(start=enter("r"), r=rest("1 day", None)), "welcome", segment_entered("interested in robots")
    )
    with world.database.write() as connection:
        create_rule(connection, "robots", VIEWED, "robots", {
            "op": "did", "event": VIEWED, "at_least": 3,
            "where": {"op": "is", "field": "event.category", "value": "robots"},
        })  # fmt: skip
        create_segment(connection, "interested in robots", now=START, tag="robots")
    world.events(*viewed(world, "v-77", 1, 2, 3))
    before = len(world.rows(enrolment))

    world.events(
        Incoming(
            "form",
            "form.submitted",
            START + 9 * MINUTE,
            anonymous_id="v-77",
            traits={"email": "elena@example.com"},
        )
    )
    with world.database.read() as connection:
        elena = find_contact(connection, "email", "elena@example.com")
    assert elena is not None
    views = [(row.at, row.contact) for row in world.rows(event, event.c.name == VIEWED)]
    rows = world.rows(event)
    world.events(
        Incoming("form", "form.submitted", START, anonymous_id="v-77", traits={"email": "elena@example.com"}),
        Incoming(
            "again", IDENTIFY, START + 9 * MINUTE, anonymous_id="v-77", traits={"email": "Elena@example.com"}
        ),
    )

    assert before == 0
    assert views == [(START + number * MINUTE, elena) for number in (1, 2, 3)]
    assert inside(world, "interested in robots") == [elena]
    assert [row.contact for row in world.rows(enrolment, enrolment.c.journey == welcomed.journey)] == [elena]
    assert [row.message_id for row in world.rows(event) if row not in rows] == ["again"]


def test_a_second_visitor_of_the_same_person_joins(world: World) -> None:
    """Another device's history is added, each event once."""
    world.now = START + HOUR
    world.events(*viewed(world, "v-77", 1, 2), *viewed(world, "v-88", 3))
    for visitor in ("v-77", "v-88", "v-77"):
        world.events(Incoming(f"i-{visitor}", IDENTIFY, user_id="elena", anonymous_id=visitor))

    (elena,) = {row.contact for row in world.rows(event)}
    assert elena is not None
    assert len(world.rows(event, event.c.name == VIEWED)) == 3


def test_what_happened_on_a_shared_device_stays_with_whoever_was_there_first(world: World) -> None:
    """From the second contact's identify on, events of the device are the second's; earlier ones stay, in one call too."""
    world.now = START + HOUR
    steps = [
        *viewed(world, "v", 1),
        Incoming("i1", IDENTIFY, START + 2 * MINUTE, user_id="lucia", anonymous_id="v"),
        *viewed(world, "v", 3),
        Incoming("i2", IDENTIFY, START + 4 * MINUTE, user_id="mario", anonymous_id="v"),
        *viewed(world, "v", 5),
        Incoming("i1", IDENTIFY, START + 2 * MINUTE, user_id="lucia", anonymous_id="v"),
        *viewed(world, "v", 6),
    ]
    together = [Incoming(f"t{one.message_id}", one.name, one.at, user_id=one.user_id and f"t{one.user_id}",
                         anonymous_id="w") for one in steps]  # fmt: skip
    for one in steps:
        world.events(one)
    world.events(*together)

    with world.database.read() as connection:
        for prefix in ("", "t"):
            lucia = find_contact(connection, "external_id", f"{prefix}lucia")
            mario = find_contact(connection, "external_id", f"{prefix}mario")
            whose = {
                row.message_id: row.contact
                for row in world.rows(event)
                if row.message_id.startswith(f"{prefix}v-")
            }
            assert [whose[f"{prefix}v-{number}"] for number in (1, 3, 5, 6)] == [lucia, lucia, mario, mario]


def test_attached_events_end_waits_as_late_events_do(world: World) -> None:
    """What a contact did before they were recognised on this device counts for the journey that they are in."""
    lucia = world.contact("lucia")
    (root,) = world.enter(
        world.publish(plan(start=enter("w"), w=wait("1 day", None, seen=(VIEWED, None)))), [lucia]
    )
    world.travel()
    world.now += HOUR
    world.events(*viewed(world, "v", 5))

    result = world.events(Incoming("i", IDENTIFY, user_id="lucia", anonymous_id="v"))

    assert result.ended == 1
    assert (world.row(root).result, world.row(root).ended_at) == ("seen", START + 5 * MINUTE)


# ------------------------------------------------------------------------------------------------ earlier campaigns


def test_a_segment_asks_what_contacts_did_with_an_earlier_campaign(world: World) -> None:
    """Opens, clicks and purchases know the journey, node and template that they answer to."""
    mario, lucia, nico = world.contacts(["mario", "lucia", "nico"])
    spring = world.publish(
        plan(start=enter("mail"), mail=send(sent="coupon"), coupon=act(given="r"), r=rest("9 days", None)),
        "Spring",
    )
    world.enter(spring, [mario, lucia, nico])
    world.travel()
    keys = {row.contact: row.send_key for row in world.rows(message)}
    roots = {row.contact: row.id for row in world.rows(enrolment)}
    with world.database.write() as connection:
        connection.execute(insert(coupon).values(code="LUCIA20", root=roots[lucia], contact=lucia, plan=spring.id,
                                                 promotion="SPECIAL-20", issued_at=START))  # fmt: skip
    world.event("message.opened", send_key=keys[mario])
    world.event("message.clicked", send_key=keys[lucia])
    order = {"order_id": "o1", "coupon": "lucia20"}
    for who, number in ((nico, "stolen"), (lucia, "first"), (lucia, "second")):
        world.event(BOUGHT, who, message_id=number, properties=order)

    asked = {
        "opened Spring": {"op": "did", "event": "message.opened", "where": _from("journey", "Spring")},
        "clicked mail": {"op": "did", "event": "message.clicked", "where": _from("node", "mail")},
        "opened Summer": {"op": "did", "event": "message.opened", "where": _from("journey", "Summer")},
        "bought by Spring": {"op": "did", "event": "coupon.redeemed", "where": _from("journey", "Spring")},
    }
    with world.database.write() as connection:
        for name, condition in asked.items():
            create_segment(connection, name, now=START, condition=condition)
    (redeemed,) = world.rows(coupon)

    assert {name: inside(world, name) for name in asked} == {
        "opened Spring": [mario], "clicked mail": [lucia], "opened Summer": [], "bought by Spring": [lucia]
    }  # fmt: skip
    assert (redeemed.redeemed_by, redeemed.redeemed_at) == ("o1", START)
    assert len(world.rows(event, event.c.name == "coupon.redeemed")) == 1


def _from(field: str, value: str) -> dict[str, object]:
    return {"op": "is", "field": f"event.{field}", "value": value}


def test_a_report_that_comes_before_its_message_is_kept(world: World) -> None:
    """It waits without a contact, and counts as soon as the message is known."""
    who = world.contact("lucia")
    published = world.publish(
        plan(start=enter("mail"), mail=send(sent="w"), w=wait(None, None, yes=("message.opened", None)))
    )
    world.event("message.opened", send_key="nobody/knows/this")
    kept = world.rows(event)[0].contact
    (root,) = world.enter(published, [who])
    world.travel()
    key = new_id()
    with world.database.write() as connection:
        (sent,) = world.rows(message)
        row = dict(sent._mapping) | {"send_key": "nobody/knows/this", "provider_id": str(key)}
        connection.execute(insert(message).values(row))
    first, second = sweep_ledger(world.runtime), sweep_ledger(world.runtime)

    assert kept is None
    assert (first.adopted, second.adopted) == (1, 0)
    assert world.rows(event)[0].contact == who
    assert world.rows(message, message.c.send_key == "nobody/knows/this")[0].opened_at == START
    assert (world.row(root).result, world.row(root).ended_at) == ("yes", START)
