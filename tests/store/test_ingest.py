"""Events as they come in: recorded once, and matched against waits and triggers."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select, update

from engine.audience.events import corrected
from engine.audience.tags import add_tag_batch
from engine.enrolment.ingest import Incoming
from engine.flow.document import Reentry, Settings
from engine.flow.duration import Duration
from engine.flow.plan import Arm, Plan, PlanNode, Trigger, Wait
from engine.store.tables import contact, enrolment, event, journey, step
from engine.store.tables import plan as plans
from tests.store.world import DAY, HOUR, MINUTE, START, World
from tests.unit.journey.build import act, enter, fork, goal, leave, merge, node, plan, rest, wait

VIEWED, BOUGHT = "Product Viewed", "Order Completed"


def on(name: str, where: dict[str, object] | None = None) -> Trigger:
    """A trigger by an event, at the node `start`."""
    return Trigger(node="start", kind="event", params={"event": name, "where": where})


def waiting(settings: Settings | None = None) -> Plan:
    """Wait two days for a view, then rest an hour."""
    return plan(
        settings=settings,
        start=enter("w"),
        w=wait("2 days", "late", seen=(VIEWED, "after")),
        after=rest("1 hour", None),
        late=leave("no visit"),
    )


def listening(arm: Arm, **ports: str | None) -> PlanNode:
    """A wait without end with one arm."""
    return node(Wait(arms=(arm,)), "state", **ports)


# ------------------------------------------------------------------------------------------------ recording


def test_an_event_is_recorded_once(world: World) -> None:
    """A message id that is known, or comes twice in one call, is recorded and heard once."""
    who = world.contact("lucia")
    world.publish(plan(reentry="every_event", start=enter(None)), "J", on(VIEWED))
    one = Incoming("m1", VIEWED, contact=who)

    first = world.events(one, one)
    second = world.events(one)

    assert (first.recorded, first.repeated, first.entered) == (1, 1, 1)
    assert (second.recorded, second.repeated, second.entered) == (0, 1, 0)
    assert len(world.rows(event)) == 1


def test_an_event_never_happened_after_it_was_received(world: World) -> None:
    """A time from the future becomes that of the receipt; a late one stays as it is; none is now."""
    who = world.contact("lucia")
    for number, at in enumerate((START + DAY, START - DAY, None)):
        world.event("x", who, message_id=f"m{number}", at=at)

    assert [(row.at, row.received_at) for row in world.rows(event)] == [
        (START, START), (START - DAY, START), (START, START)
    ]  # fmt: skip


def test_a_sender_with_a_wrong_clock_is_corrected() -> None:
    """The distance between the event and its sending is right, whatever the sender's clock shows."""
    assert corrected(1_000, 5_000, 100_000) == 96_000
    assert corrected(9_000_000, 9_001_000, 100_000) == 99_000
    assert corrected(101_000, None, 100_000) == 100_000
    assert corrected(5_000, 4_000, 100_000) == 100_000


def test_an_unknown_user_becomes_a_contact_and_an_unknown_visitor_does_not(world: World) -> None:
    """A user id makes a contact; a visitor's event is kept without one."""
    result = world.events(
        Incoming("m1", VIEWED, user_id="u1"),
        Incoming("m2", VIEWED, user_id="u1"),
        Incoming("m3", VIEWED, anonymous_id="v"),
    )

    (made,) = world.rows(contact)
    assert made.external_id == "u1"
    assert [row.contact for row in world.rows(event)] == [made.id, made.id, None]
    assert result.visitors == 1


def test_an_id_that_names_nobody_makes_no_contact(world: World) -> None:
    """Words that programs send for want of an id are no person; the event is kept, and the problem told."""
    result = world.events(Incoming("m1", VIEWED, user_id="undefined", anonymous_id="null"))

    assert world.rows(contact) == []
    assert result.visitors == 1
    assert [(one, problem.field) for one, problem in result.problems] == [("m1", "user_id")]


# ------------------------------------------------------------------------------------------------ waits


