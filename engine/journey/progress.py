"""How travellers get on within a leg: they pass a node, are committed, end, or are cut off.

Two rules decide when a trail is committed. What rests on something read or done is committed before an act follows, as
another attempt might find it different. And a strand is committed at every step, so that its siblings see it as soon as
it happened; an enrolment that is not forked pays nothing for this.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from engine.flow.plan import MOST_STEPS, Exit, Merge, Operation, Plan
from engine.journey.host import Host, Scope
from engine.journey.time import zone
from engine.journey.traveller import Traveller

LOOP_CODE = "loop"
"""Why an enrolment is parked whose leg does not end."""


@dataclass(frozen=True, slots=True)
class Leg:
    """What holds for the whole leg. `due` is its business instant; `steps` counts those of each enrolment in it."""

    plan: Plan
    host: Host
    due: int
    most: int = MOST_STEPS
    steps: dict[int, int] = field(default_factory=dict)

    def operation(self, node_id: str) -> Operation:
        """What the engine does at a node."""
        return self.plan.nodes[node_id].operation

    def zone(self, traveller: Traveller) -> ZoneInfo:
        """The contact's time zone, else the journey's."""
        return zone(traveller.timezone, self.plan.settings.timezone)

    def leave(
        self,
        traveller: Traveller,
        port: str,
        at: int,
        *,
        cause: str = "flow",
        order: int | None = None,
        output: dict[str, Any] | None = None,
    ) -> None:
        """Let a traveller leave its node by `port`, and count the step."""
        self.steps[traveller.root] = self.steps.get(traveller.root, 0) + 1
        traveller.leave(self.plan, port, at, cause=cause, order=order, output=output)


def cut(leg: Leg, group: list[Traveller]) -> list[Traveller]:
    """Park those whose enrolment has made all the steps that one leg may have; the others go on."""
    over = [traveller for traveller in group if leg.steps.get(traveller.root, 0) >= leg.most]
    if not over:
        return group
    with leg.host.scope(over) as scope:
        for traveller in scope.held:
            scope.park(traveller, LOOP_CODE)
    return [traveller for traveller in group if leg.steps.get(traveller.root, 0) < leg.most]


def pass_on(leg: Leg, group: list[Traveller]) -> list[Traveller]:
    """After a node at which nobody stands still: strands, and whoever has come to an end, are committed."""
    at_once = [t for t in group if t.parent is not None or t.ending is not None]
    carried = [t for t in group if t.parent is None and t.ending is None]
    return carried + commit(leg, at_once)


def commit(leg: Leg, group: Sequence[Traveller]) -> list[Traveller]:
    """Commit each one's trail, and end whoever can go no further. Returns those who can go on."""
    if not group:
        return []
    with leg.host.scope(group) as scope:
        return go_on(leg, scope, scope.held)


def commit_decided(leg: Leg, group: list[Traveller]) -> list[Traveller]:
    """Commit the trails that another attempt might find different; the others keep theirs."""
    decided = commit(leg, [traveller for traveller in group if traveller.decided])
    if not decided:
        return [traveller for traveller in group if not traveller.decided]
    kept = {traveller.strand for traveller in decided}
    return [traveller for traveller in group if not traveller.decided or traveller.strand in kept]


def go_on(leg: Leg, scope: Scope, travellers: Iterable[Traveller]) -> list[Traveller]:
    """Commit travellers that have just left a node, or end those who can go no further, within this scope."""
    onward: list[Traveller] = []
    for traveller in travellers:
        if traveller.ending is None and not isinstance(leg.operation(traveller.position), Exit):
            scope.onward(traveller)
            onward.append(traveller)
        else:
            onward += end(leg, scope, traveller)
    return onward


def end(leg: Leg, scope: Scope, traveller: Traveller) -> list[Traveller]:
    """End a traveller by its open port or at its exit. Returns the parent that may move on because of it, if any."""
    result = traveller.ending
    if result is None:
        operation = leg.operation(traveller.position)
        assert isinstance(operation, Exit)
        result = operation.result
        leg.leave(traveller, next(iter(leg.plan.nodes[traveller.position].ports)), traveller.at)
    parent = scope.end(traveller, result)
    return [] if parent is None else behind_merge(leg, scope, parent)


def behind_merge(leg: Leg, scope: Scope, parent: Traveller) -> list[Traveller]:
    """Let a parent whose strands are done leave by its merge's port."""
    merge = leg.operation(parent.position)
    assert isinstance(merge, Merge)
    leg.leave(parent, merge.port, parent.at)
    return go_on(leg, scope, [parent])
