"""Changes that a program may make when a diagnostic leaves no choice: an exit where a way out leads nowhere, the only
name that fits a field."""

import re
from collections.abc import Collection
from itertools import count
from typing import Any

from engine.flow.diagnostic import Patch, pointer
from engine.flow.manifest import Manifest, Reference
from engine.flow.resolve import Resolved, ResolvedNode
from engine.flow.schema import Path
from engine.flow.world import World

_ASIDE = 280
_BELOW = 110
_NO_ID = re.compile(r"[^A-Za-z0-9_-]")


def with_exit(resolved: Resolved, node: ResolvedNode, port: str) -> list[Patch]:
    """An exit put at an open way out, with the way's key as its result; nothing where no type of exit is known."""
    exits = [one for one in resolved.catalog if one.operation == "exit"]
    if not exits:
        return []
    manifest = exits[-1]
    drawn = {
        "type": manifest.key,
        "version": manifest.version,
        "config": _result(manifest, port),
        **_beside(resolved, node, port),
    }
    name = _fresh(f"exit_{node.id}_{port}", resolved.flowchart.nodes)
    edge = _fresh(f"e_{node.id}_{port}", resolved.flowchart.edges)
    return [
        Patch(op="add", path=pointer("nodes", name), value=drawn),
        Patch(op="add", path=pointer("edges", edge), value={"from": node.id, "port": port, "to": name}),
    ]


def only_choice(resolved: Resolved, world: World, node: ResolvedNode, path: Path) -> list[Patch]:
    """The one name there is for a field that names something and is empty; nothing where there are several, or none."""
    manifest = node.manifest
    kind = manifest.references.get(".".join(map(str, path))) if manifest is not None else None
    if manifest is None or kind is None or len(path) != 1:
        return []
    found = _names(resolved, world, kind, manifest.sends)
    if len(found) != 1:
        return []
    return [Patch(op="add", path=pointer("nodes", node.id, "config", *path), value=next(iter(found)))]


def named(node: ResolvedNode, place: str, name: str | None) -> list[Patch]:
    """Another name in a field: the one that was perhaps meant. Nothing inside a condition, which may name it anywhere."""
    steps = place.split(".")
    value: Any = node.drawn.config
    for step in steps:
        inside = value.get(step) if isinstance(value, dict) else None
        value = value[int(step)] if isinstance(value, list) and step.isdecimal() else inside
    if name is None or not isinstance(value, str):
        return []
    path = pointer("nodes", node.id, "config", *steps)
    return [Patch(op="replace", path=path, value=name)]


def _names(resolved: Resolved, world: World, kind: Reference, sends: str | None) -> Collection[str]:
    match kind:
        case "template":
            every = {**world.templates, **resolved.flowchart.templates}
            return [name for name, template in every.items() if sends in (None, template.channel)]
        case "promotion":
            return {*world.promotions, *resolved.flowchart.promotions}
        case "segment":
            return world.segments
        case "account":
            return [name for name, channel in world.accounts.items() if sends in (None, channel)]
        case _:
            return ()


def _result(manifest: Manifest, port: str) -> dict[str, str]:
    fields = manifest.config_schema.get("properties", {})
    return {"result": port.replace("_", " ")} if "result" in fields else {}


def _beside(resolved: Resolved, node: ResolvedNode, port: str) -> dict[str, dict[str, float]]:
    """A place to the right of the node that no other covers."""
    if node.drawn.position is None:
        return {}
    row = next((at for at, one in enumerate(node.ports) if one.key == port), 0)
    x, y = node.drawn.position.x + _ASIDE, node.drawn.position.y + _BELOW * row
    taken: set[int] = set()
    for one in resolved.flowchart.nodes.values():
        if one.position is not None and abs(one.position.x - x) < _ASIDE - 40:
            nearest = round((one.position.y - y) / _BELOW)
            steps = (nearest - 1, nearest, nearest + 1)
            taken.update(at for at in steps if abs(one.position.y - y - at * _BELOW) < _BELOW - 10)
    return {"position": {"x": x, "y": y + _BELOW * next(at for at in count() if at not in taken)}}


def _fresh(stem: str, taken: Collection[str]) -> str:
    short = _NO_ID.sub("-", stem)[:56]
    name, number = short, 2
    while name in taken:
        name, number = f"{short}_{number}", number + 1
    return name
