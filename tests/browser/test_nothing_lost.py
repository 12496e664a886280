"""Nothing that a person did in the editor is ever lost, whatever happens to the server meanwhile."""

from __future__ import annotations

import re

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
        stack.kill_api()
        designer.drag("Give a coupon", by=(30, 120))
        expect(designer.saving()).to_have_text(re.compile("not saved", re.IGNORECASE))
        stack.start_api()
        stored = eventually(
            "the second drag", lambda: office.document(designer.journey), lambda now: now != first
        )
        designer.saved()

    assert _place(stored, "email") == _place(first, "email")
    assert _place(stored, "coupon") != _place(first, "coupon")
    designer.reload()
    assert designer.saved() == stored
