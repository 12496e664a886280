"""Something to look at: journeys in every state, people with histories, a campaign, an inbox. And where all of it is shown."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from pathlib import Path

from scripts.contacts import write_contacts
from tests.browser.office import Body, Office, eventually, example

ROUTER = Path(__file__).resolve().parents[2] / "designer" / "src" / "router.ts"
CROWD = 60
LETTERS = "Readers of the newsletter"


@dataclass(frozen=True)
class Scenery:
    """What was made. `places` are the addresses behind the #, by a name for people."""

    running: str
    faulty: str
    person: str

    @property
    def places(self) -> dict[str, str]:
        """Every page of the designer, with content."""
        journey = f"#/journeys/{self.running}"
        return {
            **{name: f"#/{name}" for name in lists()},
            "draw": journey,
            **{mode: f"{journey}/{mode}" for mode in modes()},
            "draw with problems": f"#/journeys/{self.faulty}",
            "person": f"#/contacts/{self.person}",
            "unknown": "#/nowhere",
        }


def lists() -> list[str]:
    """The pages of lists that the router knows."""
    return _words("LISTS")


def modes() -> list[str]:
    """The modes of a journey that the router knows, beside drawing."""
    return _words("MODES")


def _words(name: str) -> list[str]:
    found = re.search(rf"const {name}.*?= \[(.*?)\]", ROUTER.read_text(), re.DOTALL)
    assert found, f"router.ts has no {name} any more"
    return re.findall(r'"(\w+)"', found[1])


def make_scenery(office: Office) -> Scenery:
    """Publish journeys, let a crowd enter one, let some of it open and buy, and leave a draft with faults."""
    office.people(_crowd(CROWD) | {"mario": _MARIO})
    office.segment(LETTERS, [f"demo-{number}" for number in range(1, CROWD + 1)] + ["mario"])
    running = office.publish(example("coupon"))
    for name in ("mario", "cart_recovery"):
        office.publish(example(name))
    office.draw(example("welcome"))
    faulty = office.draw(_faulty(example("product_launch")))
    office.launch(running, LETTERS)
    inbox = eventually(
        "the campaign's emails", lambda: office.inbox(journey=running), lambda seen: len(seen) > CROWD
    )
    for message in inbox[::3]:
        office.act(message["id"], "opened")
    return Scenery(running, faulty, office.contact("mario"))


_MARIO: Body = {
    "email": "mario@example.com", "phone": "+393200000001", "firstName": "Mario", "lastName": "Rossi",
    "timezone": "Europe/Rome", "favourite": "robots",
}  # fmt: skip


def _crowd(count: int) -> dict[str, Body]:
    text = io.StringIO()
    write_contacts(count, text)
    rows = csv.DictReader(io.StringIO(text.getvalue()))
    return {row["external_id"]: {k: v for k, v in row.items() if k != "external_id"} for row in rows}


def _faulty(document: Body) -> Body:
    """The same with a template that is not there, and a node that nothing leads to."""
    document = document | {"name": "Spring sale, not finished"}
    for node in document["nodes"].values():
        if node["type"] == "send_email":
            node["config"] = {**node["config"], "template": "not written yet"}
    document["nodes"]["lonely"] = {"type": "delay", "config": {}, "position": {"x": 0, "y": 420}}
    return document
