"""Nothing that a person did in the editor is ever lost, whatever happens to the server meanwhile."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.designer import Designer
from tests.browser.office import Body, Office, eventually, example
from tests.browser.stack import Stack
from tests.browser.windows import OUTAGE, Windows


def _place(document: Body, node: str) -> tuple[int, int]:
    position = document["nodes"][node]["position"]
    return position["x"], position["y"]


def test_what_is_drawn_while_the_api_is_killed_is_saved_when_it_is_back(
    designer: Designer, office: Office, stack: Stack, windows: Windows
) -> None:
    """kill -9 of the API between two drags: the page says that it could not save, goes on, and saves when it can."""
    designer.open(office.draw(example("coupon") | {"name": "Drawn through an outage"}))
    designer.drag("Send the offer", by=(60, 90))
    first = eventually("the first drag", designer.saved, lambda now: _place(now, "email") != (240, 100))

    with windows.forgiving(*OUTAGE):
        with stack.outage():
            designer.drag("Give a coupon", by=(30, 120))
            expect(designer.saving()).to_have_text("Kept in this browser")
        stored = eventually(
            "the second drag", lambda: office.document(designer.journey), lambda now: now != first
        )
        designer.saved()

    assert _place(stored, "email") == _place(first, "email")
    assert _place(stored, "coupon") != _place(first, "coupon")
    designer.reload()
    assert designer.saved() == stored


def test_what_is_typed_while_the_api_is_killed_is_saved_when_it_is_back(
    designer: Designer, office: Office, stack: Stack, windows: Windows
) -> None:
    """Each letter typed before, during and after the outage is in the stored draft, once."""
    words = "Fifty readers who never opened anything, and a coupon for each of them."
    designer.open(office.draw(example("coupon") | {"name": "Typed through an outage"}))
    designer.select("Send the offer")
    designer.field("Note").click()

    with windows.forgiving(*OUTAGE):
        third = len(words) // 3
        designer.page.keyboard.type(words[:third], delay=25)
        with stack.outage():
            designer.page.keyboard.type(words[third : 2 * third], delay=25)
        designer.page.keyboard.type(words[2 * third :], delay=25)
        stored = eventually(
            "the note",
            lambda: office.document(designer.journey),
            lambda now: now["nodes"]["email"]["note"] == words,
        )
        designer.saved()

    designer.reload()
    assert designer.saved() == stored


def test_what_was_typed_in_a_window_that_closed_is_back_in_the_next(
    designer: Designer, office: Office, stack: Stack, windows: Windows
) -> None:
    """The window is closed while nothing can be saved; the same person opens the journey again, and finds their words."""
    designer.open(office.draw(example("coupon") | {"name": "Closed in an outage"}))
    designer.select("Send the offer")

    with windows.forgiving(*OUTAGE):
        expect(designer.field("Note")).to_be_visible()
        with stack.outage():
            designer.fill("Note", "Do not forget this.")
            expect(designer.saving()).to_have_text("Kept in this browser")
            another = windows.open("about:blank", another=designer.page)
            designer.page.close()

    again = Designer(another, office).open(designer.journey)
    eventually(
        "the note",
        lambda: office.document(again.journey),
        lambda now: now["nodes"]["email"]["note"] == "Do not forget this.",
    )
    again.select("Send the offer")
    expect(again.field("Note")).to_have_value("Do not forget this.")
