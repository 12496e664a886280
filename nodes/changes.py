"""What a changed manifest breaks in flowcharts that were drawn, and plans that were published, with the earlier one.

Breaking is what makes a config or a connection that was good bad, or changes what it means. Any removal is, and any
added requirement; a new optional field, a new optional port, other words, colours or icons are not.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from engine.flow.manifest import Manifest

_LOWER = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties")
_UPPER = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties")
_MEANING = ("family", "operation", "lowering", "effect", "sends", "ports_from")


def breaking_changes(old: Manifest, new: Manifest) -> list[str]:
    """Each breaking change in a few words, for instance `the field "sender" is gone`; empty when there is none."""
    return [
        *_meaning(old, new),
        *_ports(old, new),
        *_schema(old.config_schema, new.config_schema, ""),
        *_outputs(old.output_schema or {}, new.output_schema or {}),
    ]


def _meaning(old: Manifest, new: Manifest) -> Iterator[str]:
    for name in _MEANING:
        before, after = getattr(old, name), getattr(new, name)
        if before != after:
            yield f'"{name}" was {before or "none"} and is {after or "none"}'
    for variable in sorted(set(old.provides) - set(new.provides)):
        yield f'the variable "{variable}" is no longer provided'


def _ports(old: Manifest, new: Manifest) -> Iterator[str]:
    before = {port.key: port for port in old.ports}
    after = {port.key: port for port in new.ports}
    for key in before.keys() - after.keys():
        yield f'the port "{key}" is gone'
    for key, port in after.items():
        if port.required and (key not in before or not before[key].required):
            yield f'the port "{key}" must now be connected'


def _outputs(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    for name in old.get("properties", {}).keys() - new.get("properties", {}).keys():
        yield f'the value "{name}" is no longer given'


def _schema(old: Mapping[str, Any], new: Mapping[str, Any], place: str) -> Iterator[str]:
    shown = f'the field "{place}"' if place else "the config"
    if old.get("type") != new.get("type"):
        yield f"{shown} is another type ({old.get('type', 'any')}, now {new.get('type', 'any')})"
        return
    if old.get("nullable") and not new.get("nullable"):
        yield f"{shown} may no longer be empty"
    if "default" in old and old["default"] != new.get("default"):
        yield f"{shown} has another default"
    yield from _values(old, new, shown)
    yield from _fields(old, new, place)
    for name in ("items", "additionalProperties"):
        before, after = old.get(name), new.get(name)
        if isinstance(before, Mapping) and isinstance(after, Mapping):
            yield from _schema(before, after, place)
        elif before is True and after is False:
            yield f"{shown} may no longer hold further fields"
    yield from _options(old, new, place, shown)


def _values(old: Mapping[str, Any], new: Mapping[str, Any], shown: str) -> Iterator[str]:
    gone = [value for value in old.get("enum", ()) if value not in new.get("enum", [value])]
    if gone:
        yield f"{shown} may no longer be {', '.join(map(str, gone))}"
    if "enum" in new and "enum" not in old:
        yield f"{shown} may now only be one of a list"
    for keyword in ("pattern", "format", "multipleOf", "uniqueItems"):
        if new.get(keyword) and new[keyword] != old.get(keyword):
            yield f"{shown} must fit another {keyword}"
    for keyword in _LOWER:
        if keyword in new and new[keyword] > old.get(keyword, float("-inf")):
            yield f"{shown} has a narrower {keyword}"
    for keyword in _UPPER:
        if keyword in new and new[keyword] < old.get(keyword, float("inf")):
            yield f"{shown} has a narrower {keyword}"


def _fields(old: Mapping[str, Any], new: Mapping[str, Any], place: str) -> Iterator[str]:
    before, after = old.get("properties", {}), new.get("properties", {})
    for name in sorted(before.keys() - after.keys()):
        yield f'the field "{f"{place}.{name}".lstrip(".")}" is gone'
    for name in sorted(set(new.get("required", ())) - set(old.get("required", ()))):
        yield f'the field "{f"{place}.{name}".lstrip(".")}" is now required'
    for name in sorted(before.keys() & after.keys()):
        yield from _schema(before[name], after[name], f"{place}.{name}".lstrip("."))


def _options(old: Mapping[str, Any], new: Mapping[str, Any], place: str, shown: str) -> Iterator[str]:
    tag = old.get("discriminator", {}).get("propertyName")
    if tag is None or new.get("discriminator", {}).get("propertyName") != tag:
        if "oneOf" in old or "oneOf" in new:
            yield f"{shown} has other kinds to choose from"
        return
    after = {_kind(option, tag): option for option in new.get("oneOf", ())}
    for option in old.get("oneOf", ()):
        kind = _kind(option, tag)
        if kind in after:
            yield from _schema(option, after[kind], place)
        else:
            yield f'{shown} may no longer be of the kind "{", ".join(kind)}"'


def _kind(option: Mapping[str, Any], tag: str) -> tuple[str, ...]:
    return tuple(map(str, option.get("properties", {}).get(tag, {}).get("enum", ())))
