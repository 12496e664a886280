"""Lowering: what each kind of node becomes in the plan."""

from typing import Any

import pytest

from engine.flow.condition import counted_order
from engine.flow.plan import Act, Ask, Draw, Exit, Operation, Repeat, RestFor, RestUntil, Wait
from tests.unit.flow.drawing import FIRST_PORT, draw, plan_of
from tests.unit.journey.story import given

BRANCHING = {
    "engagement": "no", "wait_for": "timeout", "bought": "not_bought", "condition": "no", "has_tag": "no",
    "in_segment": "no", "attribute": "no", "split": "otherwise", "random_split": "b", "repeat": "done",
}  # fmt: skip


def operation_of(kind: str, **config: Any) -> Operation:
    """What a node of a type becomes, behind an email and a delay."""
    paths = f"in:event -> mail:send_email -> note:note -> n:{kind} -> d:delay -> out:exit"
    if kind == "repeat":
        paths = "in:event -> mail:send_email -> n:repeat -> d:delay -> n -done-> out:exit"
    elif kind in BRANCHING and BRANCHING[kind] != FIRST_PORT.get(kind):
        paths += f"\nn -{BRANCHING[kind]}-> out"
    return plan_of(draw(paths, n=config)).nodes["n"].operation


def test_a_delay_rests_for_its_duration() -> None:
    """A delay is a rest with a length."""
    operation = operation_of("delay", **{"for": "90 minutes"})

    assert isinstance(operation, RestFor)
    assert (str(operation.duration), operation.port) == ("90 minutes", "done")


def test_a_date_has_a_way_out_for_those_who_come_too_late() -> None:
    """Only a rest until a date can be too late; a time of day always comes again."""
    dated = operation_of("wait_until", at=None, attribute="contact.renewal", offset_days=-7)
    daily = operation_of("wait_until", at="9:00", weekdays=[4, 0, 4])

    assert isinstance(dated, RestUntil)
    assert (dated.attribute, dated.offset_days, dated.past_port) == ("contact.renewal", -7, "past")
    assert isinstance(daily, RestUntil)
    assert (daily.at, daily.weekdays, daily.past_port) == ("09:00", (0, 4), None)


def test_opened_counts_a_click_too() -> None:
    """Who clicked has opened, also where pictures are blocked; only the message of this enrolment counts."""
    operation = operation_of("engagement", message="mail", within="2 days")

    assert isinstance(operation, Wait)
    (arm,) = operation.arms
    assert arm.events == ("message.clicked", "message.opened")
    assert (arm.message_of, arm.port) == ("mail", "yes")
    assert (operation.since, operation.timer_from_anchor, operation.timeout_port) == ("mail", True, "no")


def test_a_wait_without_a_limit_has_no_timeout() -> None:
    """Without a limit there is no port for it either."""
    operation = operation_of("engagement", what="clicked", within=None)

    assert isinstance(operation, Wait)
    assert (operation.within, operation.timeout_port) == (None, None)
    assert operation.arms[0].events == ("message.clicked",)


def test_a_wait_for_events_has_an_arm_for_each() -> None:
    """Each event keeps its filter and its port; the order in which they are drawn decides between them."""
    where = {"op": "is", "field": "event.sku", "value": "TOY-01"}
    events = [
        {"event": "Product Viewed", "port": "visited", "where": where},
        {"event": "Order Completed", "port": "bought"},
    ]
    paths = """in:event -> mail:send_email -> n:wait_for -> out:exit
    n -bought-> out
    n -timeout-> out"""
    config = {"events": events, "since": "mail", "timer_from": "since", "within": "3 days"}
    operation = plan_of(draw(paths, n=config)).nodes["n"].operation

    assert isinstance(operation, Wait)
    assert [(arm.events, arm.port) for arm in operation.arms] == [
        (("Product Viewed",), "visited"),
        (("Order Completed",), "bought"),
    ]
    assert operation.arms[0].where is not None
    assert (operation.since, operation.timer_from_anchor, operation.timeout_port) == ("mail", True, "timeout")


