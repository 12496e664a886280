"""No path is longer than what a contact may go through at once."""

from collections.abc import Iterator

from engine.flow.diagnostic import Diagnostic, diagnostic
from engine.flow.plan import MOST_STEPS
from engine.flow.resolve import Resolved
from engine.flow.waits import is_rest
from engine.flow.world import World


def check(resolved: Resolved, world: World) -> Iterator[Diagnostic]:
    """Find where the longest path without a rest begins, if it is too long; loops without one are told elsewhere."""
    rests = {node.id for node in resolved.nodes.values() if is_rest(node.contract)}
    looping = {node for loop in resolved.graph.loops(without=rests) for node in loop}
    length: dict[str, int] = {}
    for node in resolved.graph.finish_order:
        if node not in rests and node not in looping:
            onward = (length.get(target, 0) for target in resolved.graph.after(node))
            length[node] = 1 + max(onward, default=0)
    if length and max(length.values()) > MOST_STEPS:
        first = max(length, key=lambda node: (length[node], node))
        yield diagnostic(
            "too-many-steps", resolved.nodes[first], count=f"{length[first]:,}", limit=f"{MOST_STEPS:,}"
        )
