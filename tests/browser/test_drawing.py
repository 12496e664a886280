"""The two journeys of the shop, drawn from nothing by mouse, and found again as they were drawn."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.designer import Designer
from tests.browser.office import Office, eventually, example, shape


def _not_opened(designer: Designer) -> None:
    """Who does not open the email within two days gets the same promotion by SMS."""
    designer.drag_in("Send email", "Offer")
    designer.make("template", Subject="{{ promotion.name }}")
    designer.make("promotion", Name="Spring offer", Link="https://shop.example.com/spring")
    designer.drag_in("Campaign", "Start", "Offer", (-260, 0))
    designer.drag_in("Message opened?", "Opened?", "Offer", (260, 0))
    designer.choose("Message of", "Offer")
    designer.fill("Within: number", "2")
    designer.drag_in("Exit", "Done", "Opened?", (260, -160))
    designer.fill("Result", "opened")
    designer.drag_in("Send SMS", "Text", "Opened?", (260, 120))
    designer.make("template", Text="{{ promotion.name }}: {{ promotion.link }}")
    designer.choose("Promotion", "PROMO")
    designer.drag_in("Exit", "Told", "Text", (260, 0))
    designer.fill("Result", "sms sent")
    for edge in (
        ("Start", "Entered", "Offer"), ("Offer", "Sent", "Opened?"), ("Opened?", "Yes", "Done"),
        ("Opened?", "No", "Text"), ("Text", "Sent", "Told"),
    ):  # fmt: skip
        designer.connect(*edge)


def _mario(designer: Designer) -> None:
    """Who visited the page and has not bought online two days later gets a coupon by SMS."""
    designer.drag_in("Send email", "Offer")
    designer.make("template", Subject="What you like")
    designer.drag_in("Campaign", "Start", "Offer", (-260, 0))
    designer.drag_in("Wait for event", "Visited?", "Offer", (260, 0))
    designer.add_event("landing.visited", "visited")
    designer.choose("Count from", "Offer")
    designer.fill("Within: number", "7")
    designer.drag_in("Exit", "No visit", "Visited?", (0, 240))
    designer.fill("Result", "no visit")
    designer.drag_in("Wait for event", "Two days", "Visited?", (260, 0))
    designer.add_event("Order Completed", "bought")
    designer.fill("Within: number", "2")
    designer.drag_in("Bought?", "Bought online?", "Two days", (260, 0))
    designer.choose("Count from", "Offer")
    designer.drag_in("Exit", "Converted", "Bought online?", (260, -160))
    designer.fill("Result", "converted")
    designer.drag_in("Give coupon", "Coupon", "Bought online?", (0, 240))
    designer.make("promotion", Link="https://shop.example.com/toys")
    designer.drag_in("Send SMS", "Code", "Coupon", (260, 0))
    designer.make("template", Text="Your code: {{ coupon.code }}")
    designer.drag_in("Exit", "Told", "Code", (260, 0))
    designer.fill("Result", "coupon sent")
    for edge in (
        ("Start", "Entered", "Offer"), ("Offer", "Sent", "Visited?"), ("Visited?", "visited", "Two days"),
        ("Visited?", "Not in time", "No visit"), ("Two days", "bought", "Bought online?"),
        ("Two days", "Not in time", "Bought online?"), ("Bought online?", "Bought", "Converted"),
        ("Bought online?", "Not bought", "Coupon"), ("Coupon", "Given", "Code"), ("Code", "Sent", "Told"),
    ):  # fmt: skip
        designer.connect(*edge)


@pytest.mark.parametrize(
    ("draw", "like", "without"),
    [(_not_opened, "not_opened", set()), (_mario, "mario", {"order", "in_time", "converted_late"})],
    ids=["not opened", "mario"],
)
def test_a_journey_drawn_by_mouse_is_kept(
    draw: Callable[[Designer], None], like: str, without: set[str], designer: Designer, office: Office
) -> None:
    """Drawn by mouse, a journey leads the ways of the example, may be published, and is the same when loaded anew."""
    wanted = example(like)
    wanted["edges"] = {
        key: edge for key, edge in wanted["edges"].items() if not {edge["from"], edge["to"]} & without
    }
    designer.begin(f"Drawn: {like}")

    draw(designer)
    drawn = eventually("all edges", designer.saved, lambda now: len(now["edges"]) == len(wanted["edges"]))

    assert shape(drawn) == shape(wanted)
    assert office.get(f"/journeys/{designer.journey}/check")["publishable"]
    designer.reload()
    expect(designer.edges()).to_have_count(len(wanted["edges"]))
    assert designer.saved() == drawn
    designer.publish_by_dialog()
