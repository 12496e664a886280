"""One stack and one browser for the whole tier; windows of its own for each test.

stack     the running installation
office    its API, to prepare and to compare
scenery   journeys, people and messages to look at
windows   opens browser windows that are watched: what their consoles complain of fails the test
page      a window on the list of journeys
designer  the same, with the words for what hands do in the editor

What a failed test leaves (pictures, console, page) is in build/browser, in a folder of its name.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

pytest.register_assert_rewrite("tests.browser.office", "tests.browser.designer")

# Browser and servers are imported by the fixture that needs them.
if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from tests.browser.designer import Designer
    from tests.browser.office import Office
    from tests.browser.scenery import Scenery
    from tests.browser.stack import Stack
    from tests.browser.windows import Windows

_FAILED = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Remember that a test failed, so that its evidence is kept."""
    report = yield
    if report.failed:
        item.stash[_FAILED] = True
    return report


@pytest.fixture(scope="package")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The installation that all tests of this tier share; each brings journeys and people of its own."""
    from tests.browser.stack import running

    with running(tmp_path_factory.mktemp("browser") / "wend") as stack:
        yield stack


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """The browser. It ends with this tier, since its event loop would stand in the way of others' tests."""
    from playwright.sync_api import sync_playwright

    from tests.browser.windows import chromium

    with sync_playwright() as playwright:
        browser = chromium(playwright)
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def scenery(stack: Stack) -> Scenery:
    """Journeys, people and messages to look at."""
    from tests.browser.office import Office
    from tests.browser.scenery import make_scenery

    with closing(Office(stack.address)) as office:
        return make_scenery(office)


@pytest.fixture
def office(stack: Stack) -> Iterator[Office]:
    """The API."""
    from tests.browser.office import Office

    with closing(Office(stack.address)) as office:
        yield office


@pytest.fixture
def windows(browser: Browser, stack: Stack, request: pytest.FixtureRequest) -> Iterator[Windows]:
    """The windows of this test. Nothing in them complained."""
    from tests.browser.windows import Windows

    windows = Windows(browser, stack.address)
    try:
        yield windows
        if windows.complaints or request.node.stash.get(_FAILED, False):
            folder = windows.keep_evidence(request.node.name, stack.logs())
            assert not windows.complaints, f"{windows.complaints}; see {folder}"
    finally:
        windows.close()


@pytest.fixture
def page(windows: Windows) -> Page:
    """A window on the journeys."""
    return windows.open()


@pytest.fixture
def designer(page: Page, office: Office) -> Designer:
    """A window in which a marketer works."""
    from tests.browser.designer import Designer

    return Designer(page, office)
