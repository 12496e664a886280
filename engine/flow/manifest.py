"""Manifests: how a node type is described to the compiler, the API and the designer, without its code."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

Family = Literal["trigger", "state", "act", "control"]
Effect = Literal["none", "safe", "once"]
Operation = Literal["enter", "rest", "wait", "ask", "draw", "fork", "merge", "repeat", "goal", "exit", "act"]
"""What the engine does at a node. Every node whose code runs is an `act`; the others are the engine's own."""
Lowering = Literal[
    "event", "segment", "tag", "campaign", "api_call", "date",
    "delay", "wait_until",
    "engagement", "wait_for", "bought",
    "condition", "has_tag", "in_segment", "attribute", "split",
    "random_split", "parallel", "merge", "repeat", "goal", "exit", "act",
]  # fmt: skip
"""How the compiler reads the config of a node that the engine itself runs; `engine.flow.contract` says its shape."""
LOWERINGS: dict[Operation, tuple[Lowering, ...]] = {
    "enter": ("event", "segment", "tag", "campaign", "api_call", "date"),
    "rest": ("delay", "wait_until"),
    "wait": ("engagement", "wait_for", "bought"),
    "ask": ("condition", "has_tag", "in_segment", "attribute", "split"),
    "draw": ("random_split",),
    "fork": ("parallel",),
    "merge": ("merge",),
    "repeat": ("repeat",),
    "goal": ("goal",),
    "exit": ("exit",),
    "act": ("act",),
}
FIXED_PORTS: dict[Lowering, tuple[str, ...]] = {
    **dict.fromkeys(LOWERINGS["enter"], ("entered",)),
    "delay": ("done",),
    "wait_until": ("done",),
    "engagement": ("yes", "no"),
    "wait_for": ("timeout",),
    "bought": ("bought", "not_bought"),
    "condition": ("yes", "no"),
    "has_tag": ("yes", "no"),
    "in_segment": ("yes", "no"),
    "attribute": ("yes", "no"),
    "split": ("otherwise",),
    "merge": ("done",),
    "repeat": ("again", "done"),
    "goal": ("reached",),
}
"""The ports that a type with this lowering must have, besides those from its config."""
PORTS_FROM: dict[Lowering, str] = {
    "wait_for": "events", "split": "branches", "random_split": "arms", "parallel": "branches"
}  # fmt: skip
Change = Literal["tag_added", "tag_removed", "profile"]
"""What an act changes of its contact, so that a rehearsal can follow it: it puts on or takes off the tag that its config
refers to, or writes the fields that its config has under `set`."""
Reference = Literal["template", "promotion", "segment", "node", "account", "tag", "condition"]


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
    before the fixed ones. `summary` is a sentence with {fields} of the config, shown on the node; what stands in
    [square brackets] is left out when a field in it is empty.
    `sends` names the channel of a message that leaves here, `references` the config fields that name a template, a
    promotion, a segment, a node..., so that checks and the designer know what a field refers to; a dot leads into an
    object or the items of a list ("branches.condition"). `provides` names the roots of template variables that exist
    once a contact has left this node by a required port ("coupon"), `changes` says what an act changes of its contact. `lowering` may be left out where `operation` or `key` leaves no choice.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    key: str
    version: int = 1
    family: Family
    operation: Operation = "act"
    lowering: Lowering = "act"
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
    references: dict[str, Reference] = Field(default_factory=dict)
    provides: tuple[str, ...] = ()
    changes: Change | None = None
    uses: tuple[str, ...] = ()
    package: str = "wend"

    @model_validator(mode="before")
    @classmethod
    def _choose_lowering(cls, data: Any) -> Any:
        if not isinstance(data, dict) or data.get("lowering") is not None:
            return data
        choices = LOWERINGS.get(data.get("operation", "act"), ())
        key = data.get("key")
        chosen = key if key in choices else choices[0] if len(choices) == 1 else None
        if choices and chosen is None:
            raise ValueError(
                f'The node type "{key}" does not say how its config is read. '
                f"Set lowering to one of {', '.join(choices)}."
            )
        return {**data, "lowering": chosen} if chosen else data

    @model_validator(mode="after")
    def _agree(self) -> Self:
        if self.lowering not in LOWERINGS[self.operation]:
            raise ValueError(
                f'The node type "{self.key}" has operation {self.operation} and lowering {self.lowering}, which do '
                f"not go together. Use one of {', '.join(LOWERINGS[self.operation])}."
            )
        missing = set(FIXED_PORTS.get(self.lowering, ())) - {port.key for port in self.ports}
        if missing:
            raise ValueError(
                f'The node type "{self.key}" lacks the ports {sorted(missing)}, by which its contacts leave. Add them.'
            )
        wanted = PORTS_FROM.get(self.lowering, self.ports_from)
        if self.ports_from != wanted:
            raise ValueError(
                f'The node type "{self.key}" takes its ports from "{self.ports_from}". Set ports_from to "{wanted}".'
            )
        return self

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
