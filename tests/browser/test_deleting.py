"""Deleting a journey: asked once more by name, by mouse and by keyboard; who else has it open is told."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.browser.axe import grave_findings
from tests.browser.designer import Designer
from tests.browser.held import Held
from tests.browser.keyboard import Keyboard
from tests.browser.office import Office, eventually, example
from tests.browser.pages import settled
from tests.browser.test_accessibility import SCHEMES
from tests.browser.windows import DESKTOP, PHONE, Windows

# A window says that it is here, or begins to listen, while the journey goes.
SEEN_TOO_LATE = r"answer: 404 to (PUT .*/presence|GET .*/draft/stream)"


def _more(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=f"More for {name}", exact=True)


def _ask(page: Page, name: str) -> Locator:
    """Ask for it in the list; the dialog."""
    page.get_by_label("Search by name").fill(name)
    _more(page, name).click()
    page.get_by_role("menuitem", name="Delete…").click()
    return page.get_by_role("dialog")


def _names(office: Office, name: str) -> list[str]:
    return [str(one["name"]) for one in office.items("/journeys", search=name)]


def test_an_unused_journey_is_deleted_in_the_list(page: Page, office: Office) -> None:
    """The dialog names it and says what goes; Cancel changes nothing; then it is out of the list, and that is said."""
    name = "Deleted in the list"
    office.publish(example("coupon") | {"name": name})

    dialog = _ask(page, name)
    expect(dialog.get_by_role("heading", name=f"Delete “{name}”?")).to_be_visible()
    expect(
        dialog.get_by_text(re.compile("Its draft and its version will be gone for good.*It is running"))
    ).to_be_visible()
    dialog.get_by_role("button", name="Cancel").click()
    expect(dialog).to_have_count(0)
    assert _names(office, name) == [name]

    dialog = _ask(page, name)
    dialog.get_by_role("button", name="Delete it for good").click()

    expect(dialog).to_have_count(0)
    expect(page.get_by_role("alert").filter(has_text=f"“{name}” is deleted.")).to_be_visible()
    expect(page.get_by_role("link", name=name)).to_have_count(0)
    expect(page.get_by_role("heading", level=1, name="Journeys")).to_be_focused()
    assert _names(office, name) == []


def test_it_is_deleted_without_a_mouse(page: Page, office: Office) -> None:
    """Menu, dialog and answer by keyboard: the focus is on Cancel first, stays inside, and goes back to the menu's button."""
    name = "Deleted by keyboard"
    office.draw(example("welcome") | {"name": name})
    keyboard = Keyboard(Designer(page, office))
    keyboard.tab_to(page.get_by_label("Search by name"))
    keyboard.type(name)
    expect(page.get_by_role("row")).to_have_count(2)

    def ask() -> Locator:
        keyboard.tab_to(_more(page, name))
        keyboard.press("Enter")
        item = page.get_by_role("menuitem", name="Delete…")
        expect(item).to_be_visible()
        expect(page.locator("[role='menu'] :focus")).to_have_count(1)
        keyboard.press("ArrowDown")
        expect(page.get_by_role("menuitem", name="Watch")).to_be_focused()
        keyboard.press("ArrowUp")
        expect(item).to_be_focused()
        keyboard.press("Enter")
        dialog = page.get_by_role("dialog")
        expect(dialog.get_by_role("button", name="Cancel")).to_be_focused()
        expect(dialog.get_by_role("button", name="Delete it for good")).to_be_visible()
        return dialog

    dialog = ask()
    for _ in range(4):
        keyboard.press("Tab")
        assert dialog.evaluate("(element) => element.contains(document.activeElement)")
    keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(_more(page, name)).to_be_focused()

    ask()
    keyboard.button("Delete it for good")

    expect(page.get_by_role("alert").filter(has_text=f"“{name}” is deleted.")).to_be_visible()
    expect(page.get_by_role("heading", level=1, name="Journeys")).to_be_focused()
    assert _names(office, name) == []


def test_it_is_deleted_where_it_is_drawn(designer: Designer, office: Office) -> None:
    """What is drawn and not saved goes with it; the list is what comes next; nothing is left in this browser."""
    name = "Deleted in the editor"
    designer.open(office.draw(example("coupon") | {"name": name}))
    designer.select("Send the offer")
    designer.fill("Note", "A last word.")

    designer.menu("Delete…")
    dialog = designer.page.get_by_role("dialog")
    expect(dialog.get_by_role("heading", name=f"Delete “{name}”?")).to_be_visible()
    dialog.get_by_role("button", name="Delete it for good").click()

    expect(designer.page.get_by_role("heading", level=1, name="Journeys")).to_be_visible()
    expect(designer.page.get_by_role("alert").filter(has_text=f"“{name}” is deleted.")).to_be_visible()
    assert _names(office, name) == []
    kept = "(journey) => Object.keys(localStorage).filter((key) => key.includes(journey))"
    assert designer.page.evaluate(kept, designer.journey) == []


