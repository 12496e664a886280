"""Replay with a corrected version over HTTP."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from engine.enrolment.runtime import Runtime
from engine.store.database import Database
from engine.store.tables import sandbox_message
from tests.api.driver import Api, move
from tests.api.test_travellers import ann_inside
from tests.unit.flow.drawing import draw

PATHS = "in:api_call -> mail:send_email -> out:exit"


def with_text(text: str) -> dict[str, Any]:
    """A journey whose one email says this."""
    document = draw(PATHS)
    templates = {name: {**one, "text": text} for name, one in document["templates"].items()}
    return {**document, "name": "Launch", "templates": templates}


async def test_a_parked_enrolment_is_moved_to_the_newest_version_on_purpose(
    api: Api, workers: Runtime, database: Database
) -> None:
    """A template that fails for somebody is mended in a new version; replayed with it, the message leaves, once."""
    made = await api.post("/journeys", {"document": with_text("Hi {{ contact.attributes.nickname }}")})
    await api.post(f"/journeys/{made['id']}/publish", {"revision": 1})
    enrolment = await ann_inside(api, made["id"])
    move(workers)
    await api.put(f"/journeys/{made['id']}/draft", {"revision": 1, "document": with_text("Hi there")})
    await api.post(f"/journeys/{made['id']}/publish", {"revision": 2})

    await api.post(f"/enrolments/{enrolment['id']}/retry")
    move(workers)
    still = await api.get(f"/enrolments/{enrolment['id']}")
    (incident,) = await api.all_pages("/incidents")
    await api.post(f"/incidents/{incident['id']}/retry?newest=true")
    move(workers)

    assert (still["place"], still["version"]) == ("parked", 1)
    assert (await api.get(f"/enrolments/{enrolment['id']}"))["version"] == 2
    with database.read() as connection:
        (sent,) = connection.scalars(select(sandbox_message.c.content)).all()
    assert sent["text"] == "Hi there"
