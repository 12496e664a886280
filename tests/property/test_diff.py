"""Differences in words: whatever changed, both sides of the arrow read differently, on one line."""

from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

from engine.flow.diff_values import Comparison, Told, same, text_change

words = st.text("ab \n\r\\\u202e5", max_size=6) | st.text("x", min_size=70, max_size=90).map(
    lambda text: text + "a"
)
plain = st.none() | st.booleans() | st.integers(-2, 2) | st.floats(-2, 2) | words | st.just("not set")
asked = st.fixed_dictionaries(
    {
        "op": st.sampled_from(["is", "less", "gone"]),
        "field": st.sampled_from(["contact.a", "contact.b"]),
        "value": words,
    }
)
things = st.recursive(
    plain | asked,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["port", "label", "a"]), inner, max_size=3)
    ),
    max_leaves=8,
)


def read(told: Told) -> None:
    """A change can be read: the two sides differ, and nothing breaks the line."""
    assert told.text.isprintable()
    assert told.before is None or told.before != told.after


@given(things, things)
def test_no_change_of_a_value_reads_the_same_on_both_sides(was: Any, now: Any) -> None:
    """Texts and numbers that look alike, conditions, lists and objects of them."""
    assume(not same(was, now))
    told = list(Comparison({}, {}, {}).field("a", was, now))

    for one in told:
        read(one)
    assert told or not (was or now)


@given(words | st.lists(words).map("\n".join), words | st.lists(words).map("\n".join))
def test_no_change_of_a_text_reads_the_same_on_both_sides(was: str, now: str) -> None:
    """Long lines, line ends of other systems, letters that cannot be seen."""
    assume(was != now)

    read(text_change("Text", was, now))
