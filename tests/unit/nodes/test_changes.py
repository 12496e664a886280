"""Which changes of a manifest break what was drawn."""

from __future__ import annotations

from typing import Any

import pytest

from engine.flow.manifest import Manifest, Port
from nodes.changes import breaking_changes

SCHEMA: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["text"],
    "properties": {
        "text": {"type": "string", "maxLength": 100, "title": "Text"},
        "size": {"type": "string", "enum": ["s", "l"], "default": "s"},
        "note": {"type": "string", "nullable": True, "default": None},
        "rows": {"type": "array", "items": {"type": "object", "properties": {"n": {"type": "integer"}}}},
        "pet": {
            "discriminator": {"propertyName": "kind"},
            "oneOf": [
                {"type": "object", "properties": {"kind": {"type": "string", "enum": ["dog"]}}},
                {"type": "object", "properties": {"kind": {"type": "string", "enum": ["cat"]}}},
            ],
        },
    },
}
OLD = Manifest(
    key="acme.x",
    family="act",
    label="X",
    config_schema=SCHEMA,
    ports=(Port(key="done", label="Done"), Port(key="gone", label="Gone", required=False)),
    output_schema={"type": "object", "properties": {"id": {"type": "string"}}},
    provides=("coupon",),
)


def with_field(name: str, **changes: Any) -> Manifest:
    """OLD with a field changed; None takes a keyword away."""
    field = {**SCHEMA["properties"].get(name, {}), **changes}
    field = {key: value for key, value in field.items() if value is not ...}
    return OLD.model_copy(
        update={"config_schema": {**SCHEMA, "properties": {**SCHEMA["properties"], name: field}}}
    )


def without(name: str) -> Manifest:
    """OLD without a field."""
    rest = {key: value for key, value in SCHEMA["properties"].items() if key != name}
    return OLD.model_copy(update={"config_schema": {**SCHEMA, "properties": rest}})


def with_ports(*ports: Port) -> Manifest:
    """OLD with other ports."""
    return OLD.model_copy(update={"ports": ports})


DONE, GONE = OLD.ports


@pytest.mark.parametrize(
    "new",
    [
        OLD,
        OLD.model_copy(
            update={"label": "Y", "help": "Z.", "colour": "#000000", "icon": "x", "synonyms": ("a",)}
        ),
        with_field("extra", type="string", default="a"),
        with_field("text", maxLength=200, title="Words"),
        with_field("text", maxLength=...),
        with_field("size", enum=["s", "m", "l"]),
        with_ports(DONE, GONE, Port(key="late", label="Late", required=False)),
        with_ports(Port(key="done", label="Fertig"), GONE),
        with_ports(Port(key="done", label="Done", required=False), GONE),
    ],
)
def test_growing_breaks_nothing(new: Manifest) -> None:
    """Words, looks, new optional fields and ports, and wider limits leave everything as it was."""
    assert breaking_changes(OLD, new) == []


@pytest.mark.parametrize(
    ("new", "said"),
    [
        (without("note"), 'the field "note" is gone'),
        (
            OLD.model_copy(update={"config_schema": {**SCHEMA, "required": ["text", "note"]}}),
            '"note" is now required',
        ),
        (with_field("text", type="integer"), "is another type"),
        (with_field("text", maxLength=50), "narrower maxLength"),
        (with_field("text", minLength=1), "narrower minLength"),
        (with_field("text", pattern="^a"), "another pattern"),
        (with_field("text", enum=["a"]), "only be one of a list"),
        (with_field("size", enum=["s"]), "may no longer be l"),
        (with_field("size", default="l"), "another default"),
        (with_field("note", nullable=...), "may no longer be empty"),
        (with_field("rows", items={"type": "object", "properties": {}}), 'the field "rows.n" is gone'),
        (with_field("pet", oneOf=SCHEMA["properties"]["pet"]["oneOf"][:1]), 'of the kind "cat"'),
        (with_field("pet", discriminator=...), "other kinds to choose from"),
        (with_ports(DONE), 'the port "gone" is gone'),
        (with_ports(DONE, GONE, Port(key="late", label="Late")), 'the port "late" must now be connected'),
        (
            with_ports(DONE, GONE.model_copy(update={"required": True})),
            'the port "gone" must now be connected',
        ),
        (OLD.model_copy(update={"effect": "once"}), '"effect" was none and is once'),
        (OLD.model_copy(update={"sends": "email"}), '"sends" was none and is email'),
        (OLD.model_copy(update={"provides": ()}), 'the variable "coupon"'),
        (OLD.model_copy(update={"output_schema": None}), 'the value "id" is no longer given'),
    ],
)
def test_taking_away_or_asking_more_breaks(new: Manifest, said: str) -> None:
    """Each removal and each added requirement is told, with the field or port that it is about."""
    found = breaking_changes(OLD, new)

    assert len(found) == 1
    assert said in found[0]
