"""Parallel paths begin at one node and meet in one merge."""

from collections.abc import Iterator

from engine.flow.diagnostic import Diagnostic, diagnostic, titles
from engine.flow.resolve import Resolved
from engine.flow.world import World


def check(resolved: Resolved, world: World) -> Iterator[Diagnostic]:
    """Find forks and merges that do not belong together, and connections from beside into what lies between."""
    for fault in resolved.strands.faults:
        others = [resolved.nodes[other] for other in fault.others]
        yield diagnostic(
            fault.kind, resolved.nodes[fault.node], nodes=titles(others), other=others[0] if others else ""
        )
