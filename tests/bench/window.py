"""What the rows of the designer measure on: the API with the built designer, and the machine's Chromium."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass

from playwright.sync_api import Browser, Page, sync_playwright

from tests.bench.rows import Bench
from tests.bench.stack import Place
from tests.browser.windows import DESKTOP, chromium
from wend.stack.processes import python

PATIENCE_MS = 60_000


@dataclass(frozen=True)
class Desk:
    """A browser, and where the designer is served."""

    browser: Browser
    place: Place
    address: str

    def window(self) -> Page:
        """A window of somebody who was never here: nothing is in its cache."""
        page = self.browser.new_context(viewport=DESKTOP, reduced_motion="reduce").new_page()
        page.set_default_timeout(PATIENCE_MS)
        return page


@contextmanager
def desk(bench: Bench, name: str, day: float = 86_400) -> Iterator[Desk]:
    """A database of its own with an API, and a browser to look at it."""
    with bench.stack.place(name, day) as place:
        port = place.folder.addresses().api
        api = python("api", "api", "--port", str(port), folder=place.folder, env=place.environment)
        place.children.append(api)
        api.start()
        api.wait_for_port(port)
        with sync_playwright() as playwright, closing(chromium(playwright)) as browser:
            yield Desk(browser, place, f"http://127.0.0.1:{port}")
