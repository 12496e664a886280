"""Events of our own that enrolments bring about: written while somebody could hear of them, each once, and never round in
a circle."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from sqlalchemy import update

from engine.audience.rules import create_rule
from engine.audience.segments import create_segment, members
from engine.audience.tags import add_tag_batch, remove_tag_batch
from engine.content.coupons import issue_batch
from engine.enrolment.campaign import campaign_pages, create_campaign
from engine.enrolment.control import stop_journey
from engine.enrolment.ingest import ended_teller
from engine.enrolment.runtime import Published
from engine.flow.document import Promotion
from engine.flow.plan import Plan, PlanNode, Trigger
from engine.store.tables import event, journey, message, segment, tag
from tests.store.world import DAY, HOUR, MINUTE, START, World, send
from tests.unit.journey.build import act, enter, goal, leave, plan, rest, wait

OURS = ("message.sent", "coupon.issued", "journey.entered", "journey.ended")


def by(name: str, **properties: str) -> Trigger:
    """A trigger by an event with these properties, as the compiler writes it."""
    parts = [{"op": "is", "field": f"event.{key}", "value": value} for key, value in properties.items()]
    where: dict[str, Any] = {"where": {"op": "all", "of": parts}} if parts else {}
    return Trigger(node="start", kind="event", params={"event": name, **where})


def told(world: World) -> list[tuple[str, dict[str, Any]]]:
    """The events that enrolments brought about."""
    return [(row.name, row.properties) for row in world.rows(event, event.c.name.in_(OURS))]


def resting(world: World, *triggers: Trigger, name: str, reentry: str = "once") -> Published:
    """A journey in which one rests for a day."""
    return world.publish(plan(start=enter("r"), r=rest("1 day", None), reentry=reentry), name, *triggers)


def giving(world: World) -> PlanNode:
    """A node that gives a coupon."""
    world.acts.code["coupon"] = lambda batch: issue_batch(batch, "ten")
    return act(given=None, expired=None).model_copy(update={"type": "coupon"})


def with_promotion(drawn: Plan) -> Plan:
    """The plan with a promotion for its coupons."""
    return drawn.model_copy(update={"promotions": {"ten": Promotion(name="Ten", discount_percent=10)}})


def journeys_of(world: World, who: int) -> list[int]:
    """The journeys that a contact entered, one after another."""
    return [root.journey for root in world.roots(who)]


# ------------------------------------------------------------------------------------------------ somebody listens


def test_a_journey_starts_as_another_ends(world: World) -> None:
    """`journey.ended` starts who asks for it, by the journey's name and the result; by an exit in a leg alike."""
    lucia, mario = world.contacts(["lucia", "mario"])
    first = world.publish(
        plan(
            start=enter("w"),
            w=wait("1 hour", "late", bought=("Order Completed", "yes")),
            late=leave("no"),
            yes=leave("bought"),
        ),
        "First",
    )
    after = resting(world, by("journey.ended", journey="First", result="bought"), name="After")
    other = resting(world, by("journey.ended", result="no"), name="Other")
    world.enter(first, [lucia, mario])
    world.travel()
    world.event("Order Completed", lucia)
    world.travel(START + 2 * HOUR)

    assert told(world) == [
        ("journey.ended", {"journey": "First", "result": "bought"}),
        ("journey.ended", {"journey": "First", "result": "no"}),
    ]
    assert journeys_of(world, lucia) == [first.journey, after.journey]
    assert journeys_of(world, mario) == [first.journey, other.journey]
    (ended, late) = world.rows(event, event.c.name == "journey.ended")
    assert (ended.message_id, ended.at) == (f"journey.ended:{world.roots(lucia)[0].id}", START)
    assert late.at == START + HOUR
    assert world.roots(mario)[1].trigger == {
        "name": "journey.ended", "at": "2025-03-03T10:00:00Z",
        "properties": {"journey": "First", "result": "no"}, "via": [str(first.journey)],
    }  # fmt: skip


def test_a_goal_that_ends_an_enrolment_is_told_too(world: World) -> None:
    """Whatever ends an enrolment: a goal, a goal reached before the entry was known, a person who stops the journey."""
    lucia, mario, anna = world.contacts(["lucia", "mario", "anna"])
    first = world.publish(
        plan([goal("g", "Order Completed", "bought")], start=enter("r"), r=rest("1 day", None)), "First"
    )
    after = resting(world, by("journey.ended", journey="First"), name="After")
    world.enter(first, [lucia, anna])
    world.travel()
    world.event("Order Completed", lucia, at=START + MINUTE)
    world.now = START + 2 * MINUTE
    world.event("Order Completed", mario, at=START + MINUTE)
    world.enter(first, [mario], cause="api:late", at=START)

    stop_journey(
        world.database, first.journey, now=START + HOUR, who="ops", ended=ended_teller(world.runtime)
    )

    assert [properties["result"] for _, properties in told(world)] == ["bought", "bought", "stopped"]
    for who in (lucia, mario, anna):
        assert journeys_of(world, who) == [first.journey, after.journey]


