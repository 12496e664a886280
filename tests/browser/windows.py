"""Browser windows that are watched: what the console complains of, and requests that fail, fail the test."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import (
    Browser,
    ConsoleMessage,
    Page,
    Playwright,
    Request,
    Response,
    ViewportSize,
    expect,
)

FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
PATIENCE_MS = 20_000
"""A machine that does much else is slow, and that is no failure: whatever is waited for is waited for so long."""
DESKTOP: ViewportSize = {"width": 1440, "height": 900}
PHONE: ViewportSize = {"width": 390, "height": 844}
EVIDENCE = Path(__file__).resolve().parents[2] / "build" / "browser"
expect.set_options(timeout=PATIENCE_MS)
# A page that is left takes its streams and requests with it.
_LEFT = "net::ERR_ABORTED"
OUTAGE = (
    r"ERR_CONNECTION_(REFUSED|RESET|CLOSED)",
    r"ERR_EMPTY_RESPONSE",
    r"ERR_INCOMPLETE_CHUNKED_ENCODING",
    r"ERR_FAILED",
)
"""What a browser says where the server has died."""


def chromium(playwright: Playwright) -> Browser:
    """The machine's own Chromium: the one that WEND_CHROMIUM names, or what Debian, Fedora and others call it."""
    names = (os.environ.get("WEND_CHROMIUM", ""), "chromium", "chromium-browser", "google-chrome")
    found = next((path for name in names if name and (path := shutil.which(name))), None)
    if found is None:
        raise FileNotFoundError(
            "There is no Chromium on the PATH. Install one (Debian: apt install chromium), or name it: WEND_CHROMIUM=/path."
        )
    return playwright.chromium.launch(executable_path=found, args=FLAGS)


class Windows:
    """The windows of one test."""

    def __init__(self, browser: Browser, address: str) -> None:
        self.browser = browser
        self.address = address
        self.pages: list[Page] = []
        self.complaints: list[str] = []
        self._console: list[str] = []
        self._forgiven: list[re.Pattern[str]] = []
        self._under_way: dict[Request, list[re.Pattern[str]]] = {}
        """Requests that have no answer yet, each with what was forgiven since it was made."""

    def open(
        self,
        place: str = "#/",
        *,
        size: ViewportSize = DESKTOP,
        dark: bool = False,
        another: Page | None = None,
    ) -> Page:
        """A window of a person of its own, or another one of the person who has that page; it shows this address."""
        context = another.context if another else self.browser.new_context(
            viewport=size, color_scheme="dark" if dark else "light", reduced_motion="reduce", locale="en-GB",
            base_url=self.address, permissions=["clipboard-read", "clipboard-write"], accept_downloads=True,
        )  # fmt: skip
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self._complain(f"error: {error}"))
        page.on("request", self._asked)
        page.on("requestfailed", self._failed)
        page.on("response", self._answered)
        self.pages.append(page)
        page.goto(place if ":" in place else f"{self.address}/{place}")
        return page

    @contextmanager
    def forgiving(self, *patterns: str) -> Iterator[None]:
        """A block in which complaints of this kind are what the test is about. A request that is under way in it may get its
        answer, or none, after its end."""
        wanted = [re.compile(pattern) for pattern in patterns]
        self._forgiven += wanted
        for forgiven in self._under_way.values():
            forgiven += wanted
        try:
            yield
        finally:
            for page in self.pages:
                if not page.is_closed():
                    page.evaluate("1")  # what was said by now has arrived
            self._forgiven = [one for one in self._forgiven if one not in wanted]

    def keep_evidence(self, name: str, more: str) -> Path:
        """A picture of every page, its text, and all that was said, in a folder of the test's name."""
        folder = EVIDENCE / re.sub(r"\W+", "-", name)
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        (folder / "console.txt").write_text("\n".join([*self._console, *self.complaints, more]))
        for number, page in enumerate(self.pages, 1):
            if not page.is_closed():
                page.screenshot(path=folder / f"page-{number}.png")
                (folder / f"page-{number}.html").write_text(page.content())
        return folder

    def close(self) -> None:
        """Close them all."""
        for context in {page.context for page in self.pages}:
            context.close()

    def _complain(self, what: str, *, forgiven: list[re.Pattern[str]] | None = None) -> None:
        if not any(pattern.search(what) for pattern in [*self._forgiven, *(forgiven or [])]):
            self.complaints.append(what)

    def _heard(self, message: ConsoleMessage) -> None:
        self._console.append(f"{message.type}: {message.text}")
        # Answers and failures are listened to themselves, with their addresses.
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            self._complain(f"console: {message.text}")

    def _asked(self, request: Request) -> None:
        self._under_way[request] = list(self._forgiven)

    def _failed(self, request: Request) -> None:
        forgiven = self._under_way.pop(request, [])
        if request.failure != _LEFT:
            self._complain(f"request: {request.method} {request.url} {request.failure}", forgiven=forgiven)

    def _answered(self, response: Response) -> None:
        # A stream that is answered goes on: how it ends is another matter.
        forgiven = self._under_way.pop(response.request, [])
        if response.status >= 400:
            request = response.request
            self._complain(f"answer: {response.status} to {request.method} {request.url}", forgiven=forgiven)
