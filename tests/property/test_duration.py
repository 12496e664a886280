"""Durations: what may be written, what it means, and what a person reads who wrote something else: on examples that are searched for."""

import re

from hypothesis import example, given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from engine.flow.duration import EXACT, UNITS, Duration

DAY = 86_400_000


@st.composite
def durations(draw: st.DrawFn) -> Duration:
    """Any duration that may be written, the longest of each unit included."""
    unit = draw(st.sampled_from(UNITS))
    most = {"month": 120, "year": 10}.get(unit) or 3653 * DAY // EXACT[unit]
    return Duration(
        draw(st.one_of(st.integers(0, min(most, 100)), st.integers(0, most), st.just(most))), unit
    )


@settings(max_examples=50)
@given(durations())
def test_what_is_written_is_read_again(duration: Duration) -> None:
    """parse(str(d)) is d, for every duration there is."""
    assert duration == Duration.parse(str(duration))


@settings(max_examples=50)
@given(durations(), st.data())
def test_any_spelling_of_a_duration_is_read_as_the_same(duration: Duration, data: st.DataObject) -> None:
    """Case, spaces and the plural s never change what a text means."""
    spaces = st.text(" \t\n", max_size=3)
    word = "".join(data.draw(st.sampled_from([c, c.upper()])) for c in duration.unit)
    plural = data.draw(st.sampled_from(["", "s", "S"]))
    text = f"{data.draw(spaces)}{duration.amount}{data.draw(spaces)}{word}{plural}{data.draw(spaces)}"

    assert duration == Duration.parse(text)


PATTERN = re.compile(TypeAdapter(Duration).json_schema()["pattern"])


NEAR_MISSES = st.lists(
    st.sampled_from(
        ["2", "0", "-", ".", " ", "\n", "day", "days", "Month", "s", "S", "e", "٣", "ſ", "K", "wee"]
    ),
    max_size=5,
).map("".join)


@settings(max_examples=100)
@given(st.one_of(st.text(max_size=12), NEAR_MISSES))
@example("9 wee\u212a")
@example("2 dayſ")
@example("2 days\n")
def test_the_schema_and_the_parser_accept_the_same_texts(text: str) -> None:
    """Whoever checks a document against the schema alone comes to the parser's verdict, but for the ten years."""
    try:
        Duration.parse(text)
        refusal = None
    except ValueError as error:
        refusal = str(error)

    matches = PATTERN.search(text) is not None
    assert matches == (refusal is None) or "longer than 10 years" in str(refusal)
    assert refusal is None or re.fullmatch(r'.+\. Write .+".', refusal, re.DOTALL)