def test_nothing_is_under_way_from_where_it_is_deleted(designer: Designer, office: Office) -> None:
    """What this window saves and says of itself is answered first: it would find no journey, and the window take it for
    somebody else's deletion."""
    name = "Deleted under one's own hands"
    designer.open(office.draw(example("coupon") | {"name": name}))
    page, under_way, order = designer.page, Held(designer.page), []

    def deletes(route: Route) -> None:
        if route.request.method == "DELETE":
            order.append("deleted")
        route.fallback()

    page.route(f"**/journeys/{designer.journey}", deletes)
    with page.expect_request("**/presence"):
        under_way.hold("**/presence")
        designer.select("Send the offer")
    with page.expect_request("**/draft"):
        under_way.hold("**/draft")
        designer.fill("Note", "A last word.")
    designer.menu("Delete…")
    delete = page.get_by_role("dialog").get_by_role("button", name="Delete it for good")
    delete.click()
    expect(delete).to_have_attribute("data-loading", "true")
    order.append("answered")
    under_way.let_go()

    expect(page.get_by_role("alert").filter(has_text=f"“{name}” is deleted.")).to_be_visible()
    expect(page.get_by_role("heading", level=1, name="Journeys")).to_be_visible()
    assert order == ["answered", "deleted"]


def test_a_window_whose_journey_stays_goes_on_saving_and_following(
    designer: Designer, office: Office, windows: Windows
) -> None:
    """A deletion that is refused changes nothing: what is typed after it is saved, and who comes is seen."""
    name = "Not deleted after all"
    office.segment(name, [])
    journey = office.publish(example("coupon") | {"name": name})
    later = {"journey": journey, "segment": name, "name": "Autumn", "starts_at": "2999-01-01T00:00:00Z"}
    campaign = office.call("POST", "/campaigns", later)["id"]
    designer.open(journey)
    designer.select("Send the offer")

    designer.menu("Delete…")
    dialog = designer.page.get_by_role("dialog")
    with windows.forgiving(r"answer: 409 to DELETE"):
        dialog.get_by_role("button", name="Delete it for good").click()
        expect(dialog.get_by_text("The journey is not deleted")).to_be_visible()
    dialog.get_by_role("button", name="Cancel").click()
    designer.fill("Note", "It stays.")

    eventually("the note", designer.saved, lambda document: document["nodes"]["email"]["note"] == "It stays.")
    Designer(windows.open(), office).open(journey).select("Send the code")
    expect(designer.page.get_by_role("button", name=re.compile("at “Send the code”$"))).to_be_visible()
    office.call("POST", f"/campaigns/{campaign}/cancel")


def test_nobody_deletes_before_they_know_who_has_it_open(page: Page, office: Office) -> None:
    """Neither in the list nor in the editor is there a button to delete as long as it is not known who else is there."""
    name = "Deleted with open eyes"
    journey = office.draw(example("coupon") | {"name": name})
    unknown = Held(page)
    unknown.hold("**/draft/stream*")
    unknown.hold("**/presence")

    dialog = _ask(page, name)
    delete = dialog.get_by_role("button", name="Delete it for good")
    expect(dialog.get_by_text(re.compile("Nobody has entered it"))).to_be_visible()
    expect(delete).to_have_count(0)
    dialog.get_by_role("button", name="Cancel").click()

    designer = Designer(page, office).open(journey)
    designer.menu("Delete…")
    expect(dialog.get_by_text(re.compile("Nobody has entered it"))).to_be_visible()
    expect(delete).to_have_count(0)
    unknown.let_go()
    delete.click()
    expect(page.get_by_role("alert").filter(has_text=f"“{name}” is deleted.")).to_be_visible()


def test_who_draws_it_is_named_before_and_told_after(windows: Windows, office: Office) -> None:
    """The one who deletes sees who has it open; the other hears that it is gone, and keeps what is in the window."""
    name = "Deleted under somebody"
    bruno = Designer(windows.open(), office).open(office.draw(example("coupon") | {"name": name}))
    bruno.page.get_by_role("button", name=re.compile("^You are ")).click()
    bruno.page.get_by_role("textbox", name="Your name").fill("Bruno")
    bruno.page.get_by_role("button", name="Use this name").click()
    bruno.select("Send the offer")
    bruno.fill("Name", "What Bruno wrote")
    bruno.saved()
    anna = windows.open()

    dialog = _ask(anna, name)
    expect(dialog.get_by_text("Bruno has it open")).to_be_visible()
    with windows.forgiving(SEEN_TOO_LATE):
        dialog.get_by_role("button", name="Delete it for good").click()
        expect(bruno.page.get_by_role("heading", level=1, name=f"“{name}” was deleted")).to_be_focused()
    expect(bruno.page.get_by_role("alert")).to_contain_text(
        "Somebody deleted this journey while you had it open."
    )
    assert _names(office, name) == []

    bruno.page.get_by_role("button", name="Keep it as a new journey").click()

    expect(bruno.page.get_by_role("heading", level=1, name=name, exact=True)).to_be_visible()
    expect(bruno.node("What Bruno wrote")).to_be_visible()
    assert _names(office, name) == [name]


