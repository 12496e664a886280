"""Configs against their JSON Schema: the defaults filled in, and what is wrong, in words.

The dialect is small: type, enum, const, the bounds of numbers, texts, lists and objects, properties, required,
additionalProperties, items, `nullable: true`, `oneOf` with a discriminator, plain `anyOf` and `allOf`, and `$ref` into
`$defs`. Other keywords mean nothing here. `x-ui: {"widget": "duration"}` marks a duration, which gets its one spelling.
"""

from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, Literal

from engine.flow.duration import Duration
from engine.flow.schema_values import (
    Schema,
    broken_bound,
    constants,
    has_type,
    in_words,
    not_one_of,
    wrong_constant,
    wrong_type,
)

Kind = Literal["missing", "unknown", "invalid"]
Path = tuple[str | int, ...]

MAX_DEPTH = 32
MAX_FAULTS = 20
"""More than that of one config nobody reads."""


@dataclass(frozen=True, slots=True)
class SchemaFault:
    """One thing that is wrong with a config: where, what, and what to do. For `unknown`, `do` lists the known fields."""

    path: Path
    kind: Kind
    what: str = ""
    do: str = ""

    @property
    def place(self) -> str:
        """The path as text: "events.0.event"."""
        return ".".join(map(str, self.path))


def find_faults(schema: Schema, config: Any) -> list[SchemaFault]:
    """Everything that is wrong with a config, in the order of the schema; at most MAX_FAULTS."""
    found: list[SchemaFault] = []
    for fault in _faults(schema, config, (), schema):
        found.append(fault)
        if len(found) == MAX_FAULTS:
            break
    return found


def with_defaults(schema: Schema, config: Any) -> Any:
    """The config with every default that the schema has for what is left out, and durations in their one spelling."""
    return _filled(schema, config, schema, 0)


def without_defaults(schema: Schema, config: Any) -> Any:
    """The config without what equals the schema's default: two that are alike then are alike with all defaults, too."""
    return _bare(schema, config, schema, 0)


def field_schema(schema: Schema, path: Path) -> Schema:
    """The part of the schema that describes the field at a path; empty where it says nothing."""
    part: Schema = schema
    for step in path:
        part = _resolved(part, schema)
        inner = part.get("items") if isinstance(step, int) else part.get("properties", {}).get(step)
        part = inner if isinstance(inner, dict) else {}
    return _resolved(part, schema)


def title_of(schema: Schema, path: Path) -> str:
    """What people call the field at a path: its title, with the number of its place in each list."""
    words: list[str] = []
    for length, step in enumerate(path, start=1):
        if isinstance(step, int):
            words.append(str(step + 1))
            continue
        title = field_schema(schema, path[:length]).get("title")
        words.append(title if isinstance(title, str) else str(step))
    return " ".join(words)


# ------------------------------------------------------------------------------------------------ defaults


def _filled(part: Schema, value: Any, root: Schema, depth: int) -> Any:
    if depth > MAX_DEPTH:
        return value
    part = _resolved(part, root)
    if isinstance(value, str) and _is_duration(part):
        try:
            return str(Duration.parse(value))
        except ValueError:
            return value
    choice = _choice(part, value, root)
    if choice is not None:
        return _filled(choice, value, root, depth + 1)
    if isinstance(value, dict):
        return _filled_object(part, value, root, depth)
    if isinstance(value, list):
        inner = part.get("items")
        if isinstance(inner, dict):
            return [_filled(inner, item, root, depth + 1) for item in value]
        return list(value)
    return value


def _filled_object(part: Schema, value: Mapping[str, Any], root: Schema, depth: int) -> dict[str, Any]:
    fields = part.get("properties", {})
    other = part.get("additionalProperties")
    filled: dict[str, Any] = {}
    for name, item in value.items():
        inner = fields.get(name, other)
        filled[name] = _filled(inner, item, root, depth + 1) if isinstance(inner, dict) else item
    for name, inner in fields.items():
        if name not in filled:
            described = _resolved(inner, root)
            if "default" in described:
                filled[name] = _filled(described, deepcopy(described["default"]), root, depth + 1)
    return filled


def _bare(part: Schema, value: Any, root: Schema, depth: int) -> Any:
    if depth > MAX_DEPTH:
        return value
    part = _resolved(part, root)
    choice = _choice(part, value, root)
    if choice is not None:
        return _bare(choice, value, root, depth + 1)
    inner = part.get("items")
    if isinstance(value, list) and isinstance(inner, dict):
        return [_bare(inner, item, root, depth + 1) for item in value]
    if not isinstance(value, dict):
        return value
    fields = part.get("properties", {})
    bare = {}
    for name, item in value.items():
        described = _resolved(fields.get(name, {}), root)
        usual = _filled(described, deepcopy(described.get("default")), root, depth + 1)
        if "default" not in described or item != usual:
            bare[name] = _bare(described, item, root, depth + 1)
    return bare


