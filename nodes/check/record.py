"""The record of what was published: `published.json` beside a package's nodes, by key and version.

It holds of each manifest what journeys depend on, without its words, so that it changes only when they might break.
"""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from engine.flow.manifest import Manifest

FILE = "published.json"
_KEPT = frozenset(
    {
        *("key", "version", "family", "operation", "lowering", "effect", "sends", "ports", "ports_from"),
        *("config_schema", "output_schema", "provides", "references"),
    }
)
_WORDS = frozenset({"title", "description", "examples", "x-ui"})


def read_record(folder: Path) -> dict[str, tuple[Manifest, ...]]:
    """What the package in a folder has published, by key, oldest first; nothing where there is no record."""
    path = folder / FILE
    if not path.is_file():
        return {}
    found: dict[str, list[Manifest]] = {}
    for one in json.loads(path.read_text(encoding="utf-8")):
        ports = [{**port, "label": port["key"]} for port in one["ports"]]
        manifest = Manifest.model_validate({**one, "ports": ports, "label": one["key"]})
        found.setdefault(manifest.key, []).append(manifest)
    return {key: tuple(sorted(ones, key=lambda one: one.version)) for key, ones in found.items()}


def write_record(folder: Path, manifests: Iterable[Manifest]) -> None:
    """Write these manifests into the record; versions that are no longer in the code stay."""
    path = folder / FILE
    known = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else []
    made = {(one["key"], one["version"]): one for one in known}
    made |= {(one.key, one.version): kept_of(one) for one in manifests}
    lines = [json.dumps(made[place], sort_keys=True, ensure_ascii=False) for place in sorted(made)]
    path.write_text("[\n" + ",\n".join(lines) + "\n]\n", encoding="utf-8")


def kept_of(manifest: Manifest) -> dict[str, Any]:
    """What the record keeps of a manifest."""
    dumped = manifest.model_dump(mode="json", include=set(_KEPT), exclude_defaults=True)
    ports = [{"key": port.key, "required": port.required} for port in manifest.ports]
    schemas = {
        name: _without_words(dumped[name]) for name in ("config_schema", "output_schema") if dumped.get(name)
    }
    return {**dumped, "version": manifest.version, "ports": ports, **schemas}


def _without_words(schema: Mapping[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for name, value in schema.items():
        if name == "properties":
            made[name] = {field: _without_words(inner) for field, inner in value.items()}
        elif name in ("items", "additionalProperties") and isinstance(value, Mapping):
            made[name] = _without_words(value)
        elif name == "oneOf":
            made[name] = [_without_words(option) for option in value]
        elif name not in _WORDS:
            made[name] = value
    return made
