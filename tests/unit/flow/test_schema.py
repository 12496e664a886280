"""Configs against their schema: agreement with a full validator, the words for each fault, and defaults."""

from typing import Any

import pytest

from engine.flow.schema import SchemaFault, find_faults, title_of, with_defaults, without_defaults

DURATION = {"type": "string", "x-ui": {"widget": "duration"}}


@pytest.mark.parametrize(
    ("schema", "value", "what", "do"),
    [
        ({"type": "string"}, 3, "is 3, not a text", "Write a text"),
        ({"type": "string"}, None, "is empty, not a text", "Write a text"),
        ({"type": "integer"}, "x", 'is "x", not a whole number', "Write a whole number"),
        ({"type": "boolean"}, 1, "is 1, not yes or no", "Choose yes or no"),
        ({"type": "array"}, {}, "is an object, not a list", "Write a list"),
        ({"type": "string", "minLength": 1}, "", "is empty", "Fill it in"),
        ({"type": "string", "minLength": 5}, "abc", "has 3 characters", "Write 5 or more"),
        ({"type": "string", "maxLength": 2}, "abc", "has 3 characters", "Shorten it to 2"),
        (
            {"type": "string", "pattern": "^[a-z]+$", "examples": ["abc"]},
            "1",
            'cannot be "1"',
            'Write it like "abc"',
        ),
        (
            {"type": "string", "pattern": "^[a-z]+$"},
            "1",
            'cannot be "1"',
            "Use a spelling that fits ^[a-z]+$",
        ),
        ({"type": "integer", "minimum": 1}, 0, "is 0, less than 1", "Write 1 or more"),
        ({"type": "integer", "maximum": 9}, 10, "is 10, more than 9", "Write 9 or less"),
        ({"type": "number", "exclusiveMinimum": 0}, 0, "is 0", "Write more than 0"),
        ({"type": "array", "minItems": 1}, [], "has 0 entries", "Add some: at least 1"),
        ({"type": "array", "uniqueItems": True}, [1, 1], "has an entry twice", "Remove one of the two"),
        ({"enum": ["all", "any"]}, "some", 'cannot be "some"', 'Choose one of "all", "any"'),
        (DURATION, "2 fortnights", 'cannot be read: the unit "fortnights" is not one of a duration', None),
    ],
)
def test_a_fault_says_what_is_wrong_and_what_to_do(
    schema: dict[str, Any], value: Any, what: str, do: str | None
) -> None:
    """Each keyword has its words."""
    (fault,) = find_faults(schema, value)

    assert fault.what == what
    assert do is None or fault.do == do


def test_a_fault_has_its_place() -> None:
    """Deep in lists and objects the path leads there."""
    item = {
        "type": "object",
        "properties": {"event": {"type": "string"}},
        "additionalProperties": False,
        "required": ["event"],
    }
    schema = {"type": "object", "properties": {"events": {"type": "array", "items": item}}}

    faults = find_faults(schema, {"events": [{"event": "a"}, {"evnt": "b"}]})

    assert [(fault.place, fault.kind) for fault in faults] == [
        ("events.1.event", "missing"),
        ("events.1.evnt", "unknown"),
    ]
    assert faults[1].do == "event"


def test_a_tagged_choice_is_judged_by_its_tag() -> None:
    """Of several kinds, the one that the tag names says what is missing; a wrong tag is the fault itself."""
    options = [
        {
            "type": "object",
            "properties": {"kind": {"const": kind}, kind: {"type": "string"}},
            "required": ["kind", kind],
        }
        for kind in ("url", "file")
    ]
    schema = {"oneOf": options, "discriminator": {"propertyName": "kind"}}

    assert [fault.place for fault in find_faults(schema, {"kind": "file"})] == ["file"]
    assert find_faults(schema, {"kind": "fax"}) == [
        SchemaFault(("kind",), "invalid", 'cannot be "fax"', 'Choose one of "url", "file"')
    ]


def test_null_is_allowed_where_the_schema_says_so() -> None:
    """`nullable` is the dialect's word for "or nothing"."""
    assert find_faults({"type": "string", "nullable": True}, None) == []
    assert find_faults({**DURATION, "nullable": True}, None) == []


def test_a_schema_that_contains_itself_ends() -> None:
    """A value nested without end in a recursive schema is a fault, not a crash."""
    schema = {
        "$ref": "#/$defs/node",
        "$defs": {"node": {"type": "object", "properties": {"in": {"$ref": "#/$defs/node"}}}},
    }
    value: dict[str, Any] = {}
    for _ in range(500):
        value = {"in": value}

    (fault,) = find_faults(schema, value)

    assert fault.what == "is nested too deeply"
    assert with_defaults(schema, {"in": {}}) == {"in": {}}


def test_of_very_many_faults_the_first_are_told() -> None:
    """Nobody reads the thousandth."""
    schema = {"type": "array", "items": {"type": "string"}}

    assert len(find_faults(schema, list(range(1_000)))) == 20


def test_defaults_are_filled_in_everywhere() -> None:
    """In objects, in the items of lists, and behind references; what is there stays."""
    schema: dict[str, Any] = {
        "type": "object",
        "properties": {
            "a": {"type": "integer", "default": 1},
            "list": {"type": "array", "items": {"$ref": "#/$defs/item"}},
            "made": {"type": "object", "properties": {"x": {"default": [1]}}, "default": {}},
            "none": {"type": "string"},
        },
        "$defs": {"item": {"type": "object", "properties": {"b": {"default": None}, "for": DURATION}}},
    }

    filled = with_defaults(schema, {"list": [{}, {"b": 2, "for": " 2  DAY "}], "other": 3})

    assert filled == {
        "list": [{"b": None}, {"b": 2, "for": "2 days"}],
        "other": 3,
        "a": 1,
        "made": {"x": [1]},
    }
    filled["made"]["x"].append(2)
    assert schema["properties"]["made"]["properties"]["x"]["default"] == [1]


def test_a_field_is_called_by_its_title() -> None:
    """With the place in a list counted from one; without a title by its name."""
    item = {"type": "object", "properties": {"event": {"title": "Event"}, "port": {}}}
    schema = {"type": "object", "properties": {"events": {"title": "Events", "type": "array", "items": item}}}

    assert title_of(schema, ("events", 1, "event")) == "Events 2 Event"
    assert title_of(schema, ("events", 0, "port")) == "Events 1 port"
    assert title_of({}, ("gone",)) == "gone"


def test_what_equals_its_default_can_be_left_out() -> None:
    """At any depth, and however a duration is spelt; filled in again, it is the whole config."""
    schema: dict[str, Any] = {
        "properties": {
            "for": {"type": "string", "default": "2 days", "x-ui": {"widget": "duration"}},
            "list": {"items": {"properties": {"a": {"default": 1}, "b": {"default": None}}}},
            "other": {},
        }
    }
    whole = with_defaults(schema, {"list": [{"a": 1}, {"a": 2}], "other": 3, "for": "2 day"})

    bare = without_defaults(schema, whole)

    assert bare == {"list": [{}, {"a": 2}], "other": 3}
    assert with_defaults(schema, bare) == whole
