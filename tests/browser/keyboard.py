"""The words for whoever works without a mouse: Tab, arrows, letters and Enter alone."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, expect

from tests.browser.designer import Designer

_MOST_STOPS = 80
_FOCUSED = "(element) => element === document.activeElement"
_LIES_BEFORE = """(element) => document.activeElement !== document.body
  && Boolean(element.compareDocumentPosition(document.activeElement) & Node.DOCUMENT_POSITION_FOLLOWING)"""
# The option that Enter would take.
_MARKED = "[role=option][data-combobox-selected]"


class Keyboard:
    """The same window as a designer's, without its mouse."""

    def __init__(self, designer: Designer) -> None:
        self.designer = designer
        self.page = designer.page

    def press(self, *keys: str) -> None:
        """Press keys, one after the other."""
        for key in keys:
            self.page.keyboard.press(key)

    def type(self, text: str) -> None:
        """Type letters."""
        self.page.keyboard.type(text)

    def tab_to(self, place: Locator) -> None:
        """Go with Tab, or back with Shift-Tab, until this has the focus: whatever Tab never reaches cannot be used without a mouse."""
        expect(place).to_be_visible()
        for _ in range(_MOST_STOPS):
            if place.evaluate(_FOCUSED):
                return
            self.page.keyboard.press("Shift+Tab" if place.evaluate(_LIES_BEFORE) else "Tab")
        raise AssertionError(f"Tab never comes to {place}")

    def button(self, name: str) -> None:
        """Go to a button, and press it."""
        self.tab_to(self.page.get_by_role("button", name=name, exact=True))
        self.press("Enter")

    def fill(self, label: str, text: str) -> None:
        """Go to a field of the panel beside the drawing, and write."""
        self.tab_to(self.designer.field(label))
        self.press("Control+a")
        self.type(text)

    def choose(self, label: str, option: str) -> None:
        """Go to a list of the panel beside the drawing, and walk to an option."""
        self.tab_to(self.designer.field(label))
        self.press("ArrowDown")
        marked = self.page.locator(_MARKED)
        for _ in range(_MOST_STOPS):
            if marked.count() and marked.inner_text() == option:
                break
            self.press("ArrowDown")
        expect(marked).to_have_text(option)
        self.press("Enter")

    def make(self, what: str, label: str, text: str) -> None:
        """Make a new template or promotion for the selected node, and write into a field of it."""
        self.button(f"Make a new {what}")
        part = self.page.get_by_role("dialog")
        self.tab_to(part.get_by_role("textbox", name=label).last)
        self.press("Control+a")
        self.type(text)
        self.press("Escape")
        expect(part).to_have_count(0)

    def command(self, words: str) -> None:
        """Run a command by its name."""
        self.press("Control+k")
        expect(self.page.get_by_role("combobox", name="Commands, nodes and pages")).to_be_focused()
        self.type(words)
        self.press("Enter")

    # ------------------------------------------------------------------------------------------- the outline

    def row(self, words: str) -> Locator:
        """The row of the outline that begins so."""
        return self.page.get_by_role("tree", name="Journey").get_by_role(
            "treeitem", name=re.compile(f"^{re.escape(words)}")
        )

    def walk_to(self, words: str) -> None:
        """Walk with arrows to a row of the outline."""
        self.tab_to(self.page.get_by_role("tree", name="Journey").locator("[tabindex='0']"))
        self.press("Home")
        for _ in range(_MOST_STOPS):
            if self.row(words).first.evaluate(_FOCUSED):
                return
            self.press("ArrowDown")
        raise AssertionError(f"no arrow leads to {words}")

    def add(self, kind: str) -> None:
        """Add a node behind where one is, by its name in the quick list."""
        self.press("/")
        search = self.page.get_by_role("combobox", name="Search nodes to add")
        expect(search).to_be_focused()
        self.type(kind)
        self.press("Enter")
        expect(search).to_have_count(0)
