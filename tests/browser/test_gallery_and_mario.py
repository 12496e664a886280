"""The first two scenarios as a newcomer meets them: an example from the gallery, published, started, and lived through as
a recipient."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.browser.designer import Designer
from tests.browser.office import Office, eventually
from tests.browser.scenery import Scenery
from tests.browser.watching import watched
from tests.browser.windows import Windows

_EXAMPLES = {
    "mario": "Visited, not bought within 2 days",
    "not_opened": "Not opened within 2 days: the same offer",
}
_WAIT_MS = 90_000


@pytest.fixture(autouse=True)
def _asked_first(windows: Windows, scenery: Scenery) -> Iterator[None]:
    """The designer learns from a 409 that a name is taken (by the scenery's journeys, in whichever order tests run), and that
    a contact must enter by a campaign: both are answers that it goes on from."""
    with windows.forgiving("answer: 409"):
        yield


def _from_the_gallery(designer: Designer, example: str) -> None:
    """Use an example, publish it as it is, and stand before the dialog of starting."""
    page = designer.page
    page.goto("#/gallery")
    page.get_by_role("button", name=re.compile(f"^Use this: {_EXAMPLES[example]}")).click()
    page.get_by_role("dialog").get_by_role("button", name="Make the journey").click()
    expect(page.get_by_role("navigation", name="Palette")).to_be_visible()
    designer.journey = page.url.rpartition("/")[2]
    designer.publish_by_dialog()
    page.get_by_role("dialog").get_by_role("button", name="Start", exact=True).click()


def test_mario_visits_waits_is_texted_and_buys(designer: Designer, office: Office, windows: Windows) -> None:
    """He opens, clicks and visits in the sandbox; two days later a code is on his phone; he buys by it, and has
    converted. While he waits the drawing says where he stands."""
    office.people({"mario-at-home": {
        "email": "mario.at.home@example.com", "phone": "+393200000091", "firstName": "Mario", "lastName": "Verdi",
        "timezone": "Europe/Rome", "favourite": "robots",
    }})  # fmt: skip
    contact = office.contact("mario-at-home")
    _from_the_gallery(designer, "mario")
    designer.start_with_contact("mario.at.home", "Mario Verdi")

    page = designer.page
    # Beside him, since two days are over while a page is loaded on a slow machine.
    watching = Designer(windows.open(another=page), office).open(designer.journey, "watch")
    page.bring_to_front()
    page.goto(f"#/sandbox?contact={contact}")
    page.get_by_role("button", name=re.compile("^Unread: .*10% off robots")).click(timeout=_WAIT_MS)
    page.frame_locator("iframe.message-frame").get_by_text("Choose yours").click()
    clicked = page.get_by_role("dialog", name="Mario has clicked")
    clicked.get_by_role("button", name="Mario visits the page").click()
    expect(watching.node("2 days, or a purchase")).to_contain_text("1 here")
    clicked.get_by_role("button", name="Close").last.click()
    phone = page.get_by_role("region", name="Phone of Mario")
    expect(phone).to_contain_text(
        re.compile(r"Mario, you had a look: 20% off with the code \w+"), timeout=_WAIT_MS
    )
    phone.get_by_text(re.compile(r"shop\.example\.com")).last.click()
    clicked.get_by_role("button", name="Mario buys").click()

    numbers = eventually("his end", lambda: office.numbers(designer.journey), lambda seen: seen["ended"] == 1)
    assert [result for result in numbers["results"] if result.startswith("converted")] == list(
        numbers["results"]
    )
    assert [one["channel"] for one in office.inbox(designer.journey)] == ["email", "sms"]
    designer.open(designer.journey)
    watched(designer, office)


def test_lucia_does_not_open_and_gets_the_same_promotion_by_sms(designer: Designer, office: Office) -> None:
    """Two days after the unopened email the same discount comes by SMS, without a code; who opened gets none."""
    office.people({
        "lucia-away": {"email": "lucia.away@example.com", "phone": "+393200000092", "firstName": "Lucia", "lastName": "Bruni"},
        "otto-awake": {"email": "otto.awake@example.com", "phone": "+393200000093", "firstName": "Otto", "lastName": "Bruni"},
    })  # fmt: skip
    _from_the_gallery(designer, "not_opened")
    designer.start_with_contact("lucia.away", "Lucia Bruni")
    page = designer.page
    designer.mode("Watch")
    page.get_by_role("button", name="Start", exact=True).click()
    designer.start_with_contact("otto.awake", "Otto Bruni")

    page.goto(f"#/sandbox?contact={office.contact('otto-awake')}")
    page.get_by_role("button", name=re.compile("^Unread: .*10% off")).click(timeout=_WAIT_MS)
    page.goto(f"#/sandbox?contact={office.contact('lucia-away')}")
    phone = page.get_by_role("region", name="Phone of Lucia")
    expect(phone).to_contain_text("Lucia, Spring offer: 10% off", timeout=_WAIT_MS)
    expect(phone).not_to_contain_text("code")

    numbers = eventually(
        "both ends", lambda: office.numbers(designer.journey), lambda seen: seen["ended"] == 2
    )
    assert numbers["results"] == {"opened": 1, "sms sent": 1}
    email = next(one for one in office.inbox(designer.journey) if "Lucia" in one["content"].get("text", ""))
    assert "10% off" in email["content"]["text"]
    designer.open(designer.journey)
    watched(designer, office)
