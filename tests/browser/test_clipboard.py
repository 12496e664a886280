"""Nodes copied and pasted between two tabs: of two journeys, of one journey, by keys and from the list of commands."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.browser.designer import Designer
from tests.browser.keyboard import Keyboard
from tests.browser.office import Body, Office, eventually, example
from tests.browser.windows import Windows


def _tabs(windows: Windows, office: Office, *journeys: str) -> list[Designer]:
    """Tabs of one person, each with a journey."""
    first = windows.open()
    pages = [first, *(windows.open(another=first) for _ in journeys[1:])]
    return [Designer(page, office).open(one) for page, one in zip(pages, journeys, strict=True)]


def _added(before: Body, after: Body, part: str) -> Body:
    """What is new in a part of the document; what was there is what it was."""
    assert {key: after[part][key] for key in before[part]} == before[part]
    return {key: value for key, value in after[part].items() if key not in before[part]}


def test_nodes_go_from_one_journey_to_another_by_keys(windows: Windows, office: Office) -> None:
    """The nodes arrive with the edges between them and with what they name, under ids of their own; what they refer to in the
    other journey is left out. One undo takes all of it back, and another text on the clipboard changes nothing."""
    source, target = _tabs(
        windows,
        office,
        office.draw(example("coupon") | {"name": "Copied from a tab"}),
        office.draw(example("welcome") | {"name": "Pasted into a tab"}),
    )
    given, before = office.document(source.journey), target.saved()

    source.page.bring_to_front()
    source.select("Opened?")
    source.page.keyboard.press("]")
    source.page.keyboard.press("Control+c")
    expect(source.page.get_by_role("status").filter(has_text="5 nodes copied.")).to_have_count(1)
    target.page.bring_to_front()
    target.page.keyboard.press("Control+v")
    after = eventually("the paste", target.saved, lambda now: len(now["nodes"]) > len(before["nodes"]))

    copied = {key: given["nodes"][key] for key in ("opened", "done", "coupon", "sms", "sent")}
    nodes = _added(before, after, "nodes")
    assert sorted(node["name"] for node in nodes.values()) == sorted(node["name"] for node in copied.values())
    names = {key: node["name"] for key, node in nodes.items()}
    assert sorted((names[edge["from"]], edge["port"], names[edge["to"]]) for edge in _added(before, after, "edges").values()) == [
        ("Give a coupon", "given", "Send the code"), ("Opened?", "no", "Give a coupon"), ("Opened?", "yes", "Opened"),
        ("Send the code", "sent", "Coupon sent"),
    ]  # fmt: skip
    assert _added(before, after, "templates") == {"code": given["templates"]["code"]}
    assert _added(before, after, "promotions") == given["promotions"]
    opened = next(node for node in nodes.values() if node["name"] == "Opened?")
    assert "message" not in opened["config"]
    assert office.document(source.journey) == given

    target.page.evaluate("navigator.clipboard.writeText('no part of a journey')")
    target.page.keyboard.press("Control+v")
    expect(target.page.get_by_text("What is on the clipboard is no part of a journey.")).to_be_visible()
    target.undo()
    eventually("the undo", target.saved, lambda now: now == before)


def test_a_node_is_cut_in_one_tab_and_pasted_in_another_of_the_same_journey(
    windows: Windows, office: Office
) -> None:
    """From the list of commands, too: each tab sees what the other did, and what the node refers to is kept."""
    journey = office.draw(example("coupon") | {"name": "Cut and pasted"})
    first, second = _tabs(windows, office, journey, journey)
    before = office.document(journey)

    first.page.bring_to_front()
    first.select("Opened?")
    Keyboard(first).command("Cut")
    expect(first.node("Opened?")).to_have_count(0)
    expect(second.node("Opened?")).to_have_count(0)

    second.page.bring_to_front()
    Keyboard(second).command("Paste")
    expect(second.node("Opened?")).to_have_count(1)
    second.saved()
    first.page.bring_to_front()
    expect(first.node("Opened?")).to_have_count(1)
    after = first.saved()
    (node,) = (one for one in after["nodes"].values() if one["name"] == "Opened?")
    assert node["config"] == before["nodes"]["opened"]["config"]
    expect(first.page.get_by_role("alert").filter(has_text=re.compile("clipboard"))).to_have_count(0)
