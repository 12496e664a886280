"""Conditions: how they are read and refused, and what can be asked of them: on examples that are searched for."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from engine.flow.condition import (
    Condition,
    condition_json,
    parse_condition,
)
from engine.flow.condition_field import FieldPath, parse_field
from tests.condition_cases import KEYS, conditions


@given(conditions)
def test_a_condition_survives_its_own_json(condition: Condition) -> None:
    """What is written as JSON text is read back as the same condition, with the same JSON."""
    text = json.dumps(condition_json(condition))

    again = parse_condition(json.loads(text))

    assert again == condition
    assert json.dumps(condition_json(again)) == text


@given(
    st.lists(
        st.sampled_from(KEYS)
        | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=8),
        min_size=1,
        max_size=4,
    )
)
def test_any_key_can_be_spelled(keys: list[str]) -> None:
    """There is a spelling for every path of keys, and it is read as that path."""
    path = FieldPath("contact", None, tuple(keys))

    assert parse_field(str(path)) == path
