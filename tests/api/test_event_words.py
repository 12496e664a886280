"""What a template says of the event that let a contact enter: the same in earnest, in a preview and in a rehearsal."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from engine.enrolment.runtime import Runtime
from engine.store.database import Database
from engine.store.tables import contact, enrolment, sandbox_message
from tests.api.driver import Api, move

SEEN = "{{ event.category }} {{ event.properties.category }} {{ event.name }}"
DOCUMENT: dict[str, Any] = {
    "schema": 1,
    "name": "Seen",
    "nodes": {
        "start": {"type": "event", "config": {"event": "Product Viewed"}},
        "note": {"type": "update_contact", "config": {"set": {"seen": "{{ event.category }}"}}},
        "text": {"type": "send_sms", "config": {"template": "seen"}},
        "end": {"type": "exit", "config": {"result": "told"}},
    },
    "edges": {
        "a": {"from": "start", "port": "entered", "to": "note"},
        "b": {"from": "note", "port": "done", "to": "text"},
        "c": {"from": "text", "port": "sent", "to": "end"},
    },
    "templates": {"seen": {"channel": "sms", "text": SEEN}},
}
VIEWED = {"category": "robots", "name": "what the shop calls it"}


async def published(api: Api, **templates: Any) -> None:
    """The journey, in which nobody is yet."""
    draft = await api.post(
        "/journeys", {"document": {**DOCUMENT, "templates": templates or DOCUMENT["templates"]}}
    )
    await api.post(f"/journeys/{draft['id']}/publish", {"revision": draft["revision"]})
    await api.post("/contacts", {"external_id": "mario", "phone": "+393200000001"})


async def viewed(api: Api, workers: Runtime) -> None:
    """Mario looks at a robot, and the journey moves."""
    await api.post("/track", {"userId": "mario", "event": "Product Viewed", "properties": VIEWED})
    move(workers)


async def test_a_property_is_read_by_its_name(api: Api, workers: Runtime, database: Database) -> None:
    """As conditions ask for it; what is the event's own comes before a property that is called so."""
    await published(api)
    await viewed(api, workers)

    with database.read() as connection:
        (sent,) = connection.scalars(select(sandbox_message.c.content))
        (attributes,) = connection.scalars(select(contact.c.attributes))
    preview = await api.post(
        "/templates/preview", {"template": DOCUMENT["templates"]["seen"], "profile": {}, "event": VIEWED}
    )
    rehearsed = await api.post(
        "/rehearsals",
        {
            "document": DOCUMENT,
            "invented": {"phone": "+393200000001"},
            "event": {"name": "Product Viewed", "properties": VIEWED},
            "acts": [{"do": "finish"}],
        },
    )

    assert sent["text"] == "robots robots Product Viewed"
    assert attributes["seen"] == "robots"
    assert preview["parts"]["text"].startswith("robots robots")
    told = [line["message"]["content"]["text"] for line in rehearsed["story"] if line["kind"] == "message"]
    assert told == [sent["text"]]


async def test_who_is_parked_for_a_variable_is_told_which(
    api: Api, workers: Runtime, database: Database
) -> None:
    """The cause names the line, the variable and the way out, and no value of anybody's."""
    await published(api, seen={"channel": "sms", "text": "Look:\n{{ event.colour }}"})
    await viewed(api, workers)

    with database.read() as connection:
        (reason,) = connection.scalars(select(enrolment.c.reason))
    assert reason == (
        "template:missing_variable: Line 2: There is no value for event.colour. "
        'Give it a fallback: {{ event.colour|default("...") }}.'
    )
