"""Phase 3, lower: from what is drawn to what the engine does. It relies on the checks having found no error."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal, cast

from engine.flow import contract as c
from engine.flow import plan as p
from engine.flow.condition import (
    ORDER_COMPLETED,
    Compare,
    Condition,
    InSegment,
    Tagged,
    condition_json,
    counted_order,
)
from engine.flow.condition import Bought as HasBought
from engine.flow.document import Promotion, Settings, Template
from engine.flow.manifest import Manifest
from engine.flow.resolve import Resolved, ResolvedNode
from engine.flow.world import World

_EVENTS = {
    "opened": (
        "message.clicked",
        "message.opened",
    ),  # A click without an open means that its picture was blocked.
    "clicked": ("message.clicked",),
    "delivered": ("message.delivered",),
    "bounced": ("message.bounced",),
}


@dataclass
class Lowered:
    """The parts of a plan, before the order of visits is known."""

    nodes: dict[str, p.PlanNode] = field(default_factory=dict)
    triggers: list[p.Trigger] = field(default_factory=list)
    goals: list[p.Goal] = field(default_factory=list)
    settings: Settings = field(default_factory=Settings)
    templates: dict[str, Template] = field(default_factory=dict)
    promotions: dict[str, Promotion] = field(default_factory=dict)


def lower(resolved: Resolved, world: World) -> Lowered:
    """Every node as an operation, what starts and ends the journey, and the content that it uses."""
    lowered = Lowered(settings=_settings(resolved.flowchart.settings))
    lowering = _Lowering(resolved, lowered)
    for node in resolved.nodes.values():
        lowering.add(node)
    templates = {**world.templates, **resolved.flowchart.templates}
    promotions = {**world.promotions, **resolved.flowchart.promotions}
    for node in resolved.nodes.values():
        lowered.templates |= {name: _template(templates[name]) for _, name in node.names("template")}
        lowered.promotions |= {name: promotions[name] for _, name in node.names("promotion")}
    return lowered


def _template(template: Template) -> Template:
    """The template in its one spelling: a part without a word is none."""
    return template.model_copy(update={name: None for name, part in template if part == ""})


def _settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"holidays": sorted(set(settings.holidays))})


class _Lowering:
    def __init__(self, resolved: Resolved, lowered: Lowered) -> None:
        self.resolved = resolved
        self.lowered = lowered
        self.before_goal = resolved.before_goal

    def add(self, node: ResolvedNode) -> None:
        """Lower one node into the plan."""
        manifest = node.manifest
        assert manifest is not None
        if isinstance(node.contract, c.Goal):
            self.lowered.goals.append(_goal(node, node.contract, self.onward(node, "reached")))
            return
        if manifest.operation == "enter":
            self.lowered.triggers.append(_trigger(node, manifest))
        if isinstance(node.contract, c.Exit):
            operation, ports = self.exit(node, node.contract)
        else:
            operation = self.operation(node, manifest)
            ports = {port.key: self.onward(node, port.key) or self.end(node, port.key) for port in node.ports}
        self.lowered.nodes[node.id] = p.PlanNode(
            type=manifest.key,
            version=manifest.version,
            label=node.label,
            family=manifest.family,
            config=node.config if node.contract is None else node.contract.plain(),
            operation=operation,
            ports=ports,
        )

    def operation(self, node: ResolvedNode, manifest: Manifest) -> p.Operation:
        """What the engine does at a node that is no exit and no goal."""
        match node.contract:
            case None:
                usual = manifest.ports[0].key if manifest.ports else None
                return p.Act(effect=manifest.effect, attempts=manifest.attempts, usual=usual)
            case c.Parallel(branches=branches):
                ports = tuple(branch.port for branch in branches)
                return p.Fork(ports=ports, merge=self.resolved.strands.merge_of[node.id])
            case c.Merge(mode=mode):
                return p.Merge(fork=self.resolved.strands.fork_of[node.id], mode=mode, port="done")
            case contract:
                return _OPERATIONS[type(contract)](node, contract)

    def onward(self, node: ResolvedNode, port: str) -> str | None:
        """Where a connected port leads. Whoever has reached the goal waits for no other at an exit that others share."""
        target = node.out.get(port)
        exit_ = None if target is None else self.resolved.nodes[target].contract
        shared = target in self.before_goal and node.id not in self.before_goal
        if shared and isinstance(exit_, c.Exit) and exit_.when == "goal_or_limit":
            return self.last(exit_.result)
        return target

    def end(self, node: ResolvedNode, port: str) -> str | None:
        """Where an open port leads: to the wait for the goal, if there is one, else to the end at once.

        Between a fork and its merge it ends one strand only, which must not keep the others waiting.
        """
        if node.id not in self.before_goal or node.id in self.resolved.strands.merged:
            return None
        return self.limit(port)

    def exit(self, node: ResolvedNode, contract: c.Exit) -> tuple[p.Operation, dict[str, str | None]]:
        """An exit ends at once, or rests itself until the limit, save between a fork and its merge."""
        waits = node.id in self.before_goal and node.id not in self.resolved.strands.merged
        if contract.when == "at_once" or not waits:
            return p.Exit(result=contract.result), {"ended": None}
        rest = p.RestFor(duration=self.lowered.settings.limit, port="ended")
        return rest, {"ended": self.last(contract.result)}

    def limit(self, result: str) -> str:
        """The node that waits for the goal, and ends with `result` when the limit comes first."""
        name = f"{p.UNDRAWN}limit:{result}"
        if name not in self.lowered.nodes:
            rest = p.RestFor(duration=self.lowered.settings.limit, port="done")
            self.lowered.nodes[name] = _implicit("Wait for the goal", rest, {"done": self.last(result)})
        return name

    def last(self, result: str) -> str:
        """The node that ends with `result`."""
        name = f"{p.UNDRAWN}exit:{result}"
        self.lowered.nodes[name] = _implicit("Exit", p.Exit(result=result), {"ended": None})
        return name


def _implicit(label: str, operation: p.Operation, ports: dict[str, str | None]) -> p.PlanNode:
    """A node that nobody drew. Its id begins with UNDRAWN, with which no id in a document may."""
    return p.PlanNode(
        type="~", version=1, label=label, family="control", config={}, operation=operation, ports=ports
    )


# ------------------------------------------------------------------------------------------------ triggers, goals


def _trigger(node: ResolvedNode, manifest: Manifest) -> p.Trigger:
    kind = "api" if manifest.lowering == "api_call" else manifest.lowering
    params: dict[str, Any]
    match node.contract:
        case c.EventTrigger(event=event, where=where):
            params = _event(event, where)
        case c.SegmentTrigger(segment=segment, when=when):
            params = _event(f"segment.{when}", _is("event.segment", segment))
        case c.TagTrigger(tag=tag, when=when):
            params = _event(f"tag.{when}", _is("event.tag", tag))
        case contract:
            params = contract.plain() if contract is not None else {}
    return p.Trigger(
        node=node.id,
        kind=cast(Literal["event", "segment", "tag", "campaign", "api", "date"], kind),
        params=params,
    )


def _event(event: str, where: Condition | None) -> dict[str, Any]:
    return {"event": event, "where": None if where is None else condition_json(where)}


def _is(name: str, value: str) -> Condition:
    return Compare(op="is", field=name, value=value)


def _goal(node: ResolvedNode, contract: c.Goal, target: str | None) -> p.Goal:
    arms = tuple(
        p.Arm(events=(pick.event,), where=pick.where, message_of=contract.message_of, port="reached")
        for pick in contract.events
    )
    return p.Goal(
        node=node.id,
        label=node.label,
        arms=arms,
        result=contract.result,
        target=target,
        port="reached",
    )


# ------------------------------------------------------------------------------------------------ operations


def _delay(node: ResolvedNode, contract: c.Delay) -> p.Operation:
    return p.RestFor(duration=contract.for_, port="done")


def _wait_until(node: ResolvedNode, contract: c.WaitUntil) -> p.Operation:
    dated = contract.date is not None or contract.attribute is not None
    has_past = dated and any(port.key == "past" for port in node.ports)
    fields = contract.model_dump(by_alias=True)
    return p.RestUntil(**fields, port="done", past_port="past" if has_past else None)


def _engagement(node: ResolvedNode, contract: c.Engagement) -> p.Operation:
    arm = p.Arm(events=_EVENTS[contract.what], message_of=contract.message, port="yes")
    return p.Wait(
        arms=(arm,),
        since=contract.message,
        timer_from_anchor=True,
        within=contract.within,
        timeout_port=None if contract.within is None else "no",
    )


def _wait_for(node: ResolvedNode, contract: c.WaitFor) -> p.Operation:
    return p.Wait(
        arms=tuple(p.Arm(events=(pick.event,), where=pick.where, port=pick.port) for pick in contract.events),
        since=contract.since,
        timer_from_anchor=contract.timer_from == "since" and contract.since != "here",
        within=contract.within,
        timeout_port=None if contract.within is None else "timeout",
    )


def _bought(node: ResolvedNode, contract: c.Bought) -> p.Operation:
    if contract.within is None:
        condition = HasBought(channel=contract.channel, since_anchor=True)
        return _yes_or_no(condition, "bought", "not_bought", contract.since)
    arm = p.Arm(
        events=(ORDER_COMPLETED,), where=counted_order(contract.channel), port="bought", unless_cancelled=True
    )
    return p.Wait(arms=(arm,), since=contract.since, within=contract.within, timeout_port="not_bought")


def _yes_or_no(condition: Condition, yes: str = "yes", no: str = "no", since: str = "entry") -> p.Operation:
    return p.Ask(branches=(p.Branch(port=yes, condition=condition),), otherwise=no, since=since)


def _split(node: ResolvedNode, contract: c.Split) -> p.Operation:
    branches = tuple(p.Branch(port=branch.port, condition=branch.condition) for branch in contract.branches)
    return p.Ask(branches=branches, otherwise="otherwise")


def _random_split(node: ResolvedNode, contract: c.RandomSplit) -> p.Operation:
    arms = tuple(p.Share(port=arm.port, weight=arm.weight) for arm in contract.arms)
    return p.Draw(arms=arms, salt=contract.key or node.id)


_OPERATIONS: dict[type[c.Contract], Callable[[ResolvedNode, Any], p.Operation]] = {
    **dict.fromkeys(
        (c.EventTrigger, c.SegmentTrigger, c.TagTrigger, c.CampaignTrigger, c.ApiTrigger, c.DateTrigger),
        lambda node, contract: p.Enter(),
    ),
    c.Delay: _delay,
    c.WaitUntil: _wait_until,
    c.Engagement: _engagement,
    c.WaitFor: _wait_for,
    c.Bought: _bought,
    c.Question: lambda node, contract: _yes_or_no(contract.condition),
    c.HasTag: lambda node, contract: _yes_or_no(Tagged(tag=contract.tag)),
    c.InSegment: lambda node, contract: _yes_or_no(InSegment(segment=contract.segment)),
    c.Attribute: lambda node, contract: _yes_or_no(contract.condition),
    c.Split: _split,
    c.RandomSplit: _random_split,
    c.Repeat: lambda node, contract: p.Repeat(most=contract.times, again="again", done="done"),
}
