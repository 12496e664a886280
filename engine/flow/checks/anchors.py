"""What counts from when a contact left a node comes after that node."""

from collections.abc import Iterator

from engine.flow.diagnostic import Diagnostic, diagnostic, quoted
from engine.flow.resolve import Resolved
from engine.flow.waits import counts_from
from engine.flow.world import World


def check(resolved: Resolved, world: World) -> Iterator[Diagnostic]:
    """Find waits and questions that count from a node that does not exist, or that contacts have not passed."""
    for node in resolved.nodes.values():
        name = counts_from(node.contract)
        if name is None:
            continue
        anchor = resolved.nodes.get(name)
        if anchor is None:
            yield diagnostic("unknown-node", node, field="since", name=quoted(name))
        elif node.id in resolved.graph.reachable:
            if not resolved.graph.precedes(anchor.id, node.id):
                if not resolved.behind_goal(node.id):
                    yield diagnostic("anchor-not-before", node, field="since", other=anchor)
            elif not resolved.graph.always_precedes(anchor.id, node.id):
                yield diagnostic("anchor-not-always", node, field="since", other=anchor)
