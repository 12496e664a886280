"""Lists of which a part is shown: each says of how many, and leads to the rest; what is chosen from is searched as one types."""

from __future__ import annotations

import re
from contextlib import closing

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.designer import Designer
from tests.browser.office import Body, Office, eventually, example
from tests.browser.stack import Stack
from tests.browser.windows import Windows

MANY = 70


@pytest.fixture(scope="module")
def many(stack: Stack) -> str:
    """Segments, templates and promotions, so many that no list shows them all at once, behind all others in the alphabet.
    Gives what their names begin with."""
    with closing(Office(stack.address)) as office:
        for number in range(MANY):
            name = f"zz many {number:02}"
            office.call("POST", "/segments", {"name": name, "contacts": []})
            office.call("PUT", f"/templates/{name}", {"channel": "sms", "text": f"Text {number}"})
            office.call("PUT", f"/promotions/{name}", {"name": f"Offer {number}", "discount_percent": 5})
    return "zz many"


def test_the_library_is_shown_part_by_part_and_searched(
    designer: Designer, office: Office, many: str
) -> None:
    """The panel says how many there are, goes on as one scrolls, and finds one by a part of its name."""
    designer.open(office.draw(_drawn("In the library", "delay", {})))
    designer.press("Templates")
    library = designer.page.get_by_role("list", name="In the library")
    total = office.get("/templates")["total"]

    expect(designer.page.get_by_text(f"In the library {total}", exact=True)).to_be_visible()
    library.get_by_role("listitem").last.scroll_into_view_if_needed()
    expect(library.get_by_role("listitem")).to_have_count(total)
    designer.page.get_by_label("Search the templates of the library").fill("MANY 69")
    expect(library.get_by_role("listitem")).to_have_count(1)
    expect(library.get_by_role("button", name="Edit zz many 69")).to_be_visible()


def test_a_segment_of_a_condition_is_one_of_many(
    designer: Designer, office: Office, windows: Windows, many: str
) -> None:
    """It is searched as in any other field; one that is named and does not exist is told of."""
    config = {"condition": {"op": "in_segment", "segment": "nobody made it"}}
    field = designer.page.get_by_label("Beside the drawing").get_by_label("Question 1: segment")
    # Nobody can be counted for a segment that is not there.
    with windows.forgiving("answer: 422 to POST .*/segments/preview"):
        designer.open(office.draw(_drawn("By a condition", "condition", config)))
        designer.select("Looked at")
        expect(field).to_have_value("nobody made it (does not exist yet)")
        expect(designer.page.get_by_text(re.compile("There is no segment"))).to_be_visible()

        field.click()
        expect(_options(designer.page).last).to_have_text(re.compile(r"^\d+ more: type part of the name$"))
        field.fill("many 6")
        expect(_options(designer.page)).to_have_text([f"{many} {number}" for number in range(60, 70)])
        _options(designer.page).last.click()

    wanted = {"op": "in_segment", "segment": f"{many} 69"}
    eventually("the segment", lambda: _condition(designer), lambda condition: condition == wanted)


def test_a_preview_speaks_of_any_promotion_of_the_library(
    designer: Designer, office: Office, many: str
) -> None:
    """One far down the alphabet is found by typing, and the message is rendered with it."""
    document = _drawn("Of promotions", "send_sms", {"template": "offer"})
    document["templates"] = {"offer": {"channel": "sms", "text": "Get {{ promotion.name }}!"}}
    designer.open(office.draw(document))
    designer.select("Looked at")
    designer.press("Edit the template offer")
    promotion = designer.page.get_by_role("dialog").get_by_label("Promotion", exact=True)

    promotion.fill("many 68")
    _options(designer.page).filter(has_text=f"{many} 68").click()

    expect(designer.page.get_by_text("Get Offer 68!")).to_be_visible()


def test_a_start_finds_its_segment_among_many(page: Page, office: Office, many: str) -> None:
    """The dialog searches on the server, too."""
    journey = office.publish(example("coupon") | {"name": "Of many segments"})
    page.goto(f"#/journeys/{journey}/watch")
    page.get_by_role("button", name="Start", exact=True).click()
    segment = page.get_by_role("dialog").get_by_label("Segment", exact=True).first

    segment.click()
    expect(_options(page).last).to_have_text(re.compile(r"^\d+ more: type part of the name$"))
    segment.fill("many 67")
    _options(page).filter(has_text=f"{many} 67").click()

    expect(segment).to_have_value(f"{many} 67")
    expect(page.get_by_role("button", name="Let 0 contacts enter")).to_be_disabled()


def test_campaigns_go_on_behind_the_first_part(page: Page, office: Office) -> None:
    """What is over is counted and read on apart from what is not."""
    journey = office.publish(example("coupon") | {"name": "Of many campaigns"})
    office.call("POST", "/segments", {"name": "Nobody at all", "contacts": []})
    for number in range(55):
        made = office.call(
            "POST",
            "/campaigns",
            {"journey": journey, "segment": "Nobody at all", "name": f"Empty {number:02}"},
        )
        office.call("POST", f"/campaigns/{made['id']}/cancel")
    page.goto("#/campaigns")
    page.get_by_text("Over", exact=True).click()
    rows = page.get_by_role("row").filter(has_text="Empty")

    expect(rows.first).to_contain_text("Empty 54")
    rows.last.scroll_into_view_if_needed()
    expect(rows).to_have_count(55)
    page.get_by_text("Under way or planned", exact=True).click()
    expect(rows).to_have_count(0)


def test_journeys_go_on_behind_the_first_part(page: Page, office: Office) -> None:
    """The list says of how many it shows the first, and those behind come as one scrolls."""
    made = [office.draw(_drawn(f"zz journey {number:03}", "delay", {})) for number in range(105)]
    try:
        page.reload()
        page.get_by_label("Search by name").fill("zz journey")
        rows = page.get_by_role("row").filter(has_text="zz journey")
        expect(rows.first).to_contain_text("zz journey 000")
        page.get_by_text("100 of 105 are shown.").or_(rows.nth(104)).first.scroll_into_view_if_needed()
        expect(rows).to_have_count(105)
    finally:
        for journey in made:
            office.call("DELETE", f"/journeys/{journey}")


def _options(page: Page) -> Locator:
    return page.locator("[role=option]:visible")


def _condition(designer: Designer) -> Body:
    condition: Body = designer.saved()["nodes"]["node"]["config"]["condition"]
    return condition


def _drawn(name: str, type_: str, config: Body) -> Body:
    return {"schema": 1, "name": name, "nodes": {
        "in": {"type": "campaign", "version": 1, "config": {}, "position": {"x": 0, "y": 0}},
        "node": {"type": type_, "version": 1, "name": "Looked at", "config": config, "position": {"x": 300, "y": 0}},
    }, "edges": {"e": {"from": "in", "port": "entered", "to": "node"}}}  # fmt: skip
