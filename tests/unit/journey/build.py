"""A tiny language for plans in tests: one function a kind of node, and `plan` to put them together.

    plan(
        start=enter("mail"),
        mail=act(sent="opened?"),
        **{"opened?": wait("2 days", timeout="sms", opened=("message.opened", "done", "mail"))},
        ...
    )

A port leads to a node's id, or to None where it is left open. Nodes are given in the order of visits.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from engine.flow.condition import Condition
from engine.flow.document import Reentry, Settings
from engine.flow.duration import Duration
from engine.flow.plan import (
    Act,
    Arm,
    Ask,
    Branch,
    Draw,
    Enter,
    Exit,
    Fork,
    Goal,
    Merge,
    Operation,
    Plan,
    PlanNode,
    Repeat,
    RestFor,
    RestUntil,
    Share,
    Trigger,
    Wait,
)

Family = Literal["trigger", "state", "act", "control"]
Listen = tuple[str, str | None] | tuple[str, str | None, str]
"""An event's name, the node that it leads to, and the node whose message it must be about, if any."""


def plan(
    goals: Iterable[Goal] = (), *, reentry: str = "once", settings: Settings | None = None, **nodes: PlanNode
) -> Plan:
    """A plan of these nodes; the first is the trigger's. Labels are the nodes' ids."""
    named = {node_id: node.model_copy(update={"label": node_id}) for node_id, node in nodes.items()}
    first = next(iter(nodes))
    return Plan(
        nodes=named,
        triggers=(Trigger(node=first, kind="api", params={}),),
        goals=tuple(goals),
        settings=settings or Settings(reentry=Reentry.model_validate({"rule": reentry})),
        templates={},
        promotions={},
        order=tuple(nodes),
        listens=(),
    )


def node(operation: Operation, family: Family, **ports: str | None) -> PlanNode:
    """A node with an operation and its ports."""
    return PlanNode(
        type=operation.op,
        version=1,
        label="",
        family=family,
        config={},
        operation=operation,
        ports=dict(ports),
    )


def enter(to: str | None) -> PlanNode:
    """A trigger."""
    return node(Enter(), "trigger", entered=to)


def rest(duration: str, to: str | None) -> PlanNode:
    """A delay."""
    return node(RestFor(duration=Duration.parse(duration), port="on"), "control", on=to)


def until(to: str | None, past: str | None = None, **when: object) -> PlanNode:
    """A rest until a date, an attribute or a window; `past` is where those go for whom it has gone by."""
    operation = RestUntil.model_validate({"port": "on", "past_port": "past", **when})
    return node(operation, "control", on=to, past=past)


def wait(
    within: str | None,
    timeout: str | None = None,
    *,
    since: str = "here",
    timer_from_anchor: bool = False,
    **arms: Listen,
) -> PlanNode:
    """A wait for events, each arm a port. `timeout` is where the port of the same name leads."""
    operation = Wait(
        arms=tuple(arm(port, *listen) for port, listen in arms.items()),
        since=since,
        timer_from_anchor=timer_from_anchor,
        within=None if within is None else Duration.parse(within),
        timeout_port=None if within is None else "timeout",
    )
    ports = {port: listen[1] for port, listen in arms.items()}
    if within is not None:
        ports["timeout"] = timeout
    return node(operation, "state", **ports)


def arm(port: str, event: str, to: str | None = None, message_of: str | None = None) -> Arm:
    """One thing that a wait or a goal listens for."""
    return Arm(events=(event,), message_of=message_of, port=port)


def ask(condition: Condition, yes: str | None, no: str | None, since: str = "entry") -> PlanNode:
    """A question with two answers."""
    operation = Ask(branches=(Branch(port="yes", condition=condition),), otherwise="no", since=since)
    return node(operation, "state", yes=yes, no=no)


def draw(salt: str, **ports: str | None) -> PlanNode:
    """A random split with equal arms."""
    arms = tuple(Share(port=port, weight=1) for port in ports)
    return node(Draw(arms=arms, salt=salt), "control", **ports)


def fork(merge: str | None, **ports: str | None) -> PlanNode:
    """All ports at once."""
    return node(Fork(ports=tuple(ports), merge=merge), "control", **ports)


def merge(of: str, mode: Literal["all", "any"], to: str | None) -> PlanNode:
    """Where the strands of a fork meet."""
    return node(Merge(fork=of, mode=mode, port="on"), "control", on=to)


def repeat(most: int, again: str | None, done: str | None) -> PlanNode:
    """At most so many times again."""
    return node(Repeat(most=most, again="again", done="done"), "control", again=again, done=done)


def leave(result: str) -> PlanNode:
    """An exit with a result."""
    return node(Exit(result=result), "control", end=None)


def act(attempts: int = 10, **ports: str | None) -> PlanNode:
    """An act; a rehearsal takes its first port."""
    return node(Act(effect="once", attempts=attempts, usual=next(iter(ports))), "act", **ports)


def goal(node_id: str, event: str, result: str, target: str | None = None) -> Goal:
    """A goal that one event reaches."""
    return Goal(node=node_id, arms=(arm("reached", event),), result=result, target=target, port="reached")
