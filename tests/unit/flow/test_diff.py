"""Differences of two flowcharts, in words."""

import copy
from typing import Any

import pytest

from engine.flow.diagnostic import NotPublishable
from engine.flow.diff import diff
from tests.unit.flow.drawing import draw
from tests.unit.flow.manifests import CATALOG

PATHS = """in:campaign -> mail:send_email -> open:engagement -> d:delay -> out:exit
open -no-> sms:send_sms -> out"""
MIDDLE = "".join(f"line {number}\n" for number in range(10))


def texts(old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    """The changes from one drawing to another, in words."""
    return [change.text for change in diff(old, new, CATALOG)]


def changed(**configs: dict[str, Any]) -> list[str]:
    """What is said of changed configs."""
    return texts(draw(PATHS), draw(PATHS, **configs))


def renamed(**names: str) -> dict[str, Any]:
    """The drawing with names for nodes."""
    document = draw(PATHS)
    for node, name in names.items():
        document["nodes"][node]["name"] = name
    return document


def test_the_same_drawing_has_no_changes() -> None:
    """Nor has one that says a default, sits elsewhere on the canvas, or has other ids for its edges."""
    document = draw(PATHS)
    other = copy.deepcopy(document)
    other["nodes"]["mail"]["config"] |= {"promotion": None}
    other["nodes"]["open"]["config"] |= {"within": "2 days", "what": "opened"}
    other["nodes"]["open"]["position"] = {"x": 5, "y": 9}
    other["edges"] = {f"x{name}": edge for name, edge in other["edges"].items()}
    other["settings"] = {"timezone": "UTC"}

    assert texts(document, other) == []


@pytest.mark.parametrize(
    ("configs", "expected"),
    [
        ({"d": {"for": "3 days"}}, "Wait 2 days → 3 days"),
        ({"open": {"within": "5 days"}}, "Wait until opened, at most 2 days → 5 days"),
        ({"open": {"what": "clicked"}}, "Wait until opened, at most 2 days → clicked, at most 2 days"),
        ({"open": {"within": None}}, "Wait until opened, at most 2 days → opened"),
        ({"mail": {"template": "other"}}, "Send launch → other"),
        ({"mail": {"promotion": "spring"}}, "Promotion not set → spring"),
        ({"out": {"when": "goal_or_limit"}}, "When at_once → goal_or_limit"),
    ],
)
def test_a_changed_config_is_told_in_the_words_of_its_node(configs: dict[str, Any], expected: str) -> None:
    """What the node's sentence says is told in one; other fields by their titles."""
    assert changed(**configs) == [expected]


def test_a_node_with_a_name_is_named() -> None:
    """Its name comes first, so that several changes can be told apart."""
    old, new = renamed(d="Cool down"), renamed(d="Cool down")
    new["nodes"]["d"]["config"]["for"] = "3 days"

    assert texts(old, new) == ['"Cool down": Wait 2 days → 3 days']


def test_nodes_that_come_and_go() -> None:
    """An added node says what it does; its connections are told, those of a removed one go without saying."""
    old = draw(PATHS)
    new = draw(PATHS.replace("-> sms:send_sms -> out", "-> r:delay -> out"), r={"for": "1 hour"})

    assert texts(old, new) == [
        'Added "Delay": Wait 1 hour',
        'Removed "Send sms"',
        '"no" of "Opened?" leads to "Delay", no longer to "Send sms"',
        'Connected "done" of "Delay" to "Exit"',
    ]


def test_connections_that_change() -> None:
    """A port leads elsewhere, to nowhere, or to something for the first time."""
    old, new = draw(PATHS), draw(PATHS.replace("open -no-> sms:send_sms -> out", "sms:send_sms -> out"))

    assert texts(old, new) == ['Disconnected "no" of "Opened?" from "Send sms"']
    assert texts(new, old) == ['Connected "no" of "Opened?" to "Send sms"']


def test_names_types_versions_and_notes() -> None:
    """Whatever else a node has is told too."""
    old, new = renamed(d="Cool down"), renamed(d="Rest")
    new["nodes"]["sms"]["type"] = "send_push"
    new["nodes"]["mail"]["note"] = "Look here"
    new["name"] = "Spring"

    assert texts(old, new) == [
        'The journey is called "Spring", no longer "Test"',
        '"Cool down" is called "Rest"',
        'The note of "Send email" changed',
        "Send sms → Send push",
    ]


def test_settings_by_their_names() -> None:
    """Each setting that changed, with both values."""
    new = draw(
        PATHS, settings={"timezone": "Europe/Rome", "reentry": {"rule": "after_time", "after": "30 days"}}
    )

    assert texts(draw(PATHS), new) == [
        "Re-entry after not set → 30 days",
        "Re-entry once → after_time",
        "Time zone UTC → Europe/Rome",
    ]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("Hello", "Hello you", 'Template "launch", text "Hello" → "Hello you"'),
        (None, "Hello", 'Template "launch", text not set → "Hello"'),
        (
            MIDDLE,
            MIDDLE.replace("line 4", "line four"),
            'Template "launch", text, line 5 "line 4" → "line four"',
        ),
        (MIDDLE, MIDDLE + "line 10\n", 'Template "launch", text, line 11 not set → "line 10"'),
        (
            MIDDLE,
            MIDDLE.replace("line 4", "x").replace("line 7", "y"),
            'Template "launch", text, 2 lines changed',
        ),
        (MIDDLE, "x\n" * 2_000, 'Template "launch", text changed'),
    ],
)
def test_texts_of_templates(before: str | None, after: str, expected: str) -> None:
    """A short text is shown whole, a longer one by the line that changed, or by how many did."""
    old, new = draw(PATHS), draw(PATHS)
    old["templates"]["launch"]["text"], new["templates"]["launch"]["text"] = before, after

    assert texts(old, new) == [expected]


def test_content_that_comes_and_goes() -> None:
    """Templates and promotions are told by name."""
    old, new = draw(PATHS), draw(PATHS)
    del new["templates"]["reminder"]
    new["promotions"]["spring"]["discount_percent"] = 20
    new["promotions"]["summer"] = {"name": "Summer", "discount_percent": 5}

    assert texts(old, new) == [
        'Removed the template "reminder"',
        'Promotion "spring", discount percent 10 → 20',
        'Added the promotion "summer"',
    ]


def test_the_order_of_maps_means_nothing() -> None:
    """The same two drawings give the same list."""
    old, new = draw(PATHS), draw(PATHS, d={"for": "3 days"}, open={"within": "5 days"}, out={"result": "x"})
    turned = {
        **new,
        "nodes": dict(reversed(new["nodes"].items())),
        "edges": dict(reversed(new["edges"].items())),
    }

    assert diff(old, new, CATALOG) == diff(old, turned, CATALOG)


def test_drafts_with_faults_are_compared_too() -> None:
    """An unknown type, a dangling edge, two edges from one port: what changed is told all the same."""
    old, new = draw(PATHS), draw(PATHS)
    new["nodes"]["d"]["type"] = "gone"
    new["edges"]["more"] = {"from": "open", "port": "no", "to": "nowhere"}

    assert texts(old, new) == [
        "Delay → gone",
        '"no" of "Opened?" leads to "nowhere", "Send sms", no longer to "Send sms"',
    ]


def test_what_cannot_be_read_cannot_be_compared() -> None:
    """It says so, as the compiler does."""
    with pytest.raises(NotPublishable):
        diff(draw(PATHS), {"schema": 99}, CATALOG)
