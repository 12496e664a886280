"""Which lane whoever moves travels in: live for what a contact did just now, bulk for what a campaign or a person set off."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from engine.enrolment.control import pause_journey, resume_journey
from engine.enrolment.enter import Entering, enter
from engine.enrolment.legs import run_cohort_leg
from engine.enrolment.plans import Published
from engine.flow.plan import Trigger
from engine.journey.host import Outcome, Went
from engine.store.batch import Batch, News
from engine.store.tables import admission, enrolment, message
from tests.store.world import DAY, START, World, send
from tests.unit.journey.build import act, goal, plan, rest, wait
from tests.unit.journey.build import enter as trigger

BOUGHT = "Order Completed"


def lanes(world: World, published: Published) -> list[str]:
    """The lanes of those of a plan who are admitted, by their ids."""
    return [row.lane for row in world.rows(admission, admission.c.plan == published.id)]


def by_campaign(world: World, published: Published, contacts: Sequence[int], at: int = START) -> list[int]:
    """Let contacts enter as a campaign does, in the bulk lane. Gives their enrolments."""
    node = published.plan.triggers[0].node
    with world.database.write() as connection:
        listed = [Entering(who, "campaign:1", at, node) for who in contacts]
        return list(enter(connection, published, listed, lane="bulk", now=world.now).enrolments)


def on(event: str) -> Trigger:
    """A trigger at which an event enters."""
    return Trigger(node="start", kind="event", params={"event": event})


def tagging(batch: Batch) -> list[Outcome]:
    """An act that tells of a tag."""
    news = [News(one.contact, "tag.added", batch.due, {"tag": "VIP"}) for one in batch.travellers]
    batch.in_commit(lambda connection: batch.tell(connection, news))
    return [Went("done") for _ in batch.travellers]


def test_whom_a_pause_held_goes_on_in_the_bulk_lane(world: World) -> None:
    """A million held contacts do not delay what somebody does just now."""
    published = world.publish(plan(start=trigger("a"), a=act(done=None)))
    world.enter(published, world.contacts(["anna"]))
    world.drain()
    pause_journey(world.database, published.journey, now=world.now, who="ops")
    world.travel()
    resume_journey(world.database, published.journey, now=world.now, who="ops")

    assert lanes(world, published) == ["bulk"]


def test_what_a_leg_tells_travels_in_its_lane(world: World) -> None:
    """A tag that a campaign puts on starts the next journey in the bulk lane; one that a live leg puts on, in the live one."""
    world.acts.code["act"] = tagging
    second = world.publish(plan(start=trigger("r"), r=rest("1 day", None)), "Second", on("tag.added"))
    first = world.publish(plan(start=trigger("a"), a=act(done=None)), "First")
    by_campaign(world, first, [anna := world.contact("anna")])
    world.enter(first, [bea := world.contact("bea")])
    world.drain()
    for number in {row.cohort for row in world.rows(enrolment)}:
        run_cohort_leg(world.runtime, number, world.now)

    entered = {row.contact: row.lane for row in world.rows(enrolment, enrolment.c.plan == second.id)}
    assert entered == {anna: "bulk", bea: "live"}
    assert sorted(lanes(world, second)) == ["bulk", "live"]


@pytest.mark.parametrize(
    ("event", "expected"),
    [("message.delivered", ["bulk", "live"]), ("message.bounced", ["bulk", "live"]),
     ("message.opened", ["live", "live"])],
)  # fmt: skip
def test_the_word_of_a_provider_travels_in_the_lane_of_the_message(
    world: World, event: str, expected: list[str]
) -> None:
    """Waits and triggers alike. What the contact did is live, whatever it was about."""
    second = world.publish(plan(start=trigger("r"), r=rest("1 day", None)), "Second", on(event))
    first = world.publish(
        plan(
            start=trigger("mail"),
            mail=send(sent="w"),
            w=wait("1 day", None, heard=(event, "r")),
            r=rest("1 day", None),
        ),
        "First",
    )
    by_campaign(world, first, world.contacts(["anna"]))
    world.enter(first, world.contacts(["bea"]))
    world.travel()
    keys = {row.strand: row.send_key for row in world.rows(message)}
    for _, key in sorted(keys.items()):
        world.event(event, send_key=key)

    assert lanes(world, first) == lanes(world, second) == expected


def test_a_goal_of_the_past_leaves_a_campaigns_entry_in_its_lane(world: World) -> None:
    """Whoever had reached it already goes on at its node with the campaign, not before whoever is live."""
    drawn = plan(
        goals=[goal("g", BOUGHT, "bought", "r")], start=trigger("a"), a=act(done=None), r=rest("1 day", None)
    )
    published = world.publish(drawn)
    who = world.contact("anna")
    world.event(BOUGHT, who, at=START - DAY // 2)
    (root,) = by_campaign(world, published, [who], at=START - DAY)

    assert world.row(root).position == "r"
    assert lanes(world, published)[-1:] == ["bulk"]
    assert set(lanes(world, published)) == {"bulk"}
