"""The tour, from its first page to its last step, in an installation that nobody has used."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.office import Office, eventually
from tests.browser.stack import Stack, running
from tests.browser.windows import Windows

_WAIT_MS = 90_000


@pytest.fixture
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """An installation of its own: the tour sets the clock, which it may only where nobody is under way."""
    with running(tmp_path_factory.mktemp("tour") / "wend", day=86_400) as stack:
        yield stack


@pytest.fixture
def windows(browser: Browser, fresh: Stack, request: pytest.FixtureRequest) -> Iterator[Windows]:
    """Windows on that installation. Nothing in them complained."""
    windows = Windows(browser, fresh.address)
    try:
        yield windows
        if windows.complaints:
            folder = windows.keep_evidence(request.node.name, fresh.logs())
            pytest.fail(f"{windows.complaints}; see {folder}")
    finally:
        windows.close()


def test_a_newcomer_takes_the_tour_as_mario(windows: Windows, fresh: Stack) -> None:
    """Start, publish, let five in; open, click, visit; wait for Lucia's SMS and Mario's code; buy: every step is checked
    off by what really happened, and the end of the tour gives the usual time back."""
    page = windows.open("#/tour")
    page.get_by_role("button", name="Start the tour").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("The tour")
    page.get_by_role("button", name="Publish it").click()
    page.get_by_role("button", name="Let them in").click()
    mailbox = page.get_by_role("region", name="Mailbox of Mario")
    mailbox.get_by_role("button", name=re.compile("^Unread: ")).click(timeout=_WAIT_MS)
    page.frame_locator("iframe.message-frame").get_by_text("See the offer").click()
    clicked = page.get_by_role("dialog", name="Mario has clicked")
    clicked.get_by_role("button", name="Mario visits the page").click()
    clicked.get_by_role("button", name="Close").last.click()

    phone = page.get_by_role("region", name="Phone of Mario")
    phone.get_by_text(re.compile(r"https?://")).last.click(timeout=_WAIT_MS)
    clicked.get_by_role("button", name="Mario buys").click()
    expect(page.get_by_text("That was it")).to_be_attached(timeout=_WAIT_MS)
    with closing(Office(fresh.address)) as office:
        tour = office.get("/tour")
        assert [step["key"] for step in tour["steps"] if not step["done"]] == []
        clicked.get_by_role("button", name="Close").last.click()
        page.get_by_role("button", name="End the tour").first.click()
        expect(page.get_by_role("heading", level=1)).to_have_text("The tour is over")
        eventually("usual time", lambda: office.get("/clock")["speed"], lambda speed: speed == 1)
