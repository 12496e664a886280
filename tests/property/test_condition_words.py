"""Conditions: what they say of themselves: on examples that are searched for."""

from __future__ import annotations

from hypothesis import given

from engine.flow.condition import (
    Condition,
)
from engine.flow.condition_words import describe
from tests.condition_cases import conditions


@given(conditions)
def test_every_condition_can_be_said(condition: Condition) -> None:
    """There are words for any condition, on one line if its names are."""
    assert describe(condition).strip()
