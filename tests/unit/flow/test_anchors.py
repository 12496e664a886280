"""Counting from a node that contacts may not have passed."""

import pytest

from tests.unit.flow.drawing import codes, draw


@pytest.mark.parametrize(("since", "expected"), [("mail", []), ("after", ["anchor-not-before"])])
def test_a_question_counts_from_a_node_before_it(since: str, expected: list[str]) -> None:
    """From a node that comes later nobody can count."""
    document = draw(
        """
        in:campaign -> mail:send_email -> asked:bought -bought-> after:delay -> out:exit
        asked -not_bought-> out
        """,
        asked={"since": since},
    )

    assert codes(document) == expected


def test_behind_a_goal_any_node_may_have_been_passed() -> None:
    """A goal takes contacts from wherever they stand: who has not passed the node counts from the entry."""
    document = draw(
        """
        in:campaign -> mail:send_email -> rest:delay -> out:exit
        won:goal -> asked:bought -bought-> early:exit
        asked -not_bought-> late:exit
        """,
        asked={"since": "rest"},
    )

    assert codes(document) == []
