"""Small documents and patches made by chance, always the same ones, with what the engine makes of them."""

import random
from typing import Any

from engine.flow.patch import PlaceChange, apply, as_json, difference

VALUES: list[Any] = [
    None,
    True,
    1,
    0,
    1.5,
    "",
    "1",
    "words",
    [],
    [1, True],
    [{"a": None}],
    {},
    {"a": 1},
    {"a": {"b": [2]}},
]
PARTS = {"node": "nodes", "edge": "edges", "template": "templates", "promotion": "promotions"}
FIELDS = {
    "node": ["name", "note", "position", "config", "config.within", "config.a.b", "config.", "type"],
    "edge": ["from", "port", "to"],
    "template": ["subject", "text"],
    "promotion": ["name", "products"],
    "settings": ["timezone", "limit"],
    "flowchart": ["name"],
}  # fmt: skip
CASES = 40


def patch_cases() -> list[dict[str, Any]]:
    """Each with a document, a patch, what it leads to, and the difference of the two."""
    chance = random.Random(20)
    return [_case(chance, wild=number % 2 == 1) for number in range(CASES)]


def _case(chance: random.Random, *, wild: bool) -> dict[str, Any]:
    before = _document(chance)
    patch = _wild(chance) if wild else difference(before, _document(chance))
    after = apply(before, patch)
    return {
        "from": before,
        "patch": as_json(patch),
        "after": after,
        "changes": as_json(difference(before, after)),
    }


def _document(chance: random.Random) -> dict[str, Any]:
    document: dict[str, Any] = {"schema": 1, "name": chance.choice(["A", "B"])}
    for kind, part in PARTS.items():
        document[part] = {one: _part(chance, kind) for one in "abc" if chance.random() < 0.6}
    document["settings"] = {"timezone": chance.choice(["UTC", "Europe/Rome"]), "limit": "7 days"}
    return document


def _part(chance: random.Random, kind: str) -> dict[str, Any]:
    part = {
        field: chance.choice(VALUES)
        for field in FIELDS[kind]
        if "config" not in field and chance.random() < 0.5
    }
    if kind == "node" and chance.random() < 0.8:
        part["config"] = {
            key: chance.choice(VALUES) for key in ("within", "a.b", "") if chance.random() < 0.6
        }
    return part


def _wild(chance: random.Random) -> list[PlaceChange]:
    """Changes that nobody looked whether they fit: of parts that are gone, without a before, of a config that is none."""
    made = {}
    for _ in range(chance.randint(1, 6)):
        kind = chance.choice([*FIELDS, "node", "node"])
        said: dict[str, Any] = {"kind": kind, "id": chance.choice("abcd") if kind in PARTS else ""}
        if kind not in PARTS or chance.random() < 0.7:
            said["field"] = chance.choice(FIELDS[kind])
        if chance.random() < 0.8:
            said["after"] = chance.choice(VALUES) if "field" in said else _part(chance, kind)
        made[kind, said["id"], said.get("field")] = PlaceChange.model_validate(said)
    # A whole config and a key in it are the same place twice.
    return [one for place, one in made.items() if not _shadowed(place, made)]


def _shadowed(place: tuple[str, str, str | None], made: dict[Any, Any]) -> bool:
    kind, part, field = place
    return bool(field and field.startswith("config.") and (kind, part, "config") in made)