def test_a_wait_is_ended_by_a_message_that_was_sent(world: World) -> None:
    """`message.sent` ends a wait of another journey, and a wait on this enrolment's own message."""
    lucia = world.contact("lucia")
    waiting = world.publish(
        plan(
            start=enter("w"),
            w=wait("1 day", None, sent=("message.sent", "yes")),
            yes=leave("heard"),
        ),
        "Waiting",
    )
    sending = world.publish(
        plan(
            start=enter("mail"),
            mail=send(sent="own"),
            own=wait("1 hour", None, since="mail", sent=("message.sent", "done", "mail")),
            done=leave("own"),
        ),
        "Sending",
    )
    world.enter(waiting, [lucia])
    world.travel()
    world.enter(sending, [lucia])
    world.travel()

    assert [root.result for root in world.roots(lucia)] == ["heard", "own"]
    (sent,) = world.rows(message)
    assert told(world) == [("message.sent", {"journey": "Sending", "node": "mail", "channel": "email"})]
    (row,) = world.rows(event)
    assert (row.message_id, row.send_key) == (f"message.sent:{sent.send_key}", sent.send_key)


def test_a_message_that_a_report_proves_was_sent(world: World) -> None:
    """Nobody knew whether it was sent, until the report of its opening came: told once, whatever comes after."""
    lucia = world.contact("lucia")
    resting(world, by("message.sent"), name="After")
    first = world.publish(plan(start=enter("mail"), mail=send(sent=None)), "First")
    world.enter(first, [lucia])
    world.drain()
    with world.database.write() as connection:
        world_key = "1/mail/1/email/x"
        connection.execute(
            message.insert().values(
                send_key=world_key, strand=1, contact=lucia, journey=first.journey, plan=first.id, node="mail",
                visit=1, channel="email", address="a", account="sandbox-email", template="t", state="unknown",
                attempts=1, created_at=START,
            )
        )  # fmt: skip

    for number in range(2):
        world.event("message.opened", send_key=world_key, message_id=f"open-{number}")

    assert [name for name, _ in told(world)] == ["message.sent"]
    with world.database.write() as connection:
        connection.execute(message.delete())


def test_a_segment_asks_for_coupons(world: World) -> None:
    """A segment's condition on `coupon.issued` counts those who were given one since it was made."""
    lucia, mario = world.contacts(["lucia", "mario"])
    gift = giving(world)
    given = world.publish(with_promotion(plan(start=enter("gift"), gift=gift)), "Gift")
    world.enter(given, [mario])
    world.travel()
    with world.database.write() as connection:
        create_segment(connection, "given", now=world.now, condition={"op": "did", "event": "coupon.issued"})

    world.enter(given, [lucia], cause="api:2")
    world.travel()

    with world.database.read() as connection:
        assert members(connection, "given", now=world.now) == [lucia]
    ((_, properties),) = told(world)
    assert (properties["promotion"], properties["journey"], len(properties["code"])) == ("ten", "Gift", 14)


def test_a_campaigns_entries_are_told(world: World) -> None:
    """`journey.entered`, by a campaign, an event and a program; a rule may listen as well as a journey."""
    lucia, mario, anna = world.contacts(["lucia", "mario", "anna"])
    first = resting(world, by("Form"), Trigger(node="start", kind="campaign", params={}), name="First")
    with world.database.write() as connection:
        create_rule(connection, "inside", "journey.entered", "inside")
        create_segment(connection, "all", now=world.now, contacts=[lucia])
        number = create_campaign(connection, first.journey, "all", now=world.now)
    campaign_pages(world.runtime, number, world.now)
    world.event("Form", mario)
    world.enter(first, [anna])

    assert told(world) == [("journey.entered", {"journey": "First"})] * 3
    assert [row.contact for row in world.rows(tag)] == [lucia, mario, anna]


# ------------------------------------------------------------------------------------------------ nobody listens


def test_nothing_is_written_while_nobody_listens(world: World) -> None:
    """No row, until a plan, a rule or a segment names one; and none any more once that is gone."""
    people = iter(world.contacts([f"p{n}" for n in range(6)]))
    first = world.publish(with_promotion(plan(start=enter("mail"), mail=send(sent="g"), g=giving(world))))

    def pass_by() -> int:
        before = len(world.rows(event))
        world.enter(first, [next(people)], cause=f"api:{len(world.roots(0))}")
        world.travel()
        return len(world.rows(event)) - before

    assert pass_by() == 0
    listener = resting(world, by("message.sent"), name="Listener")
    assert pass_by() == 1
    with world.database.write() as connection:
        connection.execute(update(journey).where(journey.c.id == listener.journey).values(state="stopped"))
    assert pass_by() == 1, "who is inside may still ask"
    world.travel(START + 2 * DAY)
    with world.database.write() as connection:
        create_segment(connection, "any", now=world.now, condition={"op": "did", "event": "journey.ended"})
    assert pass_by() == 1
    with world.database.write() as connection:
        connection.execute(segment.delete())
        create_rule(connection, "given", "coupon.issued", "given")
    assert pass_by() == 2, "the coupon, and the tag that it brings"


