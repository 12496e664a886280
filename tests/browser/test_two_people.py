"""Two people in one draft: they see each other, what does not touch is merged, and at the same place somebody chooses."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.designer import Designer
from tests.browser.office import Office, eventually, example
from tests.browser.windows import Windows


def _both(windows: Windows, office: Office, name: str) -> tuple[Designer, Designer]:
    journey = office.draw(example("coupon") | {"name": name})
    first, second = (Designer(windows.open(), office).open(journey) for _ in range(2))
    _call(first.page, "Anna")
    _call(second.page, "Bruno")
    return first, second


def _call(page: Page, name: str) -> None:
    page.get_by_role("button", name=re.compile("^You are ")).click()
    page.get_by_role("textbox", name="Your name").fill(name)
    page.get_by_role("button", name="Use this name").click()


def test_two_people_see_each_other_and_what_the_other_changes(windows: Windows, office: Office) -> None:
    """Each sees the other's name and where they are; a change arrives in the other window by itself."""
    anna, bruno = _both(windows, office, "Seen by two")

    bruno.select("Send the code")
    expect(anna.page.get_by_role("button", name="Bruno, at “Send the code”")).to_be_visible()
    expect(bruno.page.get_by_role("button", name=re.compile("^Anna"))).to_be_visible()

    bruno.fill("Name", "Text the code")
    expect(anna.node("Text the code")).to_be_visible()


def test_changes_to_different_fields_are_merged(windows: Windows, office: Office) -> None:
    """Two people type into two fields of one node at the same time, and both texts stay."""
    anna, bruno = _both(windows, office, "Merged by two")

    for one in (anna, bruno):
        one.select("Send the offer")
    # Whose change comes second hears so by a 409, and merges.
    with windows.forgiving("answer: 409"):
        anna.fill("Name", "The great offer")
        bruno.fill("Note", "Ask Carla about the picture.")
        stored = eventually(
            "both changes",
            lambda: office.document(anna.journey)["nodes"]["email"],
            lambda node: (node["name"], node["note"]) == ("The great offer", "Ask Carla about the picture."),
        )
    for one in (anna, bruno):
        expect(one.field("Name")).to_have_value(stored["name"])
        expect(one.field("Note")).to_have_value(stored["note"])
        one.saved()


@pytest.mark.parametrize(
    ("choice", "left"), [("Keep mine", "Bruno's words"), ("Take theirs", "Anna's words")]
)
def test_at_the_same_field_somebody_chooses(windows: Windows, office: Office, choice: str, left: str) -> None:
    """Two people write the same field at once: the later one is shown both texts, and what they choose stays for both."""
    anna, bruno = _both(windows, office, f"Chosen by two: {choice}")
    for one in (anna, bruno):
        one.select("Send the offer")

    with windows.forgiving("answer: 409", "ERR_INTERNET_DISCONNECTED"):
        bruno.page.context.set_offline(True)
        bruno.fill("Note", "Bruno's words")
        anna.fill("Note", "Anna's words")
        eventually(
            "Anna's words",
            lambda: office.document(anna.journey)["nodes"]["email"]["note"],
            lambda note: note == "Anna's words",
        )
        bruno.page.context.set_offline(False)
        region = bruno.page.get_by_role("region", name="Changes to choose between")
        expect(region).to_contain_text("Anna's words")
        expect(region).to_contain_text("Bruno's words")
        region.get_by_role("button", name=re.compile(f"^{choice}")).click()
        expect(region).to_have_count(0)
        stored = eventually(
            "the choice",
            lambda: office.document(anna.journey)["nodes"]["email"]["note"],
            lambda note: note == left,
        )

    for one in (anna, bruno):
        expect(one.field("Note")).to_have_value(stored)