def test_an_event_ends_a_wait_and_takes_the_enrolment_out_of_its_cohort(world: World) -> None:
    """It is admitted before the port's target, at the event's time, with the event as the cause of its step."""
    who = world.contact("lucia")
    (root,) = world.enter(world.publish(waiting()), [who])
    world.travel()
    before = world.row(root)
    world.now += HOUR

    result = world.event(VIEWED, who, message_id="m1", at=START + MINUTE)

    after, (taken,) = world.row(root), world.rows(step, step.c.cause == "m1")
    assert result.admitted == 1
    assert (before.place, before.reason, before.position) == ("resting", "event", "w")
    assert (after.place, after.position, after.cohort, after.wake_at) == ("admitted", "after", None, None)
    assert (after.step, after.visit, after.at) == (before.step + 1, before.step + 1, START + MINUTE)
    assert (taken.node, taken.port, taken.no, taken.at) == ("w", "seen", before.step, START + MINUTE)
    assert world.admissions() == [root]


def test_an_event_outside_the_time_of_a_wait_does_not_end_it(world: World) -> None:
    """Neither one from before it began nor one from after its end, whenever they come in."""
    who = world.contact("lucia")
    (root,) = world.enter(world.publish(waiting()), [who])
    world.travel()
    world.now += 3 * DAY

    world.event(VIEWED, who, at=START - 1)
    world.event(VIEWED, who, at=START + 2 * DAY + 1)

    assert world.row(root).place == "resting"


def test_an_event_of_its_time_that_comes_in_late_wins_over_a_timer_that_has_not_fired(world: World) -> None:
    """What happened by the end of the wait counts, as long as the time-out has not been committed."""
    who = world.contact("lucia")
    (root,) = world.enter(world.publish(waiting()), [who])
    world.travel()
    world.now += 3 * DAY

    world.event(VIEWED, who, at=START + 2 * DAY)
    world.travel()

    assert world.path(root) == ["start.entered", "w.seen", "after.on"]


def test_an_event_after_the_time_out_is_recorded_and_no_more(world: World) -> None:
    """Once the time-out was committed, an event of the wait's own time changes nothing."""
    who = world.contact("lucia")
    (root,) = world.enter(world.publish(waiting()), [who])
    world.travel(START + 2 * DAY)

    result = world.event(VIEWED, who, at=START + DAY)

    assert (result.recorded, result.admitted) == (1, 0)
    assert world.row(root).result == "no visit"


def test_of_two_events_in_one_call_the_earlier_by_its_own_time_ends_the_wait(world: World) -> None:
    """The order is that of (at, id), not that of arrival."""
    who = world.contact("lucia")
    listens = plan(
        start=enter("w"), w=wait(None, None, late=("late", "r"), early=("early", "r")), r=rest("1 day", None)
    )
    (root,) = world.enter(world.publish(listens), [who])
    world.travel()
    world.now += HOUR

    world.events(
        Incoming("m1", "late", START + 2 * MINUTE, contact=who),
        Incoming("m2", "early", START + MINUTE, contact=who),
    )

    assert world.path(root)[-1] == "w.early"


def test_the_next_wait_finds_an_event_that_came_in_with_the_one_before(world: World) -> None:
    """Two events in one call end two waits, the second when it is armed."""
    who = world.contact("lucia")
    listens = plan(
        start=enter("a"), a=wait(None, None, one=("one", "b")), b=wait(None, None, two=("two", None))
    )
    (root,) = world.enter(world.publish(listens), [who])
    world.travel()
    world.now += HOUR

    world.events(
        Incoming("m1", "one", START + MINUTE, contact=who),
        Incoming("m2", "two", START + 2 * MINUTE, contact=who),
    )
    world.travel()

    assert world.path(root) == ["start.entered", "a.one", "b.two"]
    assert (world.row(root).place, world.row(root).result) == ("ended", "two")