def _resolved(part: Schema, root: Schema) -> Schema:
    """The part itself, behind its `$ref` if it has one."""
    if "$ref" not in part:
        return part
    for _ in range(MAX_DEPTH):
        reference = part.get("$ref")
        if not isinstance(reference, str):
            return part
        target = root.get("$defs", {}).get(reference.rsplit("/", 1)[-1], {})
        part = {**target, **{key: value for key, value in part.items() if key != "$ref"}}
    return {}


def _is_duration(part: Schema) -> bool:
    shown = part.get("x-ui")
    return shown is not None and shown.get("widget") == "duration"


def _choice(part: Schema, value: Any, root: Schema) -> Schema | None:
    """Of several alternatives, the one that the value is meant to be; None where there are none."""
    options = part.get("oneOf") or part.get("anyOf")
    if not options:
        return None
    listed = [_resolved(option, root) for option in options]
    tag = part.get("discriminator", {}).get("propertyName")
    if tag is not None and isinstance(value, dict):
        for option in listed:
            if value.get(tag) in constants(_resolved(option.get("properties", {}).get(tag, {}), root)):
                return option
        return None
    for option in listed:
        if next(_faults(option, value, (), root), None) is None:
            return option
    return next((option for option in listed if has_type(option, value)), None)


# ------------------------------------------------------------------------------------------------ faults


def _faults(part: Schema, value: Any, path: Path, root: Schema) -> Iterator[SchemaFault]:
    if len(path) > MAX_DEPTH:
        yield SchemaFault(path, "invalid", "is nested too deeply", "Keep its values nearer the top")
        return
    part = _resolved(part, root)
    if value is None and part.get("nullable"):
        return
    if isinstance(value, str) and _is_duration(part):
        yield from _duration_faults(value, path)
        return
    options = part.get("oneOf") or part.get("anyOf")
    if options:
        yield from _option_faults(part, value, path, root)
        return
    for inner in part.get("allOf", ()):
        yield from _faults(inner, value, path, root)
    wrong = wrong_type(part, value) or wrong_constant(part, value)
    if wrong:
        yield SchemaFault(path, "invalid", *wrong)
        return
    broken = broken_bound(part, value)
    if broken:
        yield SchemaFault(path, "invalid", *broken)
    if isinstance(value, dict):
        yield from _object_faults(part, value, path, root)
    elif isinstance(value, list) and isinstance(part.get("items"), dict):
        for place, item in enumerate(value):
            yield from _faults(part["items"], item, (*path, place), root)


def _duration_faults(value: str, path: Path) -> Iterator[SchemaFault]:
    try:
        Duration.parse(value)
    except ValueError as error:
        what, _, do = str(error).partition(". ")
        yield SchemaFault(path, "invalid", f"cannot be read: {what[0].lower()}{what[1:]}", do.rstrip("."))


def _option_faults(part: Schema, value: Any, path: Path, root: Schema) -> Iterator[SchemaFault]:
    chosen = _choice(part, value, root)
    if chosen is not None:
        yield from _faults(chosen, value, path, root)
        return
    tag = part.get("discriminator", {}).get("propertyName")
    if tag is not None and isinstance(value, dict):
        options = [_resolved(option, root) for option in part.get("oneOf") or part.get("anyOf", ())]
        known = [c for o in options for c in constants(_resolved(o.get("properties", {}).get(tag, {}), root))]
        yield SchemaFault((*path, tag), "invalid", *not_one_of(value.get(tag), known))
    else:
        yield SchemaFault(path, "invalid", f"cannot be {in_words(value)}", "Choose one of the kinds on offer")


def _object_faults(part: Schema, value: Mapping[str, Any], path: Path, root: Schema) -> Iterator[SchemaFault]:
    fields = part.get("properties", {})
    other = part.get("additionalProperties", True)
    for name in part.get("required", ()):
        if name not in value:
            yield SchemaFault((*path, name), "missing")
    for name in sorted(value):
        if name in fields:
            yield from _faults(fields[name], value[name], (*path, name), root)
        elif other is False:
            yield SchemaFault((*path, name), "unknown", do=", ".join(fields))
        elif isinstance(other, dict):
            yield from _faults(other, value[name], (*path, name), root)
