"""What fails a test by itself: whatever a window complains of, save what a block forgives."""

from __future__ import annotations

from playwright.sync_api import Page

from tests.browser.held import Held
from tests.browser.windows import Windows

_ASK = "() => { window.asked = fetch('/v1/journeys/404').then((answer) => answer.status); }"


def test_an_answer_is_forgiven_where_its_request_was_under_way(page: Page, windows: Windows) -> None:
    """Begun before the block or in it, and answered after its end: what came about in the block is forgiven, however slow the
    line is. The same request made later is not."""
    slow = Held(page)
    slow.hold("**/journeys/404")
    page.evaluate(_ASK)
    with windows.forgiving("answer: 404"):
        page.evaluate(_ASK)
    with page.expect_response("**/journeys/404"):
        slow.let_go()
    assert page.evaluate("window.asked") == 404
    assert windows.complaints == []

    with page.expect_response("**/journeys/404"):
        page.evaluate(_ASK)
    assert windows.complaints == [f"answer: 404 to GET {windows.address}/v1/journeys/404"]
    windows.complaints.clear()
