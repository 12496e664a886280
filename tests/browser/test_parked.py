"""Whoever is parked is let go on, by mouse and by keyboard, one alone and all of one cause; and all that is shown follows."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.axe import grave_findings
from tests.browser.designer import Designer
from tests.browser.keyboard import Keyboard
from tests.browser.office import Office, eventually
from tests.browser.parking import refused, unconfirmed
from tests.browser.stack import Stack
from tests.browser.windows import PATIENCE_MS, Windows

CAUSE = "Mend the account, then retry."


def test_each_of_the_parked_goes_their_own_way_by_mouse(designer: Designer, office: Office) -> None:
    """Behind the number of the parked stand their names and the cause in words. One leaves by a port, one ends, one is tried
    again from their own page; what is left of the cause is tried again at once."""
    with refused(office, "Each their own way", ["Ada", "Bice", "Carla", "Dora", "Elsa"]) as journey:
        page = designer.open(journey, "watch").page
        designer.node("Tell them").locator(".is-parked").click()
        drawer = page.get_by_role("dialog", name="Tell them")
        expect(drawer.get_by_role("listitem")).to_have_count(5)
        expect(drawer.get_by_text(CAUSE).first).to_be_visible()

        dialog = _more(page, drawer, "Ada")
        assert grave_findings(page) == []
        dialog.get_by_role("radio", name="Leave by a port").click()
        dialog.get_by_role("combobox", name="Port").click()
        page.get_by_role("option", name="sent", exact=True).click()
        dialog.get_by_role("button", name="Let go on: Ada").click()
        expect(page.get_by_text("Ada at “Tell them”: on the way again, by “sent”.")).to_be_visible()
        expect(drawer.get_by_role("listitem")).to_have_count(4)

        dialog = _more(page, drawer, "Bice")
        dialog.get_by_role("radio", name="End", exact=True).click()
        dialog.get_by_role("textbox", name="Result").fill("given up")
        dialog.get_by_role("button", name="End Bice").click()
        expect(page.get_by_text("Bice at “Tell them”: ended with “given up”.")).to_be_visible()
        expect(drawer.get_by_role("listitem")).to_have_count(3)

        drawer.get_by_role("link", name="Carla").click()
        # The timeline beside it tells the same.
        journeys = page.get_by_role("region", name="Journeys")
        expect(journeys.get_by_text("Parked at “Tell them”.")).to_be_visible()
        expect(journeys.get_by_text(CAUSE)).to_be_visible()
        journeys.get_by_role("button", name="Retry Carla at “Tell them”").click()
        expect(journeys.get_by_text("Ended with “told”")).to_be_visible()

        designer.open(journey, "watch")
        _retry_the_rest(page, "2 contacts")
        numbers = eventually("the end", lambda: office.numbers(journey), lambda seen: seen["ended"] == 5)
        assert numbers["results"] == {"told": 4, "given up": 1}
        assert len(office.inbox(journey)) == 3


@pytest.mark.parametrize(
    ("way", "field", "result"), [("Leave by a port", "Port", "told"), ("End", "Result", "not told")]
)
def test_all_of_one_cause_leave_or_end(
    way: str, field: str, result: str, designer: Designer, office: Office
) -> None:
    """The list of causes has one line for all, and what is chosen is done with all: nothing is sent, and nobody is left."""
    with refused(office, f"All of one cause: {way}", ["Fede", "Gaia", "Hana"]) as journey:
        page = designer.open(journey, "watch").page
        dialog = _of_the_cause(page, "3 contacts")
        assert grave_findings(page) == []
        dialog.get_by_role("radio", name=way, exact=True).click()
        if field == "Port":
            dialog.get_by_role("combobox", name=field).click()
            page.get_by_role("option", name="sent", exact=True).click()
        else:
            dialog.get_by_role("textbox", name=field).fill(result)
        dialog.get_by_role("button", name="3 contacts").click()
        expect(page.get_by_text("Nobody is parked")).to_be_visible()

        numbers = eventually("the end", lambda: office.numbers(journey), lambda seen: seen["ended"] == 3)
        assert numbers["results"] == {result: 3}
        assert office.inbox(journey) == []


def test_what_nobody_knows_is_sent_again_by_keyboard(
    designer: Designer, office: Office, stack: Stack
) -> None:
    """Without a mouse: one alone from their own page, then all others of the cause; each gets one message, with a key of its
    own. A retry would not send, and the words say so."""
    with unconfirmed(office, stack, "Sent again by keyboard", ["Ida", "Lia", "Mara"]) as journey:
        keys, page = Keyboard(designer), designer.page
        page.goto(f"#/contacts/{office.contact('Sent again by keyboard Ida')}")
        journeys = page.get_by_role("region", name="Journeys")
        expect(journeys.get_by_text("Nobody can say whether the message went out.")).to_be_visible()
        keys.button("More for Ida at “Tell them”")
        _send_again(keys, "Ida")
        expect(journeys.get_by_text("Ended with “told”")).to_be_visible()

        designer.open(journey, "watch")
        keys.button("2 parked. Show why, and what to do.")
        keys.tab_to(_cause(page, "2 contacts"))
        keys.press("Enter")
        _send_again(keys, "2 contacts")
        expect(page.get_by_text("Nobody is parked")).to_be_visible()

        numbers = eventually("the end", lambda: office.numbers(journey), lambda seen: seen["ended"] == 3)
        assert numbers["results"] == {"told": 3}
        inbox = office.inbox(journey)
        assert (
            len({one["send_key"] for one in inbox})
            == len({one["contact"] for one in inbox})
            == len(inbox)
            == 3
        )


def test_whoever_goes_on_while_one_decides_is_told_of(
    designer: Designer, office: Office, windows: Windows
) -> None:
    """Somebody else was faster: the dialog stays, says that nothing was done and what to look at, and the lists are true."""
    with refused(office, "Somebody was faster", ["Nora"]) as journey:
        page = designer.open(journey, "watch").page
        dialog = _of_the_cause(page, "1 contact")
        (incident,) = office.items("/incidents", journey=journey)
        office.call(
            "POST", f"/incidents/{incident['id']}/replay", {"how": "exit", "result": "by a colleague"}
        )
        expect(page.get_by_text("Nobody is parked")).to_be_visible(timeout=PATIENCE_MS)
        with windows.forgiving("answer: 404"):
            dialog.get_by_role("button", name="Retry 1 contact").click()
            expect(dialog.get_by_role("alert")).to_contain_text("Nobody is parked for this cause any more.")


def _more(page: Page, drawer: Locator, name: str) -> Locator:
    drawer.get_by_role("button", name=f"More for {name} at “Tell them”").click()
    return _dialog(page, name)


def _cause(page: Page, whom: str) -> Locator:
    return page.get_by_role("button", name=re.compile(f"^Retry or let go on: {whom} at “Tell them”"))


def _of_the_cause(page: Page, whom: str) -> Locator:
    page.get_by_role("button", name=re.compile("parked. Show why, and what to do.$")).click()
    _cause(page, whom).click()
    return _dialog(page, whom)


def _retry_the_rest(page: Page, whom: str) -> None:
    _of_the_cause(page, whom).get_by_role("button", name=f"Retry {whom}").click()
    expect(page.get_by_text(f"{whom} at “Tell them”: on the way again.")).to_be_visible()
    expect(page.get_by_text("Nobody is parked")).to_be_visible()


def _dialog(page: Page, whom: str) -> Locator:
    dialog = page.get_by_role("dialog", name=f"What becomes of {whom} at “Tell them”?")
    expect(dialog.get_by_role("radio", name="Retry")).to_be_visible()
    return dialog


def _send_again(keys: Keyboard, whom: str) -> None:
    dialog = _dialog(keys.page, whom)
    keys.tab_to(dialog.get_by_role("radio", name="Retry"))
    keys.press("ArrowDown")
    expect(dialog.get_by_role("radio", name="Send again")).to_be_checked()
    expect(dialog.get_by_text("it arrives twice")).to_be_visible()
    keys.tab_to(dialog.get_by_role("button", name=f"Send again to {whom}"))
    keys.press("Enter")
    expect(dialog).to_have_count(0)
