"""Older shapes of the document, brought to the newest one: a function a version.

Schema 0: `nodes` is a list of objects with an `id`, `edges` a list with `source` and `target`, durations are objects
such as {"days": 2}. Schema 1: maps by id, `from` and `to`, durations as text.
"""

from collections.abc import Callable, Mapping
from typing import Any

from engine.flow.document import SCHEMA
from engine.flow.duration import EXACT, UNITS, Duration, Unit

_MAX_DEPTH = 64
_PORT = "done"
_PLAIN_DATA = ("set", "values", "headers", "body", "save")
"""Fields that hold data of somebody else's, where {"days": 30} is no duration."""
_WHOLE: tuple[Unit, ...] = ("day", "hour", "minute", "second")


class NotUpgraded(ValueError):
    """A document that cannot be brought to the newest shape: what is wrong, and the next step."""

    def __init__(self, wrong: str, step: str) -> None:
        super().__init__(wrong, step)
        self.wrong = wrong
        self.step = step

    def __str__(self) -> str:
        return f"{self.wrong} {self.step}"


def upgrade(document: Mapping[str, Any]) -> dict[str, Any]:
    """The document in the newest shape; the argument stays as it is. NotUpgraded says why it cannot be done."""
    upgraded = dict(document)
    version = schema_of(upgraded)
    while version < SCHEMA:
        upgraded = UPGRADES[version](upgraded)
        version += 1
        upgraded["schema"] = version
    return upgraded


def schema_of(document: Mapping[str, Any]) -> int:
    """The document's shape. Without a number, a list of nodes tells the oldest."""
    version = document.get("schema", 0 if isinstance(document.get("nodes"), list) else SCHEMA)
    if not isinstance(version, int) or isinstance(version, bool) or version < 0:
        raise NotUpgraded(
            f"The document's schema is no number from 0 to {SCHEMA}.", f'Write "schema": {SCHEMA}.'
        )
    if version > SCHEMA:
        raise NotUpgraded(
            f"The document has schema {version}, but this version of Wend reads schemas 0 to {SCHEMA}.",
            "Open it with the newer version that wrote it, or update this one.",
        )
    return version


def _from_0(document: dict[str, Any]) -> dict[str, Any]:
    nodes = _by_id("node", document.get("nodes", []))
    edges: dict[str, Any] = {}
    for number, edge in enumerate(_listed("edge", document.get("edges", [])), start=1):
        edge = dict(edge)
        edge_id = str(edge.pop("id", f"e{number}"))
        if edge_id in edges:
            raise _twice("edge", edge_id)
        if "source" in edge:
            edge["from"] = edge.pop("source")
        if "target" in edge:
            edge["to"] = edge.pop("target")
        edge.setdefault("port", _PORT)
        edges[edge_id] = edge
    for node in nodes.values():
        if isinstance(node.get("config"), Mapping):
            node["config"] = _within(node["config"], 0)
    upgraded = {**document, "nodes": nodes, "edges": edges}
    for part in ("settings", "promotions"):
        if isinstance(upgraded.get(part), Mapping):
            upgraded[part] = _within(upgraded[part], 0)
    return upgraded


UPGRADES: dict[int, Callable[[dict[str, Any]], dict[str, Any]]] = {0: _from_0}
"""From which schema, and how to the next."""


def _by_id(kind: str, items: Any) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for number, item in enumerate(_listed(kind, items), start=1):
        item = dict(item)
        item_id = item.pop("id", None)
        if not isinstance(item_id, str):
            raise NotUpgraded(f"The {kind} number {number} has no id.", "Give it one, as a text.")
        if item_id in found:
            raise _twice(kind, item_id)
        found[item_id] = item
    return found


def _listed(kind: str, items: Any) -> list[Mapping[str, Any]]:
    if not isinstance(items, list) or not all(isinstance(item, Mapping) for item in items):
        raise NotUpgraded(
            f"The {kind}s of a document with schema 0 are not a list of objects.",
            f'Write them as a list, or as a map with "schema": {SCHEMA}.',
        )
    return items


def _twice(kind: str, name: str) -> NotUpgraded:
    return NotUpgraded(f'Two {kind}s have the id "{name[:60]}".', "Give each an id of its own.")


def _durations(value: Any, depth: int) -> Any:
    """The value with every {"days": 2} in it as "2 days"."""
    if depth > _MAX_DEPTH:
        return value
    if isinstance(value, list):
        return [_durations(item, depth + 1) for item in value]
    if not isinstance(value, Mapping):
        return value
    return _as_duration(value) or _within(value, depth + 1)


def _within(fields: Mapping[str, Any], depth: int) -> dict[str, Any]:
    """The fields of an object that is no duration itself, such as a config; what people put into a profile is theirs."""
    return {
        name: value if name in _PLAIN_DATA else _durations(value, depth) for name, value in fields.items()
    }


def _as_duration(value: Mapping[str, Any]) -> str | None:
    amounts = {unit: value[f"{unit}s"] for unit in UNITS if f"{unit}s" in value}
    plain = all(isinstance(amount, int) and not isinstance(amount, bool) for amount in amounts.values())
    if not amounts or len(amounts) < len(value) or not plain:
        return None
    try:
        if len(amounts) == 1:
            unit, amount = next(iter(amounts.items()))
            return str(Duration(amount, unit))
        total = sum(amount * EXACT[unit] for unit, amount in amounts.items())
        best = next(unit for unit in _WHOLE if total % EXACT[unit] == 0)
        return str(Duration(total // EXACT[best], best))
    except (KeyError, ValueError):
        return None
