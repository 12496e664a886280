"""Publishing, starting, watching and comparing versions, as a marketer does."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import expect

from tests.browser.designer import Designer
from tests.browser.office import Office, contacts_file, eventually, example


def test_a_journey_is_published_started_from_a_file_and_watched(
    designer: Designer, office: Office, tmp_path: Path
) -> None:
    """The publish dialog publishes; the start dialog reads a file and says before how many enter; the numbers over the
    drawing follow by themselves, and behind each stand the people."""
    designer.open(office.draw(example("coupon") | {"name": "Watched by a marketer"}))
    page = designer.page
    page.get_by_role("button", name=re.compile("^Publish")).first.click()
    page.get_by_role("dialog").get_by_role("button", name=re.compile("^Publish")).click()
    eventually("version 1", lambda: office.get(f"/journeys/{designer.journey}")["plan"])

    designer.open(designer.journey, "watch")
    page.get_by_role("button", name="Start", exact=True).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_text("A file").first.click()
    dialog.locator("input[type=file]").set_input_files(contacts_file(tmp_path / "watched.csv", 30))
    dialog.get_by_role("button", name="Read the file").click()
    expect(dialog.get_by_role("status", name="What would happen")).to_contain_text("30")
    dialog.get_by_role("button", name=re.compile("^(Start|Let)")).last.click()

    totals = page.get_by_role("group", name="Numbers of the journey")
    expect(totals.get_by_role("button", name=re.compile(r"^30\s*entered"))).to_be_visible(timeout=60_000)
    numbers = eventually(
        "the end", lambda: office.numbers(designer.journey), lambda seen: seen["ended"] == 30
    )
    assert numbers["results"] == {"coupon sent": 30}
    expect(totals.get_by_role("button", name=re.compile(r"^30\s*ended"))).to_be_visible(timeout=60_000)
    totals.get_by_role("button", name=re.compile(r"^30\s*entered")).click()
    expect(page.get_by_role("dialog")).to_contain_text("Who entered")
    expect(page.get_by_role("dialog").get_by_role("link").first).to_be_visible()