def test_bought_with_a_limit_is_a_wait() -> None:
    """With a time to wait, a purchase is waited for."""
    operation = operation_of("bought", channel="online", within="2 days", since="entry")

    assert isinstance(operation, Wait)
    (arm,) = operation.arms
    assert (arm.events, arm.where, arm.port) == (("Order Completed",), counted_order("online"), "bought")
    assert arm.unless_cancelled
    assert (operation.since, operation.timer_from_anchor, operation.timeout_port) == (
        "entry",
        False,
        "not_bought",
    )


def test_bought_without_a_limit_is_a_question() -> None:
    """Without a time to wait, it is asked whether there was one."""
    operation = operation_of("bought", since="note")

    assert isinstance(operation, Ask)
    assert (operation.branches[0].port, operation.otherwise, operation.since) == (
        "bought",
        "not_bought",
        "note",
    )


@pytest.mark.parametrize(
    ("kind", "config", "asked"),
    [
        ("condition", {}, {"op": "tagged", "tag": "ATTIVO"}),
        ("has_tag", {}, {"op": "tagged", "tag": "ATTIVO"}),
        ("in_segment", {}, {"op": "in_segment", "segment": "vip"}),
        ("attribute", {}, {"op": "is", "field": "contact.attributes.city", "value": "Rome"}),
        ("attribute", {"op": "exists", "value": None}, {"op": "exists", "field": "contact.attributes.city"}),
        (
            "attribute",
            {"op": "one_of", "value": ["Rome", "Milan"]},
            {"op": "one_of", "field": "contact.attributes.city", "value": ["Milan", "Rome"]},
        ),
    ],
)
def test_a_state_that_asks_is_a_question(kind: str, config: dict[str, Any], asked: dict[str, Any]) -> None:
    """Each asks one condition, with a way out for yes and one for no."""
    operation = operation_of(kind, **config)

    assert isinstance(operation, Ask)
    (branch,) = operation.branches
    assert branch.condition.model_dump(mode="json") == asked
    assert (branch.port, operation.otherwise) == ("yes", "no")


def test_a_split_asks_its_branches_in_order() -> None:
    """The first branch that holds is taken, else `otherwise`."""
    operation = operation_of("split")

    assert isinstance(operation, Ask)
    assert ([branch.port for branch in operation.branches], operation.otherwise) == (["vip"], "otherwise")


def test_a_random_split_draws_by_its_key_or_its_id() -> None:
    """The salt is the node's and no plan's, so that a new version keeps everybody's arm; publishing adds the journey."""
    plain = operation_of("random_split")
    keyed = operation_of("random_split", key="subject-test", arms=[{"port": "a", "weight": 3}, {"port": "b"}])

    assert isinstance(plain, Draw)
    assert isinstance(keyed, Draw)
    assert (plain.salt, keyed.salt) == ("n", "subject-test")
    assert [(arm.port, arm.weight) for arm in keyed.arms] == [("a", 3), ("b", 1)]


def test_a_repeat_knows_its_number() -> None:
    """Three times is the default."""
    operation = operation_of("repeat")

    assert isinstance(operation, Repeat)
    assert (operation.most, operation.again, operation.done) == (3, "again", "done")


def test_an_act_keeps_its_config_with_defaults() -> None:
    """The node's code gets what was written and the schema's defaults; the usual port is its type's first."""
    node = plan_of(draw("in:campaign -> mail:send_email -> out:exit")).nodes["mail"]

    assert node.config == {"template": "launch", "promotion": None, "account": None}
    assert node.operation == Act(effect="once", attempts=10, usual="sent")
    assert node.ports == {"sent": "out", "unreachable": None}


