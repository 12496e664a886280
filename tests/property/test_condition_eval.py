"""Conditions: what they answer in Python: on examples that are searched for."""

from __future__ import annotations

from datetime import datetime

from hypothesis import example, given
from hypothesis import strategies as st

from engine.flow.condition import (
    Condition,
    Not,
)
from engine.flow.condition_eval import Facts, compile_condition
from engine.flow.condition_moment import moment
from tests.condition_cases import DAY, NOW, Person, conditions, people
from tests.unit.test_condition_eval import instant


@given(conditions, people)
def test_no_data_makes_a_condition_raise(condition: Condition, person: Person) -> None:
    """A condition answers yes or no whatever it meets, and `not` always the opposite."""
    facts = Facts(
        now=NOW,
        contact={**person.columns, "attributes": person.attributes},
        history=person.events,
        anchor=NOW - DAY,
    )
    opposite = Not(of=condition)

    answer = compile_condition(condition)(facts)

    assert isinstance(answer, bool)
    assert compile_condition(opposite)(facts) is not answer


@example(datetime(8641, 5, 7, 23, 59, 59, 999_999), "microseconds", "T", "Z")  # noqa: DTZ001
@given(
    st.datetimes(min_value=datetime(1, 1, 2), max_value=datetime(9999, 12, 30)),  # noqa: DTZ001
    st.sampled_from(["minutes", "seconds", "milliseconds", "microseconds"]),
    st.sampled_from(["T", " "]),
    st.sampled_from(["", "Z", "+00:00", "-11:30", "+14:00"]),
)
def test_moments_are_those_of_the_standard_library(
    at: datetime, precision: str, between: str, offset: str
) -> None:
    """An ISO date and time is read to the whole second, in UTC where it says no offset."""
    text = at.isoformat(between, precision) + offset

    assert moment(text) == instant(text)
    assert moment(text[:10]) == instant(text[:10])
