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


ROME = {"op": "is", "field": "contact.city", "value": "Rome"}
MILAN = {"op": "is", "field": "contact.city", "value": "Milan"}


def of_node(kind: str, was: dict[str, Any], now: dict[str, Any]) -> list[str]:
    """What is said of a node whose config changed."""
    return texts(*(draw(f"in:campaign -> n:{kind} -> out:exit", n=config) for config in (was, now)))


def ordered(more_than: int) -> dict[str, Any]:
    """An event of a larger order."""
    return {
        "event": "Order Completed",
        "where": {"op": "more", "field": "event.total", "value": more_than},
    }


def listed(last: str) -> dict[str, Any]:
    """A wait for five events."""
    names = ["a", "b", "c", "d", last]
    return {"events": [{"event": name, "port": f"p{place}"} for place, name in enumerate(names)]}


@pytest.mark.parametrize(
    ("kind", "was", "now", "expected"),
    [
        (
            "split",
            {"branches": [{"port": "a", "label": "Local", "condition": ROME}]},
            {"branches": [{"port": "a", "label": "Local", "condition": MILAN}]},
            ['Branches "Local", condition city is Rome → city is Milan'],
        ),
        (
            "random_split",
            {"arms": [{"port": "a", "weight": 50}, {"port": "b", "weight": 50}]},
            {"arms": [{"port": "a", "weight": 90}, {"port": "b", "weight": 10}]},
            ['Arms "a", weight 50 → 90', 'Arms "b", weight 50 → 10'],
        ),
        (
            "wait_for",
            {"events": [{**ordered(10), "port": "b"}]},
            {"events": [{**ordered(1000), "port": "b"}]},
            ['Events "Order Completed", where total is more than 10 → total is more than 1000'],
        ),
        ("wait_for", listed("e"), listed("f"), ['Events "e", event e → f']),
        (
            "wait_for",
            {"events": [{"event": "a", "port": "b"}]},
            {"events": [{"event": "a", "port": "c"}, {"event": "d", "port": "d"}]},
            ["Events: added a (c), d (d)", "Events: removed a (b)"],
        ),
        (
            "split",
            {"branches": [{"port": "a", "condition": ROME}, {"port": "b", "condition": MILAN}]},
            {"branches": [{"port": "b", "condition": MILAN}, {"port": "a", "condition": ROME}]},
            ["Branches: order a, b → b, a"],
        ),
        ("update_contact", {"set": {"a": 1, "b": "x"}}, {"set": {"a": 1, "b": "y"}}, ["Set, b x → y"]),
        ("update_contact", {"set": {"a": 1}}, {"set": {"a": True}}, ["Set, a 1 → yes"]),
        ("update_contact", {"set": {"a": "5"}}, {"set": {"a": 5}}, ['Set, a "5" → 5']),
        ("hook", {"body": "a"}, {"body": "a\r\n"}, ["Body a → a\\r\\n"]),
        (
            "wait_until",
            {"at": "09:00", "weekdays": [0, 1]},
            {"at": "09:00", "weekdays": [0, 1, 2]},
            ["Weekdays: added Wednesday"],
        ),
        ("wait_until", {"at": "9:00", "weekdays": [1, 0]}, {"at": "09:00", "weekdays": [0, 1]}, []),
        (
            "condition",
            {"condition": ROME},
            {"condition": {**ROME, "field": "contact.attributes.city"}},
            [],
        ),
        ("attribute", {"field": "contact.city"}, {"field": "contact.attributes.city"}, []),
    ],
)
def test_what_changed_within_a_field_is_told(
    kind: str, was: dict[str, Any], now: dict[str, Any], expected: list[str]
) -> None:
    """Item by item, field by field, in words that differ; and nothing of what is only spelled otherwise."""
    assert of_node(kind, was, now) == expected


def test_the_last_of_many_holidays_is_told() -> None:
    """Days that came and went; their order means nothing."""
    days = [f"2026-01-{number:02}" for number in range(1, 22)]
    documents = [
        draw(PATHS, settings={"holidays": listed})
        for listed in (days, [*days[1:], days[0]], [*days[:20], "2026-12-26"])
    ]

    assert texts(documents[0], documents[1]) == []
    assert texts(documents[0], documents[2]) == ["Holidays: added 2026-12-26", "Holidays: removed 2026-01-21"]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("x" * 100 + "A", "x" * 100 + "B", f'"launch", text …{"x" * 20}A" → …{"x" * 20}B"'),
        ("a\r\nb", "a\nb", '"launch", text, line 1 "a\\r" → "a"'),
        ("a\nb", "a\nb\n", '"launch", text, line 3 not set → ""'),
        ("a", "a\u202eb", '"launch", text "a" → "a\\u202eb"'),
    ],
)
def test_a_text_that_changed_late_or_out_of_sight(before: str, after: str, expected: str) -> None:
    """Long lines are cut around what differs, and what cannot be seen is spelled out."""
    old, new = draw(PATHS), draw(PATHS)
    old["templates"]["launch"]["text"], new["templates"]["launch"]["text"] = before, after

    assert texts(old, new) == [f"Template {expected}"]