def test_somebody_elses_type_may_reuse_a_lowering() -> None:
    """What a type means to the engine is its lowering, not its key."""
    from engine.flow.compile import compile_flowchart
    from engine.flow.manifest import Catalog
    from tests.unit.flow.drawing import a_world
    from tests.unit.flow.manifests import CATALOG

    pause = CATALOG.get("delay", 1)
    assert pause is not None
    catalog = Catalog([*CATALOG, pause.model_copy(update={"key": "acme.pause", "package": "acme"})])
    document = draw("in:campaign -> d:acme.pause -> out:exit", d={"for": "1 hour"})

    operation = compile_flowchart(document, catalog, a_world()).nodes["d"].operation

    assert isinstance(operation, RestFor)


# ------------------------------------------------------------------------------------------------ triggers


@pytest.mark.parametrize(
    ("kind", "config", "expected"),
    [
        ("event", {}, ("event", {"event": "Product Viewed", "where": None})),
        (
            "segment",
            {"when": "left"},
            ("segment", {"event": "segment.left", "where": ("event.properties.segment", "vip")}),
        ),
        ("tag", {}, ("tag", {"event": "tag.added", "where": ("event.properties.tag", "ATTIVO")})),
        ("campaign", {}, ("campaign", {})),
        ("api_call", {}, ("api", {})),
        (
            "date",
            {"yearly": True},
            ("date", {"attribute": "birthday", "yearly": True, "offset_days": 0, "at": None}),
        ),
    ],
)
def test_triggers_become_events_with_a_filter(kind: str, config: dict[str, Any], expected: Any) -> None:
    """Segments and tags are entered by their events; each trigger keeps its own parameters."""
    (trigger,) = plan_of(draw(f"in:{kind} -> out:exit", **{"in": config})).triggers
    params = dict(trigger.params)
    if isinstance(params.get("where"), dict):
        params["where"] = (params["where"]["field"], params["where"]["value"])

    assert (trigger.kind, params) == expected


def test_a_plan_listens_for_what_it_waits_for() -> None:
    """The names of the events of triggers, waits and goals, each once, in order."""
    paths = """in:event -> mail:send_email -> open:engagement -> b:bought -> out:exit
    b -not_bought-> out
    open -no-> out
    g:goal"""

    plan = plan_of(draw(paths, b={"within": "1 day"}))

    assert plan.listens == ("Order Completed", "Product Viewed", "message.clicked", "message.opened")


# ------------------------------------------------------------------------------------------------ goals, ends

WITH_GOAL = "in:campaign -> mail:send_email -> open:engagement -> out:exit\nopen -no-> out\ng:goal"


def test_a_goal_is_no_node_but_a_watch() -> None:
    """A goal has its events, its result, and where it sends those who reach it."""
    plan = plan_of(draw(f"{WITH_GOAL} -> thanks:send_sms -> bye:exit", g={"message_of": "mail"}))
    (goal,) = plan.goals

    assert "g" not in plan.nodes
    assert (goal.node, goal.result, goal.target, goal.port) == ("g", "converted", "thanks", "reached")
    assert [(arm.events, arm.message_of) for arm in goal.arms] == [(("Order Completed",), "mail")]


def test_an_open_port_waits_for_the_goal() -> None:
    """Who is past the last act rests until the goal or the limit, and ends with the port's name."""
    plan = plan_of(draw(WITH_GOAL, settings={"limit": "3 days"}))
    limit = plan.nodes["~limit:unreachable"]

    assert plan.nodes["mail"].ports["unreachable"] == "~limit:unreachable"
    assert isinstance(limit.operation, RestFor)
    assert str(limit.operation.duration) == "3 days"
    assert limit.ports == {"done": "~exit:unreachable"}
    assert plan.nodes["~exit:unreachable"].operation == Exit(result="unreachable")
    assert plan.nodes["~exit:unreachable"].ports == {"ended": None}


def test_without_a_goal_an_open_port_ends_at_once() -> None:
    """There is nothing to wait for."""
    plan = plan_of(draw(WITH_GOAL.replace("\ng:goal", "")))

    assert plan.nodes["mail"].ports["unreachable"] is None
    assert not [node for node in plan.nodes if node.startswith("~")]


