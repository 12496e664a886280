"""The dialect of JSON Schema in which configs are described, and the way there from what pydantic writes.

The API and the designer check and draw configs from the schema alone, so it is kept small: no `$ref`, no `anyOf`, no
`allOf`; `nullable: true` for "or null"; `oneOf` only with a discriminator; one value is an `enum` of one. An object
says what else it may hold (`additionalProperties`). A field without a `type` holds any JSON, and has the widget "value".
"""

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue

from nodes.sdk.faults import DefinitionError
from nodes.sdk.ui import WIDGETS

Schema = dict[str, Any]

KEYWORDS = frozenset(
    {
        *("type", "title", "description", "default", "examples", "enum", "format", "pattern", "nullable"),
        *(
            "minLength",
            "maxLength",
            "minimum",
            "maximum",
            "exclusiveMinimum",
            "exclusiveMaximum",
            "multipleOf",
        ),
        *("items", "minItems", "maxItems", "uniqueItems", "minProperties", "maxProperties"),
        *("properties", "required", "additionalProperties", "oneOf", "discriminator"),
        *("writeOnly", "readOnly", "deprecated", "x-ui"),
    }
)
TYPES = frozenset({"string", "integer", "number", "boolean", "array", "object"})


class _Generator(GenerateJsonSchema):
    """pydantic leaves out what a field says of itself where its class says the same; the class's words are not kept."""

    def handle_ref_overrides(self, json_schema: JsonSchemaValue) -> JsonSchemaValue:
        """What stands beside a reference stays."""
        return json_schema


def schema_of(model: type[BaseModel]) -> Schema:
    """A config or output class in the dialect; see `dialect`."""
    return dialect(model.model_json_schema(schema_generator=_Generator))


def dialect(schema: Mapping[str, Any]) -> Schema:
    """What pydantic wrote, in the dialect as far as it can be said there; `faults` tells of the rest.

    DefinitionError for a type that contains itself, which no form can show.
    """
    defs = {name: _without_class(made) for name, made in schema.get("$defs", {}).items()}
    return _plain(_without_class(schema), defs, ())


def _without_class(schema: Mapping[str, Any]) -> Schema:
    """Without the name and docstring of a class, which are for programmers; a field's own stand beside its type."""
    return {key: value for key, value in schema.items() if key not in ("title", "description")}


def _plain(part: Schema, defs: Schema, inside: tuple[str, ...]) -> Schema:
    part = {key: value for key, value in part.items() if key != "$defs"}
    reference = part.pop("$ref", None)
    if reference is not None:
        name = str(reference).rsplit("/", 1)[-1]
        if name in inside:
            raise DefinitionError(
                f"The config type {name} contains itself. "
                "Use a flat list, or for conditions the type nodes.sdk.fields.ConditionField."
            )
        # What stands beside the reference (a field's own title, its default) says more than the type does.
        return _plain({**defs[name], **part}, defs, (*inside, name))
    for word in ("anyOf", "allOf", "oneOf"):
        if word in part:
            return _union(word, part, defs, inside)
    if "const" in part:
        part["enum"] = [part.pop("const")]
    if "properties" in part:
        part["properties"] = {
            name: _plain(dict(field), defs, inside) for name, field in part["properties"].items()
        }
        part.setdefault("additionalProperties", False)
    if isinstance(part.get("additionalProperties"), Mapping):
        part["additionalProperties"] = _plain(dict(part["additionalProperties"]), defs, inside)
    if isinstance(part.get("items"), Mapping):
        part["items"] = _plain(dict(part["items"]), defs, inside)
    return part


def _union(word: str, part: Schema, defs: Schema, inside: tuple[str, ...]) -> Schema:
    options = [dict(option) for option in part.pop(word)]
    wanted = [option for option in options if option.get("type") != "null"]
    if len(wanted) < len(options):
        part["nullable"] = True
    made = [_plain(option, defs, inside) for option in wanted]
    if len(made) == 1:
        shown = {**made[0].get("x-ui", {}), **part.get("x-ui", {})}
        return {**made[0], **part, **({"x-ui": shown} if shown else {})}
    tag = part.get("discriminator")
    if isinstance(tag, Mapping):
        part["discriminator"] = {"propertyName": tag["propertyName"]}
        word = "oneOf"
    return {**part, word: made}


def faults(schema: Mapping[str, Any], place: str = "") -> Iterator[tuple[str, str]]:
    """Where a schema leaves the dialect: (place such as "branches.condition", what is wrong and what to do)."""
    for keyword in sorted(set(schema) - KEYWORDS):
        yield (
            place,
            f'The keyword "{keyword}" is not in the dialect. {_INSTEAD.get(keyword, "Leave it out.")}',
        )
    shown = schema.get("x-ui", {})
    if shown.get("widget", "text") not in WIDGETS:
        yield place, f'The widget "{shown["widget"]}" is unknown. Use one of {", ".join(sorted(WIDGETS))}.'
    if "oneOf" in schema:
        if "discriminator" not in schema:
            yield (
                place,
                "A choice of several types has no discriminator. Give each type a Literal field of one name.",
            )
        for option in schema["oneOf"]:
            yield from faults(option, place)
    elif "anyOf" not in schema and "allOf" not in schema:
        yield from _type_faults(schema, place)
    for name, field in schema.get("properties", {}).items():
        yield from faults(field, f"{place}.{name}".lstrip("."))
    for inner in (schema.get("items"), schema.get("additionalProperties")):
        if isinstance(inner, Mapping):
            yield from faults(inner, place)


def _type_faults(schema: Mapping[str, Any], place: str) -> Iterator[tuple[str, str]]:
    kind = schema.get("type")
    widget = schema.get("x-ui", {}).get("widget")
    if kind is None:
        if widget != "value":
            yield place, 'The field has no type. Give it one, or mark it with ui(widget="value").'
    elif kind not in TYPES:
        yield place, f'The type "{kind}" is not in the dialect. Use one of {", ".join(sorted(TYPES))}.'
    elif kind == "array" and not isinstance(schema.get("items"), Mapping):
        yield place, "The list does not say what it holds. Write list[X] with a type X."
    elif kind == "object" and "additionalProperties" not in schema and widget != "condition":
        yield place, "The object does not say what it holds. Use a class with fields, or dict[str, X]."
    if schema.get("format") == "password" and not schema.get("writeOnly"):
        yield place, "A password must be write-only. Use SecretStr as its type."


_INSTEAD = {
    "anyOf": "Use one type, or types told apart by a Literal field (a discriminated union).",
    "allOf": "Use one class that holds all the fields.",
    "prefixItems": "Use a class with named fields in place of a tuple.",
    "patternProperties": "Use dict[str, X].",
    "propertyNames": "Use dict[str, X].",
}