def test_a_condition_on_the_event_decides_whether_it_counts(world: World) -> None:
    """An arm's filter reads the event's properties."""
    who = world.contact("lucia")
    arm = Arm.model_validate(
        {"events": [VIEWED], "port": "seen", "where": {"op": "more", "field": "event.price", "value": 50}}
    )
    (root,) = world.enter(
        world.publish(plan(start=enter("w"), w=listening(arm, seen="r"), r=rest("1 day", None))), [who]
    )
    world.travel()

    world.event(VIEWED, who, properties={"price": 50})
    still = world.row(root).place
    world.event(VIEWED, who, properties={"price": 50.5})

    assert (still, world.row(root).place) == ("resting", "admitted")


def test_an_enrolment_that_comes_to_its_exit_by_an_event_ends_at_once(world: World) -> None:
    """Nobody is admitted only to be ended: an exit and an open port end in the event's own transaction."""
    mario, lucia = world.contacts(["mario", "lucia"])
    exits = plan(start=enter("w"), w=wait(None, None, a=("a", "out"), b=("b", None)), out=leave("gone"))
    roots = world.enter(world.publish(exits), [mario, lucia])
    world.travel()

    result = world.events(Incoming("m1", "a", contact=mario), Incoming("m2", "b", contact=lucia))

    assert (result.admitted, result.ended) == (0, 2)
    assert [world.row(root).result for root in roots] == ["gone", "b"]
    assert world.path(roots[0]) == ["start.entered", "w.a", "out.end"]
    assert world.admissions() == []


def test_strands_hear_as_their_enrolment_does(world: World) -> None:
    """An event ends the waits of several strands, and the last one to end sets its parent moving behind the merge."""
    who = world.contact("lucia")
    forked = plan(
        start=enter("f"),
        f=fork("m", x="w1", y="w2", z="m"),
        w1=wait(None, None, seen=(VIEWED, None)),
        w2=wait(None, None, seen=(VIEWED, "m")),
        m=merge("f", "all", "r"),
        r=rest("1 day", None),
    )
    (root,) = world.enter(world.publish(forked), [who])
    world.travel()

    world.event(VIEWED, who)
    by_event = {row.position: row.place for row in world.rows(enrolment, enrolment.c.root == root)}
    world.travel()

    assert by_event == {"w1": "ended", "m": "ended"} or by_event == {"w1": "ended", "m": "admitted"}
    assert world.row(root).position == "r"
    assert world.path(root) == ["start.entered", "m.on"]


def test_only_those_who_wait_for_it_hear_of_an_event(world: World) -> None:
    """Other contacts, other journeys and other nodes stay where they are."""
    mario, lucia = world.contacts(["mario", "lucia"])
    one = world.publish(waiting(), "one")
    other = world.publish(
        plan(start=enter("r"), r=rest("1 day", "w"), w=wait(None, None, seen=(VIEWED, None))), "other"
    )
    roots = [*world.enter(one, [mario, lucia]), *world.enter(other, [mario])]
    world.travel()

    world.event(VIEWED, mario)

    assert [world.row(root).place for root in roots] == ["admitted", "resting", "resting"]


def test_an_enrolment_hears_by_the_plan_that_it_entered(world: World) -> None:
    """A new version changes nothing for those who are inside on an older one."""
    who = world.contact("lucia")
    (root,) = world.enter(world.publish(waiting()), [who])
    world.travel()
    world.publish(plan(start=enter(None)))

    world.event(VIEWED, who)

    assert world.row(root).position == "after"


# ------------------------------------------------------------------------------------------------ triggers


def test_an_event_lets_its_contact_enter(world: World) -> None:
    """The enrolment begins at the event's time, with what the event carried; the event itself ends no wait of it."""
    world.publish(plan(start=enter("w"), w=wait("1 day", None, seen=(VIEWED, None))), "J", on(VIEWED))

    result = world.events(Incoming("m1", VIEWED, START - HOUR, user_id="u1", properties={"sku": "TOY-01"}))
    world.travel()

    (row,) = world.rows(enrolment)
    assert result.entered == 1
    assert (row.cause, row.entered_at, row.lane, row.position) == ("m1", START - HOUR, "live", "w")
    assert row.trigger == {"name": VIEWED, "at": "2025-03-03T08:00:00Z", "properties": {"sku": "TOY-01"}}
    assert row.place == "resting"


