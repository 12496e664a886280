"""The words for what hands do in the editor: a marketer's gestures, by mouse and by keyboard, as sentences.

    designer.open(journey)
    designer.drag("Send the offer", by=(120, 40))
    designer.connect("Send the offer", "Sent", "Opened?")
    designer.saved()

Nodes are named by their labels, ports and fields by theirs: by what a person reads.
"""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import FloatRect, Locator, Page, expect

from tests.browser.office import Body, Office

SAVED = re.compile("^Saved")
_STEPS = 6
_NODE_WIDTH = 208
_SHOWN = """() => Object.fromEntries([...document.querySelectorAll(".react-flow__node")].map((node) => {
  const number = (text) => Number((text ?? "0").replace(/[^0-9]/g, ""));
  const counts = [...node.querySelectorAll(".flow-counts > span")].map((one) => one.textContent ?? "");
  const said = (word) => number(counts.find((one) => one.endsWith(word)));
  const left = [...node.querySelectorAll(".port")].map((port) => [
    port.querySelector("[data-handleid]").dataset.handleid, number(port.querySelector(".port-left")?.textContent),
  ]).filter(([, count]) => count > 0);
  return [node.dataset.id, {entered: said(" entered"), here: said(" here"), left: Object.fromEntries(left)}];
}))"""


