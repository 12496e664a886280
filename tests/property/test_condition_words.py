"""Conditions: what they say of themselves: on examples that are searched for."""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import combinations
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from engine.flow.condition import Condition, OneOf, parse_condition
from engine.flow.condition_eval import Facts, compile_condition
from engine.flow.condition_words import describe
from tests.condition_cases import conditions


@given(conditions)
def test_every_condition_can_be_said(condition: Condition) -> None:
    """There are words for any condition, on one line if its names are."""
    assert describe(condition).strip()


ATOMS = [{"op": "tagged", "tag": name} for name in ("a", "b", "d")]


def grown(parts: list[Any], partners: list[Any]) -> Iterator[Any]:
    """Every denial of a part, and every group of one part or of a part and a partner."""
    for one in parts:
        yield {"op": "not", "of": one}
        for op in ("all", "any"):
            yield {"op": op, "of": [one]}
            yield from ({"op": op, "of": [one, other]} for other in partners)


def test_what_is_said_alike_means_the_same() -> None:
    """No two conditions with the same words differ in who fits: all of three tags, nested up to four levels deep."""
    small = [*ATOMS, *grown(ATOMS, ATOMS)]
    larger = [*small, *grown(small, small)]
    some = random.Random(7).sample(larger, 60)
    meanings: dict[str, tuple[bool, ...]] = {}
    for data in [*larger, *grown(some, some)]:
        condition = parse_condition(data)
        test = compile_condition(condition)
        fits = tuple(
            test(Facts(now=0, tags=frozenset(tags))) for n in range(4) for tags in combinations("abd", n)
        )
        assert meanings.setdefault(describe(condition), fits) == fits, describe(condition)


_LOOKALIKES = [
    "5",
    "5.0",
    "1e3",
    "yes",
    "no",
    "true",
    "known",
    "not known",
    "a or b",
    "a, b",
    "less than 5",
    "a",
]
_plain = st.sampled_from([5, 1000, True, False, *_LOOKALIKES]) | st.text("a5 ,yno.", min_size=1, max_size=4)
_fields = st.sampled_from(
    [
        "contact.v",
        "contact.attributes.email",
        "contact.email",
        'contact."v w"',
        "contact.v_w",
        'contact."a.b"',
        "contact.a.b",
    ]
)
_leaves = st.one_of(
    st.fixed_dictionaries({"op": st.sampled_from(["is", "is_not"]), "field": _fields, "value": _plain}),
    st.fixed_dictionaries(
        {"op": st.just("one_of"), "field": _fields, "value": st.lists(_plain, min_size=2, max_size=4)}
    ),
    st.fixed_dictionaries({"op": st.sampled_from(["exists", "missing"]), "field": _fields}),
    st.fixed_dictionaries({"op": st.just("less"), "field": _fields, "value": st.just(5)}),
)


@given(st.lists(_leaves, min_size=2, max_size=30))
def test_a_value_is_told_from_what_it_looks_like(questions: list[dict[str, Any]]) -> None:
    """A text that looks like a number, like yes or no, or like other words of the sentence stands in quotes."""
    said: dict[str, Condition] = {}
    for data in questions:
        condition = parse_condition(data)
        if not (isinstance(condition, OneOf) and len(condition.value) == 1):
            assert said.setdefault(describe(condition), condition) == condition
