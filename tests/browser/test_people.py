"""Contacts from a file, and the page of a person."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.office import Office, eventually, example

ROWS = """external_id,email,phone,first_name,timezone
import-1,uma@example.com,+15550000001,Uma,Europe/Rome
import-2,not an address,+15550000002,Vito,Europe/Rome
import-3,wanda@example.com,,Wanda,Middle/Earth
import-4,xenia@example.com,,Xenia,
"""


def test_a_file_with_bad_rows_brings_the_good_ones_and_gives_the_others_back(
    page: Page, office: Office, tmp_path: Path
) -> None:
    """Whoever can be read is in the segment; the others are named with line and reason, to download, mend and send again."""
    file = tmp_path / "people.csv"
    file.write_text(ROWS)
    page.goto("#/contacts")
    page.get_by_role("button", name="Import a file").first.click()
    drawer = page.get_by_role("dialog")
    drawer.locator("input[type=file]").set_input_files(file)
    drawer.get_by_label("Put everybody into a segment").fill("From a file with faults")
    drawer.get_by_role("button", name="Import", exact=True).click()
    expect(drawer.get_by_text("Is read, into “From a file with faults”")).to_be_visible()

    (done,) = (
        one for one in office.items("/contacts/imports") if one["segment"] == "From a file with faults"
    )
    assert done["rejected"] > 0
    assert done["accepted"] + done["rejected"] == 4
    for row in done["bad_rows"]:
        expect(drawer.get_by_role("row", name=f"{row['line']} {row['reason']}")).to_be_visible()
    with page.expect_download() as download:
        drawer.get_by_role("link", name="Download these rows").click()
    given_back = Path(download.value.path()).read_text()
    assert given_back.splitlines()[0].startswith("external_id,email,phone,first_name,timezone")
    assert len(given_back.splitlines()) == 1 + done["rejected"]


def test_the_page_of_a_person_tells_what_happened_and_what_they_allow(page: Page, office: Office) -> None:
    """The timeline has the message and the step that sent it; refusing a channel there is refused everywhere."""
    office.people({"yara": {"email": "yara@example.com", "phone": "+15550000077", "firstName": "Yara"}})
    office.segment("Yara alone", ["yara"])
    journey = office.publish(example("coupon") | {"name": "Told on a page"})
    office.launch(journey, "Yara alone")
    eventually("the email", lambda: office.inbox(journey=journey))
    contact = office.contact("yara")

    page.goto(f"#/contacts/{contact}")
    expect(page.get_by_role("heading", level=1)).to_have_text("Yara")
    lines = page.get_by_role("listitem")
    expect(lines.filter(has_text="Told on a page").first).to_be_visible()
    expect(
        lines.filter(has_text="something new from TheToy").or_(lines.filter(has_text="email")).first
    ).to_be_visible()
    page.get_by_role("button", name="Mailbox and phone").click()
    expect(page.get_by_text("Yara, something new from TheToy").first).to_be_visible()
