"""From each page to each other one: nothing that a page leaves behind complains, in a journey that is alive."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.pages import settled
from tests.browser.scenery import Scenery


def _walk(places: list[str]) -> list[str]:
    """A way that goes from each place to each other one, once."""
    left = {one: [other for other in places if other != one] for one in places}
    way, stack = [], [places[0]]
    while stack:
        if left[stack[-1]]:
            stack.append(left[stack[-1]].pop())
        else:
            way.append(stack.pop())
    return way[::-1]


@pytest.mark.parametrize("wait", [False, True], ids=["at once", "once it stands"])
def test_each_page_is_left_for_each_other_one(page: Page, scenery: Scenery, wait: bool) -> None:
    """All pages and modes are left for all others, before and after they have come to rest; each shows itself."""
    places = scenery.places
    way = [*places, *reversed(places)] if wait else _walk(list(places))
    for name in way:
        page.evaluate("(place) => { location.hash = place }", places[name])
        if wait:
            settled(page)
        else:
            expect(page.locator("main")).to_be_visible()
        assert page.get_by_text("This part of the page has failed").count() == 0, f"{name} broke"
    settled(page)
    expect(page.get_by_role("heading", level=1)).to_have_count(1)
