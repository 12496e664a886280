"""Versions: what changed, in words and on the drawing, and the way back."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.browser.designer import Designer
from tests.browser.office import Office, eventually, example


def test_a_change_is_told_in_words_marked_on_the_drawing_and_restored(
    designer: Designer, office: Office
) -> None:
    """Two days become three: the dialog of publishing says so, the versions show it at the node, and restoring the first
    version is one step that undo takes back."""
    designer.open(office.draw(example("coupon") | {"name": "Two days, then three"}))
    page = designer.page
    designer.publish_by_dialog()
    page.get_by_role("dialog").get_by_role("button", name="Go on drawing").click()
    designer.select("Opened?")
    designer.fill("Within: number", "3")
    designer.saved()
    designer.publish_by_dialog(again=True)
    page.get_by_role("dialog").get_by_role("button", name="Go on drawing").click()

    designer.mode("Versions")
    page.get_by_role("button", name="What version 2 changed").click()
    words = page.get_by_role("complementary", name="What changed, in words").get_by_role("listitem")
    expect(words).to_have_count(1)
    expect(words).to_contain_text(re.compile("Opened.*2 days.*3 days"))
    marked = page.get_by_role("region", name="Version 2, current").locator(".mark-changed .flow-label")
    expect(marked).to_have_text(["Opened?"])

    def within() -> str:
        return str(office.document(designer.journey)["nodes"]["opened"]["config"]["within"])

    page.get_by_role("button", name="Restore version 1").click()
    page.get_by_role("dialog").get_by_role("button", name="Restore it").click()
    eventually("version 1 as the draft", within, lambda now: now == "2 days")
    designer.node("Opened?").wait_for()
    designer.undo()
    eventually("the draft as it was", within, lambda now: now == "3 days")
    assert [one["number"] for one in office.items(f"/journeys/{designer.journey}/plans")] == [2, 1]