def test_an_exit_may_wait_for_the_goal() -> None:
    """Such an exit rests itself, and then ends with its result."""
    plan = plan_of(draw(WITH_GOAL, out={"when": "goal_or_limit"}))

    assert isinstance(plan.nodes["out"].operation, RestFor)
    assert plan.nodes["out"].ports == {"ended": "~exit:done"}


def test_an_exit_ends_at_once_by_default() -> None:
    """Also in a journey with a goal."""
    node = plan_of(draw(WITH_GOAL)).nodes["out"]

    assert node.operation == Exit(result="done")
    assert node.ports == {"ended": None}


def test_who_has_reached_the_goal_does_not_wait_for_it_again() -> None:
    """A node that only comes after the goal ends at once."""
    plan = plan_of(draw(f"{WITH_GOAL} -> thanks:send_sms -> bye:exit"))

    assert (
        plan.nodes["thanks"].ports == {"sent": None, "unreachable": None}
        or "sent" in plan.nodes["thanks"].ports
    )


def test_a_strand_that_ends_does_not_keep_the_others_waiting() -> None:
    """An open port between a fork and its merge ends its strand at once, goal or no goal."""
    paths = """in:campaign -> par:parallel -> mail:send_email -> m:merge -> out:exit
    par -b-> sms:send_sms -> m
    g:goal"""

    assert plan_of(draw(paths)).nodes["mail"].ports == {"sent": "m", "unreachable": None}


# ------------------------------------------------------------------------------------------------ content


def test_only_content_that_is_used_is_pinned() -> None:
    """The plan holds the templates and promotions that its nodes name, from the journey or from the library."""
    from tests.unit.flow.faulty import LIBRARY, content_world

    document = draw("in:campaign -> mail:send_email -> out:exit", mail={"template": "from-library"})

    plan = plan_of(document, content_world(**LIBRARY))

    assert list(plan.templates) == ["from-library"]
    assert plan.promotions == {}


def test_the_journeys_own_content_comes_before_the_librarys() -> None:
    """A template of the same name in the journey wins."""
    from engine.flow.document import Template
    from tests.unit.flow.drawing import a_world

    library = {"launch": Template(channel="email", subject="From the library", text="x")}

    plan = plan_of(draw("in:campaign -> mail:send_email -> out:exit"), a_world(templates=library))

    assert plan.templates["launch"].subject == "New"


def test_who_has_reached_the_goal_does_not_wait_at_an_exit_that_others_share() -> None:
    """The exit rests for those who still hope; whoever comes to it from behind the goal ends at once."""
    paths = f"{WITH_GOAL} -> thanks:send_sms -> out"

    story = given(plan_of(draw(paths, out={"when": "goal_or_limit"}))).after(hours=1)

    assert story.event("Order Completed").after(minutes=1).told()[-1] == "ended: done"


def test_a_strand_at_an_exit_does_not_hold_the_merge() -> None:
    """Between a fork and its merge an exit ends its strand at once, even one that would wait for the goal."""
    paths = """in:campaign -> par:parallel -> open:condition -> m:merge -> mail:send_email -> out:exit
    open -no-> lost:exit
    par -b-> d:delay -> m
    g:goal"""

    story = given(plan_of(draw(paths, lost={"when": "goal_or_limit"}, d={"for": "1 hour"}))).after(hours=2)

    assert story.told()[-1] == "ended: done"


def test_a_part_without_words_is_none() -> None:
    """Whether it was emptied or never filled, the plan has the same bytes."""
    one, other = (
        draw("in:campaign -> mail:send_email -> out:exit"),
        draw("in:campaign -> mail:send_email -> out:exit"),
    )
    one["templates"]["launch"] |= {"html": ""}

    assert plan_of(one).digest == plan_of(other).digest
