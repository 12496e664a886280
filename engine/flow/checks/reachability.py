"""Every node can be reached from a trigger or a goal."""

from collections.abc import Iterator

from engine.flow.diagnostic import Diagnostic, Patch, diagnostic, pointer
from engine.flow.resolve import Resolved
from engine.flow.world import World


def check(resolved: Resolved, world: World) -> Iterator[Diagnostic]:
    """Find nodes that nobody can come to. Without any trigger that goes without saying."""
    if not resolved.of_operation("enter"):
        return
    for node in resolved.nodes.values():
        if node.id in resolved.graph.reachable:
            continue
        edges = [name for name, edge in resolved.edges if node.id in (edge.source, edge.target)]
        patch = [Patch(op="remove", path=pointer("edges", name)) for name in edges]
        yield diagnostic(
            "unreachable", node, patch=[*patch, Patch(op="remove", path=pointer("nodes", node.id))]
        )
