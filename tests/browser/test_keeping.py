"""What is drawn stays what it is: loaded anew, exported and imported; and what is wrong with it is named."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.designer import Designer
from tests.browser.office import Body, Office, eventually, example
from tests.browser.windows import Windows


@pytest.mark.parametrize("name", ["coupon", "mario"])
def test_a_journey_exported_and_imported_is_the_same(
    name: str, designer: Designer, office: Office, windows: Windows, tmp_path: Path
) -> None:
    """Shown, loaded anew, exported to a file and imported from it, a journey is what it was; only its name is another."""
    document = example(name) | {"name": f"Kept: {name}"}
    designer.open(office.draw(document))
    stored = office.document(designer.journey)
    expect(designer.page.locator(".react-flow__node")).to_have_count(len(document["nodes"]))
    expect(designer.edges()).to_have_count(len(document["edges"]))
    designer.reload()
    assert designer.saved() == stored

    with designer.page.expect_download() as download:
        designer.menu("Export as JSON")
    file = tmp_path / "journey.json"
    download.value.save_as(file)
    designer.menu("Import JSON…")
    dialog = designer.page.get_by_role("dialog")
    dialog.locator("input[type=file]").set_input_files(file)
    before = designer.page.url
    dialog.get_by_role("button", name="Look at it").click()
    # Its name is taken, so that it is brought in under another.
    with windows.forgiving("answer: 409"):
        dialog.get_by_role("button", name="Import", exact=True).click()
        designer.page.wait_for_url(lambda url: url != before)
    imported = office.document(designer.page.url.rpartition("/")[2])

    assert _without_name(imported) == _without_name(stored) == _without_name(_read(office, file))


def test_a_journey_with_the_longest_name_is_duplicated(
    designer: Designer, office: Office, windows: Windows
) -> None:
    """From its menu and from the list alike: the copy is named as one, in as many characters as a name may have."""
    name = f"Kept {'for a long name ' * 13}"[:200].strip().ljust(200, "s")
    designer.open(office.draw(example("coupon") | {"name": name}))

    before = designer.page.url
    designer.menu("Duplicate")
    designer.page.wait_for_url(lambda url: url != before)
    copy = office.document(designer.page.url.rpartition("/")[2])["name"]
    page = windows.open("#/journeys")
    row = page.get_by_role("row").filter(has=page.get_by_role("link", name=name, exact=True))
    row.get_by_role("button", name=re.compile("^More for ")).click()
    page.get_by_role("menuitem", name="Duplicate").click()
    page.wait_for_url(re.compile("#/journeys/[0-9]+$"))
    another = office.document(page.url.rpartition("/")[2])["name"]

    assert copy == f"{name[:192].rstrip()}… (copy)"
    assert another == f"{name[:190].rstrip()}… (copy) 2"


def test_a_faulty_journey_names_its_node(designer: Designer, office: Office) -> None:
    """The list of problems names the node by its label, and leads to the field that is wrong."""
    document = example("coupon") | {"name": "Kept with a fault"}
    document["nodes"]["sms"]["config"]["template"] = "gone"
    designer.open(office.draw(document))

    designer.press_problems()
    problem = (
        designer.page.get_by_role("list", name="Problems").get_by_role("button", name="Send the code").first
    )
    expect(problem).to_contain_text("gone")
    problem.click()
    expect(designer.field("Template")).to_be_focused()
    designer.choose("Template", "code")
    eventually(
        "a journey that may be published",
        lambda: office.get(f"/journeys/{designer.journey}/check")["publishable"],
    )


def _read(office: Office, file: Path) -> Body:
    """The file as the API stores it, with everything said that goes without saying."""
    return office.document(office.draw(json.loads(file.read_text()) | {"name": f"Read: {file.parent.name}"}))


def _without_name(document: Body) -> Body:
    return {key: value for key, value in document.items() if key != "name"}
