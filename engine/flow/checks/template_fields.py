"""Fields that are templates, such as a webhook's address or the values of a contact's profile: read like messages."""

import json
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from engine.flow.checks.templates import told_before
from engine.flow.diagnostic import Diagnostic, diagnostic, shown, split_sentences
from engine.flow.provided import Provided
from engine.flow.resolve import Resolved, ResolvedNode
from engine.flow.world import World

_KIND = "text"
_ROOTS = frozenset({"contact", "event", "journey"})
"""What a field may read: a message knows more, such as its coupon."""

_CODES = {
    "early": "field-variable-too-early",
    "never": "field-variable-never",
    "partly": "field-variable-not-always",
}
_ALIEN = "a field cannot read {}, which only messages know"


def check(resolved: Resolved, world: World) -> Iterator[Diagnostic]:
    """Find fields whose template cannot be read, or reads what is unknown or not there yet."""
    provided = Provided(resolved, world)
    known = {name for name in world.variables if name.partition(".")[0] in _ROOTS}
    for node in resolved.nodes.values():
        if node.manifest is None:
            continue
        schema = node.manifest.config_schema
        for place, source in _fields(schema, schema.get("$defs", {}), node.config, ()):
            yield from _problems(node, ".".join(place), source, world, known, provided)


def _fields(
    schema: Mapping[str, Any], named: Mapping[str, Any], value: Any, place: tuple[str, ...]
) -> Iterator[tuple[tuple[str, ...], str]]:
    """The texts of a config that its schema calls templates, and where they stand."""
    for part in _alternatives(schema, named, value):
        if isinstance(value, str):
            if part.get("x-ui", {}).get("template") is True:
                yield place, value
                return
        elif isinstance(value, Mapping):
            fields, others = part.get("properties", {}), part.get("additionalProperties")
            for name, item in value.items():
                inner = fields.get(name, others)
                if isinstance(inner, Mapping):
                    yield from _fields(inner, named, item, (*place, name))
        elif isinstance(value, list) and isinstance(part.get("items"), Mapping):
            for index, item in enumerate(value):
                yield from _fields(part["items"], named, item, (*place, str(index)))


def _alternatives(
    schema: Mapping[str, Any], named: Mapping[str, Any], value: Any
) -> Iterator[Mapping[str, Any]]:
    """A part and what it may be instead; of a union that a field tells apart, the one that the value says it is."""
    tag = schema.get("discriminator", {}).get("propertyName")
    for part in (schema, *schema.get("anyOf", ()), *schema.get("oneOf", ())):
        if "$ref" in part:
            part = named.get(str(part["$ref"]).rpartition("/")[2], {})
        if tag is not None and part is not schema and isinstance(value, Mapping):
            said = part.get("properties", {}).get(tag, {})
            if value.get(tag) not in (said.get("const"), *said.get("enum", ())):
                continue
        yield part


def _problems(
    node: ResolvedNode, place: str, source: str, world: World, known: Collection[str], provided: Provided
) -> Iterator[Diagnostic]:
    alien: set[str] = set()
    told: set[tuple[str, str]] = set()
    for text in _texts(source):
        problems = list(world.template_problems(text, _KIND, known))
        for problem, message in problems:
            code = "field-unknown-variable" if problem == "unknown_variable" else "field-problem"
            what, do = split_sentences(message)
            yield diagnostic(code, node, field=place, what=what, do=do)
        for variable in () if problems else sorted(world.template_variables(text, _KIND)):
            root = variable.partition(".")[0]
            if root not in _ROOTS:
                if root in alien:
                    continue
                alien.add(root)
                do = "Use what an earlier node gave, by journey.values, or take it out."
                yield diagnostic(
                    "field-unknown-variable", node, field=place, what=_ALIEN.format(shown(root)), do=do
                )
                continue
            gap = provided.gap(node, variable)
            if gap is not None and not told_before(told, variable, gap):
                yield diagnostic(
                    _CODES[gap.kind],
                    node,
                    field=place,
                    variable=shown(variable),
                    what=gap.what,
                    step=gap.step,
                )


def _texts(source: str) -> Iterator[str]:
    """The templates in a field: where it is JSON, each text within, which is how it is filled in; else all of it."""
    try:
        drawn = json.loads(source)
    except (ValueError, RecursionError):
        drawn = None
    if isinstance(drawn, dict | list):
        yield from _within(drawn)
    else:
        yield source


def _within(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | dict):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _within(item)
