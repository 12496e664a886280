"""Loops: which rests stop everybody, and which only seem to."""

from typing import Any

import pytest

from tests.unit.flow.drawing import codes, draw, plan_of
from tests.unit.journey.story import given

LOOP = "in:campaign -> c:condition -> {rest}> c\nc -no-> out:exit"
REPEAT = "in:campaign -> mail:send_email -> {rest}> r:repeat -> mail\nr -done-> out:exit"
LOOPING = {"loop-without-rest", "repeat-without-rest"}


def loops(paths: str, **configs: dict[str, Any]) -> set[str]:
    """What is said of loops in a drawing."""
    return LOOPING & set(codes(draw(paths, **configs)))


@pytest.mark.parametrize(
    ("rest", "config"),
    [
        ("w:delay -", {"for": "1 second"}),
        ("w:wait_until -", {"at": "09:00"}),
        ("w:wait_until -", {"at": "09:00", "weekdays": [0, 3]}),
        ("w:wait_for -timeout-", {"since": "here", "within": "2 days"}),
        ("w:wait_for -visited-", {"since": "here", "within": None}),
        ("w:bought -not_bought-", {"since": "here", "within": "2 days"}),
    ],
)
def test_a_rest_that_stops_everybody_makes_a_loop_sound(rest: str, config: dict[str, Any]) -> None:
    """A delay, a time of day, and a wait that counts from its own beginning hold each contact each time."""
    assert loops(LOOP.format(rest=rest), w=config) == set()


@pytest.mark.parametrize(
    ("rest", "config"),
    [
        ("w:delay -", {"for": "0 days"}),
        ("w:wait_until -", {"at": None, "date": "2030-01-01"}),
        ("w:wait_until -", {"at": "09:00", "attribute": "contact.birthday", "yearly": True}),
        ("w:wait_until -", {"at": None, "opens": "09:00", "closes": "17:00"}),
        ("w:wait_for -timeout-", {"since": "entry", "within": "2 days"}),
        ("w:wait_for -timeout-", {"since": "here", "within": "0 days"}),
        ("w:bought -not_bought-", {"since": "entry", "within": "2 days"}),
        ("w:add_tag -", {}),
    ],
)
def test_a_rest_that_may_be_over_does_not_make_a_loop_sound(rest: str, config: dict[str, Any]) -> None:
    """A date, a window, a wait since an earlier moment, or no rest at all lets a contact run round without end."""
    assert loops(LOOP.format(rest=rest), w=config) == {"loop-without-rest"}


def test_a_wait_since_a_node_does_not_make_a_loop_sound() -> None:
    """An event that ended a wait since a node ends it again in the next round."""
    paths = "in:campaign -> n:note -> c:condition -> w:wait_for -timeout-> n\nw -> n\nc -no-> out:exit"

    assert loops(paths, w={"since": "n", "within": "2 days"}) == {"loop-without-rest"}


@pytest.mark.parametrize("port", ["no", "yes"])
def test_a_repeat_with_any_rest_is_sound(port: str) -> None:
    """At most three reminders, each followed by two days for opening it, end."""
    assert loops(REPEAT.format(rest=f"open:engagement -{port}-")) == set()


def test_a_repeat_without_a_rest_is_not_sound() -> None:
    """Three messages in the same instant are refused."""
    assert loops(REPEAT.format(rest="n:note -")) == {"repeat-without-rest"}


def test_a_way_back_that_does_not_count_is_not_bounded_by_a_repeat() -> None:
    """Leaving by `done` begins a new count, so a loop through it has no end."""
    paths = "in:campaign -> r:repeat -> d:wait_until -> r\nr -done-> c:condition -> r\nc -no-> out:exit"
    window = {"at": None, "opens": "09:00", "closes": "17:00"}

    assert loops(paths, d=window) == {"loop-without-rest"}


def test_the_wait_for_a_message_sent_in_each_round_is_a_rest() -> None:
    """A loop that sends anew, and waits for that message, is as good as one with a delay."""
    paths = "in:campaign -> mail:send_email -> open:engagement -no-> mail\nopen -> out:exit"

    assert loops(paths) == set()


def test_the_wait_for_a_message_of_an_earlier_round_is_none() -> None:
    """A loop that comes back to the wait without sending anew has no end once the time for opening is over."""
    paths = "in:campaign -> mail:send_email -> open:engagement -no-> c:condition -> mail\nc -no-> open -> out:exit"

    assert loops(paths) == {"loop-without-rest"}


def test_each_loop_is_named_by_its_own_nodes() -> None:
    """Two separate loops are two diagnostics."""
    paths = """in:campaign -> a:condition -> b:note -> a
    a -no-> c:condition -> d:note -> c
    c -no-> out:exit"""

    assert codes(draw(paths)) == ["loop-without-rest", "loop-without-rest"]


@pytest.mark.parametrize(
    ("rest", "config"),
    [
        ("w:delay -", {"for": "0 days"}),
        ("w:wait_for -timeout-", {"within": "0 days"}),
        ("w:bought -not_bought-", {"within": "0 days"}),
    ],
)
def test_a_rest_of_no_length_is_none(rest: str, config: dict[str, Any]) -> None:
    """Three messages with nothing but zero days between them go out in one instant, too."""
    assert loops(REPEAT.format(rest=rest), w=config) == {"repeat-without-rest"}


@pytest.mark.parametrize(("acts", "expected"), [(998, []), (999, ["too-many-steps"])])
def test_a_path_that_is_told_of_is_one_that_parks(acts: int, expected: list[str]) -> None:
    """The longest path that the engine goes at once can be published, one that is a node longer cannot."""
    paths = "in:campaign -> " + " -> ".join(f"n{number}:note" for number in range(acts)) + " -> out:exit"
    rested = paths.replace("n500:note", "n500:note -> d:delay")

    assert codes(draw(paths)) == expected
    assert codes(draw(rested)) == []
    if not expected:
        assert given(plan_of(draw(paths))).told()[-1] == "ended: done"
