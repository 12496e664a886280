"""Every node can be reached from a trigger or a goal."""

from collections.abc import Iterator

from engine.flow.diagnostic import Diagnostic, Patch, diagnostic, pointer
from engine.flow.resolve import Resolved
from engine.flow.world import World


def check(resolved: Resolved, world: World) -> Iterator[Diagnostic]:
    """Find where the parts begin that nobody can come to. Without any trigger that goes without saying."""
    if not resolved.of_operation("enter"):
        return
    lost = [node for node in resolved.nodes if node not in resolved.graph.reachable]
    touching: dict[str, list[str]] = {}
    for name, edge in resolved.edges:
        for end in {edge.source, edge.target}:
            touching.setdefault(end, []).append(name)
    for node, behind in _beginnings(resolved, lost):
        patch = [Patch(op="remove", path=pointer("edges", name)) for name in touching.get(node, [])]
        patch.append(Patch(op="remove", path=pointer("nodes", node)))
        more = (
            f", nor to the {behind} behind it"
            if behind > 1
            else ", nor to the one behind it"
            if behind
            else ""
        )
        yield diagnostic("unreachable", resolved.nodes[node], more=more, patch=patch)


def _beginnings(resolved: Resolved, lost: list[str]) -> Iterator[tuple[str, int]]:
    """The first node of each part, with how many can only be come to from it; of a loop the one with the least id."""
    left = set(lost)
    heads = [node for node in lost if not resolved.graph.before(node)]
    for node in [*heads, *lost]:
        if node in left:
            part: set[str] = set()
            stack = [node]
            while stack:
                at = stack.pop()
                if at in left and at not in part:
                    part.add(at)
                    stack += resolved.graph.after(at)
            left -= part
            yield node, len(part) - 1
