"""What fails a test by itself: whatever a window complains of, save what a block forgives."""

from __future__ import annotations

from playwright.sync_api import Page

from tests.browser.held import Held
from tests.browser.windows import Windows

# Each request has an address of its own, so that an answer is waited for by whose it is.
_BEFORE, _WITHIN, _AFTER = 404, 405, 406


def _ask(page: Page, journey: int) -> None:
    """Ask, and go on once the request is made."""
    with page.expect_request(f"**/journeys/{journey}"):
        page.evaluate(f"() => {{ void fetch('/v1/journeys/{journey}'); }}")


def test_an_answer_is_forgiven_where_its_request_was_under_way(page: Page, windows: Windows) -> None:
    """Begun before the block or in it, and answered after its end: what came about in the block is forgiven, however slow the
    line is. A request that is made later is not."""
    slow = Held(page)
    slow.hold("**/journeys/40*")
    _ask(page, _BEFORE)
    with windows.forgiving("answer: 404"):
        _ask(page, _WITHIN)
    with (
        page.expect_response(f"**/journeys/{_BEFORE}") as before,
        page.expect_response(f"**/journeys/{_WITHIN}") as within,
    ):
        slow.let_go()
    assert [before.value.status, within.value.status] == [404, 404]
    assert windows.complaints == []

    with page.expect_response(f"**/journeys/{_AFTER}"):
        _ask(page, _AFTER)
    assert windows.complaints == [f"answer: 404 to GET {windows.address}/v1/journeys/{_AFTER}"]
    windows.complaints.clear()
