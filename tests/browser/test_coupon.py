"""The coupon journey drawn from nothing, started for 200 contacts, and followed to its end."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from tests.browser.designer import Designer
from tests.browser.office import Body, Office, contacts_file, eventually, example

CROWD = 200


def _shape(document: Body) -> Counter[tuple[str, str, str]]:
    """What leads where, by the types of nodes: two drawings of one journey have the same shape."""
    kinds = {key: node["type"] for key, node in document["nodes"].items()}
    return Counter(
        (kinds[edge["from"]], edge["port"], kinds[edge["to"]]) for edge in document["edges"].values()
    )


def _by_mouse(designer: Designer, name: str) -> None:
    designer.begin(name)
    designer.drag_in("Send email", "Offer")
    designer.press("Make a new template")
    designer.close_part()
    designer.drag_in("Campaign", "Start", "Offer", (-260, 0))
    designer.drag_in("Message opened?", "Opened?", "Offer", (260, 0))
    designer.choose("Message of", "Offer")
    designer.fill("Within: number", "2")
    designer.drag_in("Exit", "Done", "Opened?", (260, -160))
    designer.fill("Result", "opened")
    designer.drag_in("Give coupon", "Coupon", "Opened?", (0, 200))
    designer.press("Make a new promotion")
    designer.close_part()
    designer.drag_in("Send SMS", "Code", "Coupon", (260, 0))
    designer.press("Make a new template")
    designer.close_part()
    designer.drag_in("Exit", "Told", "Code", (0, 200))
    designer.fill("Result", "coupon sent")
    for edge in (
        ("Start", "Entered", "Offer"), ("Offer", "Sent", "Opened?"), ("Opened?", "Yes", "Done"),
        ("Opened?", "No", "Coupon"), ("Coupon", "Given", "Code"), ("Code", "Sent", "Told"),
    ):  # fmt: skip
        designer.connect(*edge)


@pytest.mark.parametrize("draw", [_by_mouse], ids=["by mouse"])
def test_the_coupon_journey_from_nothing_to_its_end(
    draw: object, designer: Designer, office: Office, tmp_path: Path
) -> None:
    """Drawn by hand, it is the journey of the example; 200 contacts come from a file; who opens ends there, and
    everybody else has a coupon by SMS after two days; the numbers on the canvas are the API's."""
    name = "Coupon, by mouse"
    assert callable(draw)
    draw(designer, name)
    document = eventually("six edges", designer.saved, lambda now: len(now["edges"]) == 6)
    assert _shape(document) == _shape(example("coupon"))
    assert office.get(f"/journeys/{designer.journey}/check")["diagnostics"] == []

    designer.publish()
    designer.start_with_file(contacts_file(tmp_path / "readers.csv", CROWD), "Readers of the coupon")
    inbox = eventually(
        "200 emails", lambda: office.inbox(journey=designer.journey), lambda seen: len(seen) >= CROWD
    )
    opened = [message["id"] for message in inbox if message["channel"] == "email"][:40]
    for message in opened:
        office.act(message, "opened")
    numbers = eventually(
        "everybody's end", lambda: office.numbers(designer.journey), lambda seen: seen["ended"] == CROWD
    )
    assert numbers["results"] == {"opened": len(opened), "coupon sent": CROWD - len(opened)}