def test_who_begins_to_listen_too_late_is_told_at_once(windows: Windows, office: Office) -> None:
    """Deleted between opening the journey and following it: the refused stream is asked for why, and not again and again."""
    journey = office.draw(example("coupon") | {"name": "Deleted while it opens"})
    page = windows.open()
    streams = Held(page)

    with windows.forgiving(SEEN_TOO_LATE):
        with page.expect_request("**/draft/stream*"):
            streams.hold("**/draft/stream*")
            Designer(page, office).open(journey)
        office.call("DELETE", f"/journeys/{journey}")
        streams.let_go()
        expect(page.get_by_role("heading", level=1, name=re.compile("was deleted$"))).to_be_visible()

    assert len(streams) == 1


def test_a_journey_in_use_is_stopped_instead(page: Page, office: Office) -> None:
    """The dialog says why it stays, and leads to stopping; once it is stopped there is nothing more to do."""
    name = "Used and stopped"
    office.people({"used-1": {"email": "used-1@example.com", "first_name": "Ugo"}})
    office.segment(name, ["used-1"])
    journey = office.publish(example("coupon") | {"name": name})
    office.launch(journey, name)
    page.wait_for_function(
        "async (address) => (await (await fetch(address)).json()).entered === 1",
        arg=f"/v1/journeys/{journey}",
    )

    dialog = _ask(page, name)
    expect(dialog.get_by_role("heading", name=f"“{name}” cannot be deleted")).to_be_visible()
    expect(dialog.get_by_text(re.compile("1 contact has entered it.*Stop it instead"))).to_be_visible()
    expect(dialog.get_by_role("button", name="Delete it for good")).to_have_count(0)
    dialog.get_by_role("button", name="Stop it instead…").click()
    dialog.get_by_role("button", name="Stop it for everybody").click()
    expect(page.get_by_role("dialog")).to_have_count(0)

    dialog = _ask(page, name)
    expect(dialog.get_by_text(re.compile("It is stopped, so that nobody enters it any more"))).to_be_visible()
    expect(dialog.get_by_role("button")).to_have_count(2)
    assert office.get(f"/journeys/{journey}")["state"] == "stopped"


def test_what_only_the_server_knows_is_told(page: Page, windows: Windows, office: Office) -> None:
    """A campaign that has let nobody in yet keeps its journey: the answer's own words are shown, and stopping is offered."""
    name = "Used by a campaign"
    office.segment(name, [])
    journey = office.publish(example("coupon") | {"name": name})
    later = {"journey": journey, "segment": name, "name": "Spring", "starts_at": "2999-01-01T00:00:00Z"}
    campaign = office.call("POST", "/campaigns", later)["id"]

    dialog = _ask(page, name)
    with windows.forgiving(r"answer: 409 to DELETE"):
        dialog.get_by_role("button", name="Delete it for good").click()
        expect(dialog.get_by_text("The journey is not deleted")).to_be_visible()
    expect(dialog.get_by_text(re.compile('the campaign “?"?Spring"? of it is planned'))).to_be_visible()
    expect(dialog.get_by_role("button", name="Stop it instead…")).to_be_visible()
    office.call("POST", f"/campaigns/{campaign}/cancel")


@pytest.mark.parametrize("place", ["menu", "dialog", "gone"])
def test_what_is_new_has_no_serious_finding(place: str, windows: Windows, office: Office) -> None:
    """The menu, the dialog, and the page in place of a journey that is gone: light and dark, wide and narrow."""
    name = f"Deleted and looked at: {place}"
    journey = office.draw(example("coupon") | {"name": name})
    if place == "dialog":
        Designer(windows.open(), office).open(journey)
        page = windows.open()
        expect(_ask(page, name).get_by_text("has it open")).to_be_visible()
    elif place == "menu":
        page = Designer(windows.open(), office).open(journey).page
        page.get_by_role("button", name="More for this journey").click()
        expect(page.get_by_role("menuitem", name="Delete…")).to_be_visible()
    else:
        page = Designer(windows.open(), office).open(journey).page
        with windows.forgiving(SEEN_TOO_LATE):
            office.call("DELETE", f"/journeys/{journey}")
            expect(page.get_by_role("heading", level=1, name=re.compile("was deleted$"))).to_be_visible()
    found: list[str] = []
    for size in (DESKTOP, PHONE):
        page.set_viewport_size(size)
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme)
            settled(page)
            found += [f"{scheme}, {size['width']}: {one}" for one in grave_findings(page)]

    assert not found, "\n".join(found)
