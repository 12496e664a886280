"""Configs against their schema: agreement with a full validator, the words for each fault, and defaults: on examples that are searched for."""

from typing import Any

import jsonschema_rs
from hypothesis import given
from hypothesis import strategies as st

from engine.flow.schema import find_faults, with_defaults

SCALARS = st.none() | st.booleans() | st.integers(-3, 3) | st.sampled_from([0.5, 2.0, "", "a", "ab", "é"])


VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=5,
)


Parts = dict[str, st.SearchStrategy[Any]]


@st.composite
def schemas(draw: st.DrawFn, depth: int = 2) -> dict[str, Any]:
    """A schema of the dialect."""
    kinds = ["string", "integer", "number", "boolean", "null", "enum", "const", "any"]
    kind = draw(
        st.sampled_from(kinds + (["object", "array", "anyOf", "oneOf", "allOf", "kinds"] if depth else []))
    )
    inner = schemas(depth - 1) if depth else st.nothing()
    small = st.integers(0, 2)
    match kind:
        case "string":
            return {
                "type": "string",
                **draw(
                    st.fixed_dictionaries(
                        {},
                        optional={
                            "minLength": small,
                            "maxLength": small,
                            "pattern": st.sampled_from(["^a", "b$"]),
                        },
                    )
                ),
            }
        case "integer" | "number":
            bounds = dict.fromkeys(("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"), small)
            return {
                "type": kind,
                **draw(
                    st.fixed_dictionaries({}, optional={**bounds, "multipleOf": st.sampled_from([1, 2, 0.5])})
                ),
            }
        case "enum":
            return {"enum": draw(st.lists(SCALARS, min_size=1, max_size=3))}
        case "const":
            return {"const": draw(SCALARS)}
        case "any":
            return {}
        case "kinds":
            return {"type": draw(st.lists(st.sampled_from(kinds[:5]), min_size=1, max_size=2, unique=True))}
        case "array":
            limits: Parts = {
                "minItems": small,
                "maxItems": small,
                "uniqueItems": st.booleans(),
                "items": inner,
            }
            return {"type": "array", **draw(st.fixed_dictionaries({}, optional=limits))}
        case "object":
            return {
                "type": "object",
                "properties": draw(st.dictionaries(st.sampled_from("abc"), inner, max_size=2)),
                "required": draw(st.lists(st.sampled_from("abc"), max_size=2, unique=True)),
                **draw(
                    st.fixed_dictionaries(
                        {},
                        optional={
                            "additionalProperties": st.booleans() | inner,
                            "minProperties": small,
                            "maxProperties": small,
                        },
                    )
                ),
            }
        case "anyOf":
            return {"anyOf": draw(st.lists(inner, min_size=1, max_size=2))}
        case "oneOf":
            tagged = {
                "type": "object",
                "required": ["a"],
                "properties": {"a": {"const": "x"}, "b": draw(inner)},
            }
            other = {
                "type": "object",
                "required": ["a"],
                "properties": {"a": {"enum": ["y"]}, "c": draw(inner)},
            }
            return {"oneOf": [tagged, other], "discriminator": {"propertyName": "a"}}
        case "allOf":
            return {"allOf": draw(st.lists(inner, min_size=1, max_size=2))}
        case _:
            return {"type": kind}


@given(schemas(), VALUES)
def test_it_agrees_with_a_full_validator(schema: dict[str, Any], value: Any) -> None:
    """A value has a fault exactly when a validator of JSON Schema refuses it."""
    assert (find_faults(schema, value) == []) == jsonschema_rs.is_valid(schema, value)


@given(schemas(), VALUES)
def test_filling_in_defaults_twice_is_as_good_as_once(schema: dict[str, Any], value: Any) -> None:
    """What is filled in needs nothing more."""
    once = with_defaults(schema, value)

    assert with_defaults(schema, once) == once
