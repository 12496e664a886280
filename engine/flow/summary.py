"""A node in one sentence: "Wait until opened, at most 2 days".

The sentence comes from `Manifest.summary`: {fields} of the config (with dots into objects), and [what is left out when a
field in it is empty].
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from engine.flow.condition import ConditionError, parse_condition
from engine.flow.condition_words import describe
from engine.flow.manifest import Manifest
from engine.flow.schema import Path, field_schema, with_defaults
from engine.flow.schema_values import Schema, shortened

_FIELD = re.compile(r"\{([\w.]+)\}")
_OPTIONAL = re.compile(r"\[([^\[\]]*)\]")
_MANY = 3
_GAP = "…"
_LABEL_KEYS = ("label", "event", "tag", "name", "port")
"""Which field of an object in a list stands for it in a sentence, the first that is filled."""


def summarise(manifest: Manifest, config: Mapping[str, Any], names: Mapping[str, str] | None = None) -> str:
    """What a node with this config does, in a sentence; what its type is called where the type has none.

    `names` says what the nodes of the journey are called, by id.
    """
    if not manifest.summary:
        return manifest.label
    schema = manifest.config_schema
    filled = with_defaults(schema, config)

    def words(match: re.Match[str]) -> str:
        return _at(schema, filled, match[1], names or {}) or _GAP

    def optional(match: re.Match[str]) -> str:
        empty = any(not _at(schema, filled, name, names or {}) for name in _FIELD.findall(match[1]))
        return "" if empty else match[1]

    return _FIELD.sub(words, _OPTIONAL.sub(optional, manifest.summary))


def summary_fields(manifest: Manifest) -> Iterator[str]:
    """The fields of the config that the sentence is about, at the top level."""
    for name in _FIELD.findall(manifest.summary):
        yield name.partition(".")[0]


def in_words(schema: Schema, path: Path, value: Any, names: Mapping[str, str]) -> str:
    """The value of a field as a person would say it; empty where there is none."""
    shown = field_schema(schema, path).get("x-ui", {})
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case str():
            words = names if shown.get("widget") in ("node", "anchor") else shown.get("labels", {})
            return str(words.get(value, value))
        case int() | float():
            return f"{value:g}" if isinstance(value, float) else str(value)
        case list():
            inner = [
                in_words(schema, (*path, index), item, names) for index, item in enumerate(value[:_MANY])
            ]
            more = f" and {len(value) - _MANY} more" if len(value) > _MANY else ""
            return ", ".join(inner) + more
        case Mapping():
            return label_of(value) if value else ""
        case _:
            return str(value)


def label_of(value: Mapping[str, Any]) -> str:
    """What stands for an object in a sentence: a condition in words, else its label."""
    if "op" in value:
        try:
            return describe(parse_condition(value))
        except ConditionError:
            return "a condition"
    return next((str(value[key]) for key in _LABEL_KEYS if value.get(key)), "…")


def told(manifest: Manifest, config: Mapping[str, Any], field: str, names: Mapping[str, str]) -> str:
    """What the sentence says of a field of the config."""
    places = [name for name in _FIELD.findall(manifest.summary) if name.partition(".")[0] == field]
    return " ".join(_at(manifest.config_schema, config, place, names) for place in places)


def _at(schema: Schema, config: Any, place: str, names: Mapping[str, str]) -> str:
    path: Path = ()
    value = config
    for step in place.split("."):
        value = value.get(step) if isinstance(value, Mapping) else None
        path = (*path, step)
    return shortened(in_words(schema, path, value, names), 120)