def test_what_happened_before_the_journey_was_published_starts_none(world: World) -> None:
    """However late an event comes, it counts if its journey was there when it happened, in whichever version; one from
    before the first version, such as an imported history, lets nobody enter."""
    for _ in range(2):
        world.publish(plan(start=enter("r"), r=rest("9 days", None)), "J", on(VIEWED))
    with world.database.write() as connection:
        newest = select(func.max(plans.c.id)).scalar_subquery()
        connection.execute(update(plans).where(plans.c.id == newest).values(published_at=START))

    old = world.events(Incoming("old", VIEWED, START - DAY - 1, user_id="ann"))
    late = world.events(Incoming("late", VIEWED, START - DAY, user_id="bob"))

    assert (old.recorded, old.entered, late.entered) == (1, 0, 1)
    assert [row.cause for row in world.rows(enrolment)] == ["late"]


def test_a_trigger_asks_its_condition_of_event_and_contact(world: World) -> None:
    """The filter may read the event, the contact, its tags, its segments and what it did before."""
    world.contacts(["mario", "lucia"])
    condition: dict[str, Any] = {
        "op": "all",
        "of": [
            {"op": "more", "field": "event.total", "value": 100},
            {"op": "is", "field": "contact.first_name", "value": "lucia"},
            {"op": "did", "event": VIEWED, "at_least": 2},
        ],
    }  # fmt: skip
    world.publish(plan(start=enter(None)), "J", on(BOUGHT, condition))

    def buy(who: str, total: int, number: int) -> int:
        return world.events(Incoming(f"b{number}", BOUGHT, user_id=who, properties={"total": total})).entered

    world.events(Incoming("v1", VIEWED, user_id="lucia"), Incoming("v2", VIEWED, user_id="mario"))
    once = buy("lucia", 200, 1)
    world.events(Incoming("v3", VIEWED, user_id="lucia"), Incoming("v4", VIEWED, user_id="mario"))

    assert (once, buy("lucia", 100, 2), buy("mario", 200, 3), buy("lucia", 101, 4)) == (0, 0, 0, 1)


def test_events_that_come_together_are_asked_as_if_they_came_one_by_one(world: World) -> None:
    """The third view of three in one call is the third, and the first is not."""
    condition: dict[str, Any] = {"op": "did", "event": VIEWED, "at_least": 3}
    world.publish(plan(reentry="every_event", start=enter(None)), "J", on(VIEWED, condition))

    world.events(
        *(Incoming(f"m{number}", VIEWED, START - HOUR + number, user_id="u") for number in (3, 1, 2))
    )

    assert [row.cause for row in world.rows(enrolment)] == ["m3"]


def test_the_rule_of_re_entry_holds_for_triggers(world: World) -> None:
    """Once ever; again after the end; again after a time; every event."""
    rules = {
        "once": Reentry(),
        "after_end": Reentry(rule="after_end"),
        "after_time": Reentry(rule="after_time", after=Duration.parse("1 day")),
        "every_event": Reentry(rule="every_event"),
    }
    for name, reentry in rules.items():
        drawn = plan(settings=Settings(reentry=reentry), start=enter("r"), r=rest("1 hour", None))
        world.publish(drawn, name, on(VIEWED))
    who = world.contact("lucia")
    journeys = {row.id: row.name for row in world.rows(journey)}
    for wait_ms in (0, MINUTE, 2 * HOUR, 2 * DAY):
        world.travel(START + wait_ms)
        world.event(VIEWED, who)
    world.travel(START + 3 * DAY)

    entered: dict[str, int] = {}
    for row in world.rows(enrolment):
        entered[journeys[row.journey]] = entered.get(journeys[row.journey], 0) + 1
    assert entered == {"once": 1, "after_end": 3, "after_time": 2, "every_event": 4}


