"""What tests prepare and compare with, through the API: as another program of the same shop would."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from threading import Event
from typing import Any, TypeVar

import httpx

from scripts.contacts import write_contacts

HOUSE = Path(__file__).resolve().parents[2]
Body = dict[str, Any]
Given = TypeVar("Given")
_PATIENCE_SECONDS = 90
_LOOK_SECONDS = 0.2


def example(name: str) -> Body:
    """The document of an example."""
    document: Body = json.loads((HOUSE / "examples" / name / "journey.json").read_text())
    return document


def shape(document: Body) -> Counter[tuple[str, str, str]]:
    """What leads where, by the types of nodes: two drawings of one journey have the same shape."""
    kinds = {key: node["type"] for key, node in document["nodes"].items()}
    return Counter(
        (kinds[edge["from"]], edge["port"], kinds[edge["to"]]) for edge in document["edges"].values()
    )


def contacts_file(path: Path, count: int) -> Path:
    """A CSV of so many invented contacts."""
    with path.open("w", newline="") as file:
        write_contacts(count, file)
    return path


def eventually(what: str, look: Callable[[], Given], wanted: Callable[[Given], bool] = bool) -> Given:
    """Look until it is as wanted. AssertionError with what was seen last where it never is."""
    limit, pause = time.monotonic() + _PATIENCE_SECONDS, Event()
    while not wanted(seen := look()):
        assert time.monotonic() < limit, f"{what} did not come about; seen last: {seen}"
        pause.wait(_LOOK_SECONDS)
    return seen


class Office:
    """Calls of the API, each of which must succeed."""

    def __init__(self, address: str) -> None:
        self._client = httpx.Client(base_url=f"{address}/v1", timeout=60)

    def close(self) -> None:
        """Leave."""
        self._client.close()

    def call(
        self, method: str, path: str, body: Body | None = None, query: Mapping[str, str] | None = None
    ) -> Body:
        """One request."""
        answer = self._client.request(method, path, json=body, params=query)
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text}"
        given: Body = answer.json() if answer.content else {}
        return given

    def get(self, path: str, **query: str) -> Body:
        """What is there."""
        return self.call("GET", path, query=query)

    def items(self, path: str, **query: str) -> list[Body]:
        """All items of a list, page by page."""
        found: list[Body] = []
        place: dict[str, str] = {}
        while True:
            page = self.get(path, **{"limit": "200", **query, **place})
            found += page["items"]
            if page["next"] is None:
                return found
            place = {"cursor": page["next"]}

    # ------------------------------------------------------------------------------------------- journeys

    def draw(self, document: Body) -> str:
        """A new journey with this draft. Gives its id."""
        return str(self.call("POST", "/journeys", {"document": document})["id"])

    def publish(self, document: Body) -> str:
        """A new journey, published. Gives its id."""
        made = self.call("POST", "/journeys", {"document": document})
        self.call("POST", f"/journeys/{made['id']}/publish", {"revision": made["revision"]})
        return str(made["id"])

    def document(self, journey: str) -> Body:
        """The draft's document as it is stored."""
        document: Body = self.get(f"/journeys/{journey}/draft")["document"]
        return document

    def journey_named(self, name: str) -> str:
        """The id of the journey with this name."""
        return next(str(one["id"]) for one in self.items("/journeys", search=name) if one["name"] == name)

    def numbers(self, journey: str) -> Body:
        """How many entered, where they stand, by which ports they left."""
        return self.get(f"/journeys/{journey}/numbers")

    def launch(self, journey: str, segment: str) -> str:
        """Start a campaign. Gives its id."""
        return str(self.call("POST", "/campaigns", {"journey": journey, "segment": segment})["id"])

    # ------------------------------------------------------------------------------------------- people

    def people(self, people: Mapping[str, Body]) -> None:
        """Say who they are."""
        batch = [
            {"type": "identify", "userId": user, "traits": traits, "messageId": f"browser-{user}-{time.monotonic_ns()}"}
            for user, traits in people.items()
        ]  # fmt: skip
        self.call("POST", "/batch", {"batch": batch})

    def contact(self, external_id: str) -> str:
        """The id of a contact."""
        found = self.items("/contacts", search=external_id)
        return next(str(one["id"]) for one in found if one["external_id"] == external_id)

    def segment(self, name: str, people: list[str]) -> None:
        """A segment of these people, by external id."""
        self.call("POST", "/segments", {"name": name, "contacts": [self.contact(one) for one in people]})

    def inbox(self, journey: str) -> list[Body]:
        """What the sandbox received of a journey, the earliest first."""
        return [one for one in reversed(self.items("/sandbox/messages")) if one["journey"] == journey]

    def act(self, message: str, act: str) -> None:
        """A recipient opens or clicks."""
        self.call("POST", f"/sandbox/messages/{message}/acts", {"act": act})
