"""A journey has a trigger, and no two that nobody could tell apart."""

import json
from collections.abc import Iterator

from engine.flow.diagnostic import Diagnostic, diagnostic
from engine.flow.resolve import Resolved, ResolvedNode
from engine.flow.world import World


def check(resolved: Resolved, world: World) -> Iterator[Diagnostic]:
    """Find a journey without a trigger, and triggers for the same contacts and reason."""
    triggers = resolved.of_operation("enter")
    if not triggers and all(node.manifest is not None for node in resolved.nodes.values()):
        yield diagnostic("no-trigger")
    first: dict[str, ResolvedNode] = {}
    for node in (resolved.nodes[trigger] for trigger in triggers):
        if node.contract is None or node.manifest is None:
            continue
        reason = json.dumps([node.manifest.lowering, node.contract.plain()], sort_keys=True)
        if reason in first:
            yield diagnostic("same-trigger-twice", node, other=first[reason])
        first.setdefault(reason, node)
