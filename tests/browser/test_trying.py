"""Trying a journey: the draft on the screen, an invented contact, and nothing that stays."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.browser.designer import Designer
from tests.browser.office import Body, Office, example


def _all_that_is_kept(office: Office, journey: str) -> Body:
    """What a trial could have left behind."""
    return {
        "draft": office.get(f"/journeys/{journey}/draft"),
        "numbers": office.numbers(journey)["entered"],
        "messages": office.inbox(journey),
        "contacts": office.items("/contacts", search="mario"),
        "segments": office.items("/segments"),
        "campaigns": len(office.items("/campaigns")),
    }


def test_an_invented_contact_goes_through_the_draft_and_nothing_stays(
    designer: Designer, office: Office
) -> None:
    """Mario opens nothing for two days and has an SMS with a code; that is taken back and he opens instead; a forecast
    says how many would go which way. The draft was never published, and nothing of it is stored."""
    designer.open(office.draw(example("coupon") | {"name": "Tried, never published"}))
    before = _all_that_is_kept(office, designer.journey)
    page = designer.page
    designer.mode("Try it")
    side = page.get_by_role("complementary", name="Try the journey")
    side.get_by_role("button", name="Somebody else").click()
    side.get_by_role("button", name="Mario", exact=True).click()
    now = side.get_by_role("region", name="What happens now?")
    expect(now).to_contain_text("Opened?")
    expect(designer.node("Opened?")).to_contain_text("here")

    clock = side.get_by_role("region", name="The clock")
    clock.get_by_role("button", name="Skip 2 days").click()
    expect(now).to_contain_text("coupon sent")
    side.get_by_role("tab", name="Messages (2)").click()
    expect(side.get_by_text(re.compile("Mario, .*code", re.IGNORECASE)).last).to_be_visible()

    clock.get_by_role("button", name=re.compile("^Take back: ")).click()
    now.get_by_role("button", name=re.compile("Opened|opens", re.IGNORECASE)).first.click()
    expect(now).to_contain_text("opened")
    expect(side.get_by_role("tab", name="Messages (1)")).to_be_visible()

    side.get_by_text("Forecast", exact=True).click()
    expect(side.get_by_role("heading", name="Chances")).to_be_visible()
    expect(designer.node("Opened?")).to_contain_text("10,000 entered")
    expect(page.locator(".flow-edge-count").first).to_be_visible()
    assert _all_that_is_kept(office, designer.journey) == before