def test_nobody_enters_a_journey_that_is_not_running(world: World) -> None:
    """A paused or stopped journey lets nobody in; one that runs again does."""
    published = world.publish(plan(reentry="every_event", start=enter(None)), "J", on(VIEWED))
    who = world.contact("lucia")
    entered = []
    for state in ("paused", "stopped", "running"):
        with world.database.write() as connection:
            connection.execute(update(journey).where(journey.c.id == published.journey).values(state=state))
        entered.append(world.event(VIEWED, who).entered)

    assert entered == [0, 0, 1]


def test_a_new_version_of_a_journey_is_heard_at_once(world: World) -> None:
    """Listeners are read anew when a journey is published again, by another process too."""
    other = world.another()
    world.publish(plan(start=enter(None)), "J", on(VIEWED))
    world.event("nothing", world.contact("mario"))
    world.runtime, before = other, world.runtime
    published = world.publish(plan(start=enter(None)), "J", on(BOUGHT))
    world.runtime = before

    result = world.events(Incoming("m1", VIEWED, user_id="u1"), Incoming("m2", BOUGHT, user_id="u2"))

    assert result.entered == 1
    assert [(row.plan, row.cause) for row in world.rows(enrolment)] == [(published.id, "m2")]


def test_a_contact_who_goes_out_may_enter_again_by_a_later_event_of_the_same_call(world: World) -> None:
    """Of events that come together, one that was before the end finds the contact inside, and one after it does not."""
    drawn = plan(
        goals=[goal("g", BOUGHT, "bought")], reentry="after_end", start=enter("r"), r=rest("10 days", None)
    )  # fmt: skip
    world.publish(drawn, "J", on(VIEWED))
    who = world.contact("lucia")
    world.event(VIEWED, who, message_id="first")
    world.now += HOUR

    world.events(
        Incoming("before", VIEWED, START + 1, contact=who),
        Incoming("goal", BOUGHT, START + 2, contact=who),
        Incoming("after", VIEWED, START + 3, contact=who),
    )

    assert [(row.cause, row.place) for row in world.rows(enrolment)] == [
        ("first", "ended"),
        ("after", "admitted"),
    ]


def test_an_act_that_tags_sets_off_what_listens_to_the_tag(world: World) -> None:
    """What a node brings about reaches waits and triggers of all journeys, in its own transaction, once."""
    world.acts.code["act"] = lambda batch: add_tag_batch(batch, "VIP")
    tagging = world.publish(plan(start=enter("t"), t=act(done="r"), r=rest("1 day", None)), "tagging")
    has: dict[str, object] = {"op": "is", "field": "event.tag", "value": "VIP"}
    started = world.publish(plan(start=enter("r"), r=rest("1 day", None)), "started", on("tag.added", has))
    listens = world.publish(plan(start=enter("w"), w=wait(None, None, tagged=("tag.added", None))), "listens")
    who = world.contact("lucia")
    (waits,) = world.enter(listens, [who])
    world.travel()

    world.enter(tagging, [who])
    world.travel()
    world.enter(tagging, [world.contact("mario")], cause="api:2")
    world.travel()

    assert world.row(waits).result == "tagged"
    assert len(world.rows(enrolment, enrolment.c.journey == started.journey)) == 2
    assert len(world.rows(event, event.c.name == "tag.added")) == 2


def test_profiles_and_events_of_one_identify_call(world: World) -> None:
    """An identify call says something of its contact, and is recorded; what is wrong in it is left out and told."""
    result = world.events(
        Incoming(
            "m1",
            "identify",
            user_id="u1",
            traits={"email": "U@Example.com", "firstName": "Ann", "phone": "12"},
        )
    )

    (row,) = world.rows(contact)
    assert (row.external_id, row.email, row.first_name, row.phone) == ("u1", "u@example.com", "Ann", None)
    assert [(one, problem.field) for one, problem in result.problems] == [("m1", "phone")]
