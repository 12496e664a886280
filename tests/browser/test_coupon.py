"""The coupon journey drawn from nothing, started for 200 contacts, and followed to its end."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.designer import Designer
from tests.browser.keyboard import Keyboard
from tests.browser.office import Body, Office, contacts_file, eventually, example, shape
from tests.browser.watching import watched

CROWD = 200
SUBJECT = "Something new from the shop"


def _by_mouse(designer: Designer, name: str) -> None:
    designer.begin(name)
    designer.drag_in("Send email", "Offer")
    designer.make("template", Subject=SUBJECT)
    designer.drag_in("Campaign", "Start", "Offer", (-260, 0))
    designer.drag_in("Message opened?", "Opened?", "Offer", (260, 0))
    designer.choose("Message of", "Offer")
    designer.fill("Within: number", "2")
    designer.drag_in("Exit", "Done", "Opened?", (260, -160))
    designer.fill("Result", "opened")
    designer.drag_in("Give coupon", "Coupon", "Opened?", (0, 200))
    designer.make("promotion", Link="https://shop.example.com/toys")
    designer.drag_in("Send SMS", "Code", "Coupon", (260, 0))
    designer.make("template", Text="Your code: {{ coupon.code }}")
    designer.drag_in("Exit", "Told", "Code", (0, 200))
    designer.fill("Result", "coupon sent")
    for edge in (
        ("Start", "Entered", "Offer"), ("Offer", "Sent", "Opened?"), ("Opened?", "Yes", "Done"),
        ("Opened?", "No", "Coupon"), ("Coupon", "Given", "Code"), ("Code", "Sent", "Told"),
    ):  # fmt: skip
        designer.connect(*edge)


def _by_keyboard(designer: Designer, name: str) -> None:
    keys = Keyboard(designer)
    keys.button("New journey")
    expect(designer.page.get_by_role("heading", name=re.compile("^New journey"))).to_be_visible()
    designer.journey = designer.page.url.rpartition("/")[2]
    keys.button("Settings of the journey")
    keys.fill("Name of the journey", name)
    keys.button("Close the panel")
    keys.button("Campaign")
    keys.command("change between canvas and outline")
    keys.walk_to("Campaign")
    for kind in ("Send email", "Message opened", "Exit"):
        keys.add(kind)
    keys.walk_to("No")
    for kind in ("Give coupon", "Send SMS", "Exit"):
        keys.add(kind)

    def form(row: str) -> None:
        keys.walk_to(row)
        keys.press("Enter")
        expect(designer.field("Name")).to_be_focused()

    form("Send email")
    keys.type("Offer")
    keys.make("template", "Subject", SUBJECT)
    form("Message opened?")
    keys.choose("Message of", "Offer")
    keys.fill("Within: number", "2")
    form("Give coupon")
    keys.make("promotion", "Link", "https://shop.example.com/toys")
    form("Send SMS")
    keys.make("template", "Text", "Your code: {{ coupon.code")
    for result in ("opened", "coupon sent"):
        form("Exit End with …")
        keys.fill("Result", result)


def _received(office: Office, journey: str, channel: str) -> list[Body]:
    return [one for one in office.inbox(journey) if one["channel"] == channel]


@pytest.mark.parametrize("draw", [_by_mouse, _by_keyboard], ids=["by mouse", "by keyboard"])
def test_the_coupon_journey_from_nothing_to_its_end(
    draw: Callable[[Designer, str], None],
    designer: Designer,
    office: Office,
    tmp_path: Path,
    request: pytest.FixtureRequest,
) -> None:
    """Drawn by hand, it is the journey of the example; 200 contacts come from a file; who opens ends there, and
    everybody else has a coupon by SMS after two days; the numbers on the canvas are the API's."""
    name = f"Coupon, {request.node.callspec.id}"
    draw(designer, name)
    document = eventually("six edges", designer.saved, lambda now: len(now["edges"]) == 6)
    assert shape(document) == shape(example("coupon"))
    assert office.get(f"/journeys/{designer.journey}/check")["diagnostics"] == []

    designer.publish_by_dialog()
    designer.start_with_file(contacts_file(tmp_path / "readers.csv", CROWD), f"Readers, {name}")
    emails = eventually(
        "200 emails", lambda: _received(office, designer.journey, "email"), lambda seen: len(seen) == CROWD
    )
    assert {message["content"]["subject"] for message in emails} == {SUBJECT}
    # The last ones have the most of their two days before them.
    opened = [message["id"] for message in emails[-12:]]
    for message in opened:
        office.act(message, "opened")
    numbers = eventually(
        "everybody's end", lambda: office.numbers(designer.journey), lambda seen: seen["ended"] == CROWD
    )
    assert numbers["results"] == {"opened": len(opened), "coupon sent": CROWD - len(opened)}
    watched(designer.open(designer.journey), office)
    codes = [one["content"]["text"] for one in _received(office, designer.journey, "sms")]
    assert len(set(codes)) == len(codes) == CROWD - len(opened)
    assert all(re.fullmatch(r"Your code: \S+", code) for code in codes)
