"""What the engine does with a group at a node, one function an operation. Each returns those who can go on.

Steps gather in the travellers' trails; a scope commits them. A traveller leaves a scope only if its fence held.
"""

from collections.abc import Callable

from engine.flow.plan import (
    Act,
    Ask,
    Draw,
    Enter,
    Exit,
    Fork,
    Merge,
    PlanNode,
    Repeat,
    RestFor,
    RestUntil,
    Wait,
)
from engine.journey.acting import act
from engine.journey.draw import draw
from engine.journey.progress import Leg, behind_merge, commit, cut, end, pass_on
from engine.journey.standing import rest_for, rest_until, wait
from engine.journey.traveller import Traveller


def visit(leg: Leg, node_id: str, group: list[Traveller]) -> list[Traveller]:
    """Run one node for a group that stands at it, or is about to run it."""
    node = leg.plan.nodes[node_id]
    if not isinstance(node.operation, Exit):
        group = cut(leg, group)
    return _HANDLERS[type(node.operation)](leg, node_id, node, group) if group else []


def _enter(leg: Leg, node_id: str, node: PlanNode, group: list[Traveller]) -> list[Traveller]:
    for traveller in group:
        leg.leave(traveller, next(iter(node.ports)), traveller.at)
    return pass_on(leg, group)


def _draw(leg: Leg, node_id: str, node: PlanNode, group: list[Traveller]) -> list[Traveller]:
    assert isinstance(node.operation, Draw)
    for traveller in group:
        leg.leave(traveller, draw(node.operation, traveller.drawn_as), traveller.at)
    return pass_on(leg, group)


def _ask(leg: Leg, node_id: str, node: PlanNode, group: list[Traveller]) -> list[Traveller]:
    for traveller, port in zip(group, leg.host.ask(node, group, leg.due), strict=True):
        leg.leave(traveller, port, traveller.at)
        traveller.decided = True
    return pass_on(leg, group)


def _repeat(leg: Leg, node_id: str, node: PlanNode, group: list[Traveller]) -> list[Traveller]:
    operation = node.operation
    assert isinstance(operation, Repeat)
    for traveller, count in zip(group, leg.host.repeats(node_id, group), strict=True):
        leg.leave(traveller, operation.again if count < operation.most else operation.done, traveller.at)
    return pass_on(leg, group)


def _exit(leg: Leg, node_id: str, node: PlanNode, group: list[Traveller]) -> list[Traveller]:
    return commit(leg, group)


def _fork(leg: Leg, node_id: str, node: PlanNode, group: list[Traveller]) -> list[Traveller]:
    assert isinstance(node.operation, Fork)
    with leg.host.scope(group) as scope:
        onward: list[Traveller] = []
        for traveller in scope.held:
            strands = scope.fork(traveller, node.operation)
            leg.steps[traveller.root] = leg.steps.get(traveller.root, 0) + len(strands)
            for strand in strands:
                onward += [strand] if strand.ending is None else end(leg, scope, strand)
        return onward


def _merge(leg: Leg, node_id: str, node: PlanNode, group: list[Traveller]) -> list[Traveller]:
    assert isinstance(node.operation, Merge)
    whole = [traveller for traveller in group if traveller.parent is None]
    for traveller in whole:
        leg.leave(traveller, node.operation.port, traveller.at)
    onward = pass_on(leg, whole)
    strands = [traveller for traveller in group if traveller.parent is not None]
    if not strands:
        return onward
    with leg.host.scope(strands) as scope:
        for traveller in sorted(scope.held, key=lambda t: (t.at, t.strand)):
            parent = scope.arrive(traveller, node_id)
            if parent is not None:
                onward += behind_merge(leg, scope, parent)
    return onward


_HANDLERS: dict[type, Callable[[Leg, str, PlanNode, list[Traveller]], list[Traveller]]] = {
    Enter: _enter,
    RestFor: rest_for,
    RestUntil: rest_until,
    Wait: wait,
    Ask: _ask,
    Draw: _draw,
    Fork: _fork,
    Merge: _merge,
    Repeat: _repeat,
    Exit: _exit,
    Act: act,
}
