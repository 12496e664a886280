"""The weights of a random split leave everybody an arm."""

import math
from collections.abc import Iterator

from engine.flow.contract import RandomSplit
from engine.flow.diagnostic import Diagnostic, diagnostic
from engine.flow.resolve import Resolved
from engine.flow.world import World


def check(resolved: Resolved, world: World) -> Iterator[Diagnostic]:
    """Find weights that are negative or no number, and splits whose weights add up to nothing."""
    for node in resolved.nodes.values():
        if not isinstance(node.contract, RandomSplit) or not node.contract.arms:
            continue
        weights = [arm.weight for arm in node.contract.arms]
        if not all(math.isfinite(weight) and weight >= 0 for weight in weights):
            yield diagnostic("weights", node, field="arms", detail="one is negative, or no number")
        elif not 0 < sum(weights) < math.inf:
            yield diagnostic("weights", node, field="arms", detail="they add up to nothing")