def test_a_journeys_new_name_is_heard_of(world: World) -> None:
    """Renamed, a journey goes by its new name in what it brings about, in every process that knew the old one."""
    lucia = world.contact("lucia")
    first = world.publish(
        plan([goal("g", "Order Completed", "bought")], start=enter("r"), r=rest("1 hour", None)),
        "First",
        by("A"),
    )
    resting(world, by("journey.entered"), by("journey.ended"), name="After")
    world.event("A", lucia)
    with world.database.write() as connection:
        connection.execute(update(journey).where(journey.c.id == first.journey).values(name="Renamed"))
    threading.Event().wait(0.3)  # for as long as a name that was read is gone by

    world.event("A", world.contact("mario"))
    world.event("Order Completed", lucia)
    world.travel(START + 2 * HOUR)

    assert told(world)[0] == ("journey.entered", {"journey": "First"})
    assert {properties["journey"] for _, properties in told(world)[1:]} >= {"Renamed"}
    assert all(properties["journey"] != "First" for _, properties in told(world)[1:])
    with world.database.read() as connection:
        assert world.runtime.plans.get(connection, first.id).journey_name == "Renamed"


# ------------------------------------------------------------------------------------------------ no circles


@pytest.mark.parametrize("reentry", ["after_end", "every_event"])
@pytest.mark.parametrize("name", OURS)
def test_no_journey_starts_itself_again(world: World, name: str, reentry: str) -> None:
    """What an enrolment brought about starts neither its own journey nor one through which it came; one beside is."""
    lucia = world.contact("lucia")
    drawn = plan(reentry=reentry, start=enter("mail"), mail=send(sent="g"), g=giving(world))
    own, other, third = (
        world.publish(with_promotion(drawn), each, by(name)) for each in ("Own", "Other", "Third")
    )

    world.enter(own, [lucia])
    world.travel()
    world.travel()

    entered = journeys_of(world, lucia)
    assert entered[0] == own.journey
    assert entered.count(own.journey) == 1
    assert {other.journey, third.journey} <= set(entered)
    assert len(entered) <= 5
    for root in world.roots(lucia):
        through = (root.trigger or {}).get("via", [])
        assert str(root.journey) not in through
        assert len(through) == len(set(through)) <= 2


def test_a_rule_between_makes_no_circle(world: World) -> None:
    """A tag that a rule gives because a journey ended does not start that journey."""
    lucia = world.contact("lucia")
    with world.database.write() as connection:
        create_rule(connection, "again", "journey.ended", "again")
    own = world.publish(
        plan(start=enter("x"), x=leave("done"), reentry="every_event"), "Own", by("tag.added")
    )
    beside = resting(world, by("tag.added"), name="Beside")

    world.enter(own, [lucia])
    world.travel()

    assert journeys_of(world, lucia) == [own.journey, beside.journey]


def test_a_tag_comes_through_the_journey_that_brought_it_about_alone(world: World) -> None:
    """Two journeys of a contact end at one event, and a rule tags because of the second: that starts the first again, which
    had no part in it, and not the second."""
    lucia = world.contact("lucia")
    second = by("journey.ended", journey="Second").params["where"]
    with world.database.write() as connection:
        create_rule(connection, "again", "journey.ended", "again", second)
    first, ending = (
        world.publish(
            plan([goal("g", "Order Completed", "bought")], start=enter("r"), r=rest("1 day", None), reentry="every_event"),
            name,
            by("tag.added", tag="again"),
        )
        for name in ("First", "Second")
    )  # fmt: skip
    world.enter(first, [lucia])
    world.enter(ending, [lucia])
    world.travel()

    world.event("Order Completed", lucia)

    assert journeys_of(world, lucia) == [first.journey, ending.journey, first.journey]
    assert world.roots(lucia)[-1].trigger["via"] == [str(ending.journey)]


@pytest.mark.parametrize("reentry", ["after_end", "every_event"])
def test_a_journey_does_not_start_itself_by_its_own_tag(world: World, reentry: str) -> None:
    """Another one that the tag starts is; and when it takes and gives the tag in its turn, that starts neither again."""
    lucia = world.contact("lucia")
    world.acts.code["take"] = lambda batch: remove_tag_batch(batch, "spring")
    world.acts.code["give"] = lambda batch: add_tag_batch(batch, "spring")
    drawn = plan(
        reentry=reentry,
        start=enter("take"),
        take=act(done="give").model_copy(update={"type": "take"}),
        give=act(done=None).model_copy(update={"type": "give"}),
    )
    own = world.publish(drawn, "Own", by("tag.added", tag="spring"))
    other = world.publish(drawn, "Other", by("tag.added", tag="spring"))

    world.enter(own, [lucia])
    for _ in range(4):
        world.travel()

    assert journeys_of(world, lucia) == [own.journey, other.journey]