class Designer:
    """One window of one marketer."""

    def __init__(self, page: Page, office: Office) -> None:
        self.page = page
        self.office = office
        self.journey = ""

    # ------------------------------------------------------------------------------------------- where one is

    def begin(self, name: str) -> None:
        """A new journey, from the list of journeys, by this name."""
        self.page.get_by_role("button", name="New journey").click()
        expect(self.page.get_by_role("navigation", name="Palette")).to_be_visible()
        self.journey = self.page.url.rpartition("/")[2]
        self.press("Settings of the journey")
        self.fill("Name of the journey", name)
        expect(self.page.get_by_role("heading", level=1)).to_have_text(name)
        self.press("Close the panel")

    def open(self, journey: str, mode: str = "") -> Designer:
        """Open a journey to draw, try, watch it or look at its versions."""
        self.journey = journey
        self.page.goto(f"#/journeys/{journey}{'/' + mode if mode else ''}")
        expect(self.page.get_by_role("heading", level=1)).to_be_visible()
        return self

    def reload(self) -> None:
        """Load the page anew."""
        self.page.reload()
        expect(self.page.get_by_role("heading", level=1)).to_be_visible()

    def saved(self) -> Body:
        """Wait until everything is saved. Gives the draft as it is stored."""
        expect(self.saving()).to_have_text(SAVED)
        return self.office.document(self.journey)

    def saving(self) -> Locator:
        """What the page says of saving."""
        return self.page.get_by_role("status", name="Saving")

    # ------------------------------------------------------------------------------------------- what is drawn

    def node(self, label: str) -> Locator:
        """The node with this label."""
        exactly = re.compile(f"^{re.escape(label)}$")
        return self.page.locator(".react-flow__node").filter(
            has=self.page.locator(".flow-label").filter(has_text=exactly)
        )

    def labels(self) -> list[str]:
        """The labels of all nodes, in the order of the alphabet."""
        return sorted(self.page.locator(".react-flow__node .flow-label").all_inner_texts())

    def edges(self) -> Locator:
        """All edges."""
        return self.page.locator(".react-flow__edge")

    def box(self, place: Locator) -> FloatRect:
        """Where something is on the screen, once it is seen: a node is hidden until the drawing lies where it stays."""
        expect(place).to_be_visible()
        box = place.bounding_box()
        assert box is not None, f"{place} is not to be seen"
        return box

    # ------------------------------------------------------------------------------------------- the palette, the form

    def drag_in(self, kind: str, name: str, beside: str | None = None, by: tuple[int, int] = (0, 0)) -> None:
        """Drag a kind of node from the palette to a place so many steps of the canvas from the middle of another node, and
        name it; the first one into the middle of the canvas."""
        if beside:
            self.make_room()
        zoom = self.box(self.node(beside))["width"] / _NODE_WIDTH if beside else 1.0
        item = (
            self.page.get_by_role("navigation", name="Palette")
            .get_by_role("button", name=kind, exact=True)
            .last
        )
        item.scroll_into_view_if_needed()
        middle = self._middle(self.node(beside) if beside else self.page.locator(".react-flow__pane"))
        self._drag(self._middle(item), (middle[0] + by[0] * zoom, middle[1] + by[1] * zoom))
        expect(self.node(kind)).to_have_count(1)
        self.fill("Name", name)
        expect(self.node(name)).to_be_visible()

    def make_room(self) -> None:
        """See all of the drawing, with room around it."""
        for name in ("Fit View", "Zoom Out", "Zoom Out"):
            self.page.get_by_role("button", name=name).click()

    def field(self, label: str) -> Locator:
        """A field of the panel beside the drawing; a star says that it must be filled in."""
        exactly = re.compile(rf"^{re.escape(label)}( \*)?$")
        return self.page.get_by_label("Beside the drawing").get_by_label(exactly)

    def fill(self, label: str, text: str) -> None:
        """Type into a field."""
        self.field(label).fill(text)

    def choose(self, label: str, option: str) -> None:
        """Choose from a list."""
        self.field(label).click()
        self.page.get_by_role("option", name=option, exact=True).click()

    def add_event(self, event: str, port: str) -> None:
        """Add an event to those that the selected node waits for, and name the way out that it opens."""
        beside = self.page.get_by_label("Beside the drawing")
        self.press("Add to events")
        for label, text in (("Event", event), ("Name", port), ("Label", port)):
            field = beside.get_by_label(re.compile(rf"^{label}( \*)?$")).last
            field.fill(text)
            field.press("Tab")

    def press(self, button: str) -> None:
        """Press a button of the panel beside the drawing."""
        self.page.get_by_label("Beside the drawing").get_by_role("button", name=button, exact=True).click()

    def make(self, what: str, **texts: str) -> None:
        """Make a new template or promotion for the selected node, and write into its fields by their labels."""
        self.press(f"Make a new {what}")
        part = self.page.get_by_role("dialog")
        for label, text in texts.items():
            part.get_by_role("textbox", name=label.replace("_", " ")).last.click()
            self.page.keyboard.press("Control+a")
            self.page.keyboard.insert_text(text)
        part.get_by_role("button", name=f"Close the {what}").click()
        expect(part).to_have_count(0)

    def menu(self, item: str) -> None:
        """Choose what is to be done with the journey as a whole."""
        self.page.get_by_role("button", name="More for this journey").click()
        self.page.get_by_role("menuitem", name=item).click()

    def press_problems(self) -> None:
        """Open the list of problems, once there are some."""
        self.page.get_by_label("Beside the drawing").get_by_role(
            "button", name=re.compile("^Problems: ")
        ).click()

    # ------------------------------------------------------------------------------------------- publishing, starting

    def publish(self) -> None:
        """Publish the draft."""
        draft = self.office.get(f"/journeys/{self.journey}/draft")
        self.office.call("POST", f"/journeys/{self.journey}/publish", {"revision": draft["revision"]})

    def publish_by_dialog(self, again: bool = False) -> None:
        """Press Publish, look at what the dialog says, and publish. It stays open, and offers what comes next."""
        self.page.get_by_role("button", name="Publish", exact=True).click()
        dialog = self.page.get_by_role("dialog")
        said = "Since version" if again else "This is the first version"
        expect(dialog.get_by_text(re.compile(said))).to_be_visible()
        dialog.get_by_role("button", name="Publish", exact=True).click()
        expect(dialog.get_by_text(re.compile(r"^Version \d+ is published$"))).to_be_visible()

    def start_with_contact(self, search: str, name: str) -> None:
        """In the dialog of starting, which is open: let one contact enter."""
        dialog = self.page.get_by_role("dialog")
        dialog.get_by_role("tab", name="One contact").click()
        dialog.get_by_label("Contact", exact=True).fill(search)
        self.page.get_by_role("option", name=re.compile(f"^{re.escape(name)}")).click()
        dialog.get_by_role("button", name="Let them enter").click()
        expect(dialog).to_have_count(0)

    def mode(self, name: str) -> None:
        """Go to another mode of this journey by its bar."""
        bar = self.page.get_by_role("radiogroup", name="What to do with the journey")
        bar.get_by_text(name, exact=True).click()

    def numbers_shown(self) -> Body:
        """The numbers that stand at the nodes while one watches, by the nodes' ids, as the API says them."""
        return dict(self.page.evaluate(_SHOWN))

    def start_with_file(self, file: Path, segment: str) -> None:
        """Let everybody in a CSV file enter."""
        self.page.goto("#/contacts")
        self.page.get_by_role("button", name="Import a file").first.click()
        self.page.locator("input[type=file]").set_input_files(file)
        self.page.get_by_label("Put everybody into a segment").fill(segment)
        self.page.get_by_role("button", name="Import", exact=True).click()
        expect(self.page.get_by_text(f"Is read, into “{segment}”")).to_be_visible()
        self.office.launch(self.journey, segment)

    # ------------------------------------------------------------------------------------------- the mouse

    def select(self, label: str) -> None:
        """Click a node."""
        self.node(label).locator(".flow-head").click()

    def drag(self, label: str, by: tuple[int, int]) -> None:
        """Take a node and put it down elsewhere."""
        begin = self._middle(self.node(label).locator(".flow-head"))
        self._drag(begin, (begin[0] + by[0], begin[1] + by[1]))

    def connect(self, source: str, port: str, target: str) -> None:
        """Draw an edge from a port of a node to another node."""
        self.select(source)
        exactly = re.compile(f"^{re.escape(port)}$")
        row = (
            self.node(source).locator(".port").filter(has=self.page.locator("span").filter(has_text=exactly))
        )
        self._drag(
            self._middle(row.locator(".react-flow__handle")),
            self._middle(self.node(target).locator(".react-flow__handle.target")),
        )

    def undo(self) -> None:
        """Ctrl-Z."""
        self.page.keyboard.press("Control+z")

    def redo(self) -> None:
        """Ctrl-Shift-Z."""
        self.page.keyboard.press("Control+Shift+z")

    def _middle(self, place: Locator) -> tuple[float, float]:
        box = self.box(place)
        return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

    def _drag(self, begin: tuple[float, float], end: tuple[float, float]) -> None:
        mouse = self.page.mouse
        mouse.move(*begin)
        mouse.down()
        mouse.move((begin[0] + end[0]) / 2, (begin[1] + end[1]) / 2, steps=_STEPS)
        mouse.move(*end, steps=_STEPS)
        mouse.up()
