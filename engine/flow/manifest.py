"""Manifests: how a node type is described to the compiler, the API and the designer, without its code."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Family = Literal["trigger", "state", "act", "control"]
Effect = Literal["none", "safe", "once"]
Operation = Literal[
    "enter", "rest", "wait", "ask", "draw", "fork", "merge", "repeat", "goal", "exit", "act"
]
"""What the engine does at a node. Every node whose code runs is an `act`; the others are the engine's own."""


class Port(BaseModel):
    """A named way out. An optional port that is left open ends the enrolment, with the port's key as result."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    key: str
    label: str
    required: bool = True
    help: str = ""


class Manifest(BaseModel):
    """One node type at one version.

    `ports_from` names a list in the config whose items carry a `port` (and may carry a `label`): those ports come
    before the fixed ones. `summary` is a sentence with {fields} of the config, shown on the node.
    `sends` names the channel of a message that leaves here, `reads` the config fields that name a template, a
    promotion, a segment or another node, so that checks and the designer know what a field refers to.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    key: str
    version: int = 1
    family: Family
    operation: Operation = "act"
    label: str
    summary: str = ""
    icon: str = "box"
    colour: str = "#64748b"
    help: str = ""
    synonyms: tuple[str, ...] = ()
    config_schema: dict[str, Any] = Field(default_factory=dict)
    ports: tuple[Port, ...] = ()
    ports_from: str | None = None
    output_schema: dict[str, Any] | None = None
    effect: Effect = "none"
    attempts: int = 10
    sends: str | None = None
    references: dict[str, Literal["template", "promotion", "segment", "node", "account", "tag", "condition"]] = Field(
        default_factory=dict
    )
    uses: tuple[str, ...] = ()
    package: str = "wend"

    def ports_of(self, config: Mapping[str, Any]) -> list[Port]:
        """The ports of a node with this config, in drawing order."""
        listed = config.get(self.ports_from) if self.ports_from else None
        drawn = [
            Port(key=str(item["port"]), label=str(item.get("label") or item["port"]), required=True)
            for item in (listed if isinstance(listed, list) else [])
            if isinstance(item, Mapping) and item.get("port")
        ]
        return [*drawn, *self.ports]

    @property
    def digest(self) -> str:
        """SHA-256 of the manifest's canonical JSON, in hex."""
        text = json.dumps(self.model_dump(mode="json"), sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


class Catalog:
    """The node types that workers have published, by key and version."""

    def __init__(self, manifests: Iterable[Manifest]) -> None:
        self._by_key: dict[str, dict[int, Manifest]] = {}
        for manifest in manifests:
            self._by_key.setdefault(manifest.key, {})[manifest.version] = manifest

    def get(self, key: str, version: int) -> Manifest | None:
        """The manifest of exactly this version, or None."""
        return self._by_key.get(key, {}).get(version)

    def versions(self, key: str) -> list[int]:
        """The known versions of a type, oldest first; empty when the type is unknown."""
        return sorted(self._by_key.get(key, {}))

    def keys(self) -> list[str]:
        """All known types, in alphabetical order."""
        return sorted(self._by_key)

    def __iter__(self) -> Iterator[Manifest]:
        for key in self.keys():
            yield from (self._by_key[key][version] for version in self.versions(key))
