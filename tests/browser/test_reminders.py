"""A journey that is not a line, brought in as JSON: two ways at once, a merge, the first of several events, a loop."""

from __future__ import annotations

import json
from pathlib import Path

from playwright.sync_api import expect

from tests.browser.designer import Designer
from tests.browser.office import HOUSE, Office, eventually
from tests.browser.windows import Windows

JOURNEY = HOUSE / "tests" / "acceptance" / "journeys" / "reminders.json"


def _hastened(folder: Path) -> tuple[Path, int]:
    """The journey of the acceptance tests with waits of half a day, as a file; and how many nodes it has."""
    document = json.loads(JOURNEY.read_text())
    document["nodes"]["answer"]["config"]["within"] = "12 hours"
    file = folder / "reminders.json"
    file.write_text(json.dumps(document))
    return file, len(document["nodes"])


def test_at_most_three_reminders_by_two_ways_at_once(
    designer: Designer, office: Office, windows: Windows, tmp_path: Path
) -> None:
    """Imported and published in the browser; who clicks ends at once, who is silent has three rounds of an email and
    a push; at the merge the drawing counts each round, and its numbers are the API's."""
    office.people({
        "remo": {"email": "remo@example.com", "firstName": "Remo", "lastName": "Silente", "push_token": "remos-phone"},
        "clio": {"email": "clio@example.com", "firstName": "Clio", "lastName": "Pronta", "push_token": "clios-phone"},
    })  # fmt: skip
    designer.open(office.draw({"schema": 1, "name": "To import into", "nodes": {}, "edges": {}}))
    page = designer.page
    before = page.url
    file, nodes = _hastened(tmp_path)
    designer.menu("Import JSON…")
    dialog = page.get_by_role("dialog")
    dialog.locator("input[type=file]").set_input_files(file)
    dialog.get_by_role("button", name="Look at it").click()
    dialog.get_by_role("button", name="Import", exact=True).click()
    page.wait_for_url(lambda url: url != before)
    designer.journey = page.url.rpartition("/")[2]
    expect(page.locator(".react-flow__node")).to_have_count(nodes)

    designer.publish_by_dialog()
    page.get_by_role("dialog").get_by_role("button", name="Start", exact=True).click()
    # That there is no API trigger, the designer learns from the answer, and makes a campaign of one.
    with windows.forgiving("answer: 409"):
        designer.start_with_contact("remo@example", "Remo Silente")
        designer.mode("Watch")
        page.get_by_role("button", name="Start", exact=True).click()
        # She is the second: once she is in, nothing is in the way of her answer.
        designer.start_with_contact("clio@example", "Clio Pronta")
    clio, remo = office.contact("clio"), office.contact("remo")
    inbox = eventually(
        "Clio's push",
        lambda: [one for one in office.inbox(designer.journey) if one["contact"] == clio],
        lambda seen: {one["channel"] for one in seen} == {"email", "push"},
    )
    office.act(next(one["id"] for one in inbox if one["channel"] == "push"), "clicked")

    numbers = eventually(
        "both ends", lambda: office.numbers(designer.journey), lambda seen: seen["ended"] == 2
    )
    assert numbers["results"] == {"clicked": 1, "no answer": 1}
    assert sorted(one["channel"] for one in office.inbox(designer.journey) if one["contact"] == remo) == [
        *["email"] * 3, *["push"] * 3,
    ]  # fmt: skip
    eventually(
        "each entry on the canvas",
        lambda: {key: shown["entered"] for key, shown in designer.numbers_shown().items()},
        lambda shown: shown == {key: numbers["nodes"][key]["entered"] for key in shown} != {},
    )
    assert numbers["nodes"]["answer"]["entered"] >= 4
