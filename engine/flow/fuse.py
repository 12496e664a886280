"""Phase 4, fuse: how the operations join into legs, that is in which order a leg visits them, and what they listen for."""

from collections.abc import Mapping
from heapq import heapify, heappop, heappush

from engine.flow.graph import Graph
from engine.flow.lower import Lowered
from engine.flow.plan import Plan, PlanNode, RestFor, RestUntil, Wait


def fuse(lowered: Lowered) -> Plan:
    """The plan, with the order of visits and the names of events that anything in it waits for."""
    return Plan(
        nodes=lowered.nodes,
        triggers=tuple(lowered.triggers),
        goals=tuple(lowered.goals),
        settings=lowered.settings,
        templates=lowered.templates,
        promotions=lowered.promotions,
        order=order_of(lowered.nodes),
        listens=_listens(lowered),
    )


def order_of(nodes: Mapping[str, PlanNode]) -> tuple[str, ...]:
    """Each node after all that lead to it, where a loop is cut before its rests; ties in the order of ids.

    So a node runs once all are there who will come to it in this leg: a leg begins at rests, and ends at them.
    """
    targets = {
        name: sorted({target for target in node.ports.values() if target is not None})
        for name, node in nodes.items()
    }
    cut = _edges_into_rests(nodes, targets)
    waiting_for = dict.fromkeys(nodes, 0)
    for source, after in targets.items():
        for target in after:
            waiting_for[target] += (source, target) not in cut
    ready = [name for name, count in waiting_for.items() if count == 0]
    heapify(ready)
    order: list[str] = []
    while ready:
        source = heappop(ready)
        order.append(source)
        for target in targets[source]:
            if (source, target) not in cut:
                waiting_for[target] -= 1
                if waiting_for[target] == 0:
                    heappush(ready, target)
    return tuple(order)


def _edges_into_rests(
    nodes: Mapping[str, PlanNode], targets: Mapping[str, list[str]]
) -> set[tuple[str, str]]:
    """The edges on loops that lead to a node where contacts rest."""
    cut: set[tuple[str, str]] = set()
    rests = {name for name, node in nodes.items() if isinstance(node.operation, (RestFor, RestUntil, Wait))}
    for loop in Graph(targets, nodes).loops():
        inside = set(loop)
        for source in loop:
            for target in targets[source]:
                if target in inside and target in rests:
                    cut.add((source, target))
    return cut


def _listens(lowered: Lowered) -> tuple[str, ...]:
    waits = [node.operation for node in lowered.nodes.values()]
    arms = [arm for wait in waits if isinstance(wait, Wait) for arm in wait.arms]
    arms += [arm for goal in lowered.goals for arm in goal.arms]
    heard = {event for arm in arms for event in arm.events}
    heard |= {trigger.params["event"] for trigger in lowered.triggers if "event" in trigger.params}
    return tuple(sorted(heard))
