"""Configs that fit the schema of their type, and hold what the engine needs to find in them."""

from collections.abc import Iterator

from engine.flow.diagnostic import Diagnostic, Patch, diagnostic, ended, pointer, shown
from engine.flow.repairs import only_choice
from engine.flow.resolve import Resolved, ResolvedNode
from engine.flow.schema import SchemaFault
from engine.flow.world import World


def check(resolved: Resolved, world: World) -> Iterator[Diagnostic]:
    """Find what is missing, unknown or wrong in a config."""
    for node in resolved.nodes.values():
        for fault in node.faults:
            yield _diagnostic(resolved, world, node, fault)


def _diagnostic(resolved: Resolved, world: World, node: ResolvedNode, fault: SchemaFault) -> Diagnostic:
    field = fault.place or None
    match fault.kind:
        case "missing":
            patch = only_choice(resolved, world, node, fault.path)
            return diagnostic("config-missing", node, field=field, patch=patch)
        case "unknown":
            away = Patch(op="remove", path=pointer("nodes", node.id, "config", *fault.path))
            return diagnostic(
                "config-unknown", node, field=field, known=shown(fault.do) or "none", patch=[away]
            )
        case "invalid":
            return diagnostic("config-invalid", node, field=field, what=fault.what, do=ended(fault.do))
