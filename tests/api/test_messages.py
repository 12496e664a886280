"""Why somebody got a message, over HTTP: the stories of Mario and Lucia, told back from what was written."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select

from api.house import House
from engine.delivery.sandbox import RECOGNISED
from engine.enrolment.runtime import Runtime
from engine.store.ids import new_id
from engine.store.tables import sandbox_message
from tests.api.driver import Api, move
from tests.api.test_tour import Later, enter_now

EXAMPLES = Path(__file__).parents[2] / "examples"
DAY = 86_400


async def story(api: Api, workers: Runtime, example: str, who: dict[str, Any]) -> str:
    """The example is published, and this contact has entered. Gives the contact's id."""
    document = json.loads((EXAMPLES / example / "journey.json").read_text())
    made = await api.post("/journeys", {"document": document})
    await api.post(f"/journeys/{made['id']}/publish", {"revision": 1})
    contact = await api.post("/contacts", who)
    enter_now(workers, int(made["id"]), int(contact["id"]))
    move(workers)
    return str(contact["id"])


async def whys(api: Api, contact: str) -> list[tuple[str, list[str]]]:
    """Each message of a contact, the oldest first: its channel, and the answer's words."""
    page = await api.get(f"/contacts/{contact}/timeline", kind="message")
    found = []
    for line in reversed(page["items"]):
        message = await api.get("/message", send_key=line["message"])
        found.append((message["channel"], [reason["words"] for reason in message["why"]]))
    return found


async def test_why_mario_got_a_code(api: Api, house: House, workers: Runtime) -> None:
    """He visited, nothing was bought for two days, so that a code was given and texted; in this order, in words."""
    time = Later(house, workers)
    mario = await story(
        api, workers, "mario", {"external_id": "mario", "email": "m@example.com", "phone": "+39 320 000 0001"}
    )
    time.wait(3 * 3600)
    await api.post("/track", {"userId": "mario", "event": "landing.visited"})
    move(workers)
    time.wait(2 * DAY + 120)
    move(workers)

    (_, email), (channel, text) = await whys(api, mario)

    assert channel == "sms"
    assert email[0].startswith('Entered "Mario"')
    assert 'At "Landing page visited?": landing.visited happened, so it went on by "visited".' in text
    waited = next(words for words in text if words.startswith('At "2 days, or a purchase"'))
    assert "Order Completed" in waited
    assert 'did not happen until the time was up, so it went on by "timeout"' in waited
    asked = next(words for words in text if words.startswith('At "Bought meanwhile?"'))
    assert 'It was not so: "not bought".' in asked
    assert any('from the template "code" of version 1' in words for words in text)
    assert any("for SPECIAL-20" in words for words in text)
    assert any("consent to sms: nothing was ever said against it" in words for words in text)
    assert "The account sandbox-sms took it for +393200000001." in text
    places = [text.index(words) for words in text if words.startswith(("Entered", "At ", "So it came"))]
    assert places == sorted(places)


async def test_why_lucia_got_the_offer_by_sms(api: Api, house: House, workers: Runtime) -> None:
    """The email was not opened within two days; the SMS has the same promotion, and no code."""
    time = Later(house, workers)
    lucia = await story(
        api,
        workers,
        "not_opened",
        {"external_id": "lucia", "email": "l@example.com", "phone": "+39 320 000 0002"},
    )
    time.wait(2 * DAY + 120)
    move(workers)

    (_, email), (channel, text) = await whys(api, lucia)

    assert channel == "sms"
    opened = next(words for words in text if words.startswith('At "Opened?"'))
    assert "message.opened" in opened
    assert "did not happen until the time was up" in opened
    promotions = [next(one for one in words if "PROMO-SPRING" in one) for words in (email, text)]
    assert all('with the promotion "Spring offer" (PROMO-SPRING, 10 % off)' in one for one in promotions)
    assert not any("had the code" in words for words in text)


async def test_what_held_a_message_back_is_said(api: Api, workers: Runtime) -> None:
    """A message that consent forbade was never sent, and its answer says so."""
    document = json.loads((EXAMPLES / "not_opened" / "journey.json").read_text())
    made = await api.post("/journeys", {"document": document})
    await api.post(f"/journeys/{made['id']}/publish", {"revision": 1})
    contact = await api.post("/contacts", {"email": "no@example.com"})
    await api.put(f"/contacts/{contact['id']}/consents/email", {"state": "refused"})
    enter_now(workers, int(made["id"]), int(contact["id"]))
    move(workers)

    ((_, words),) = await whys(api, contact["id"])

    assert words[-1] == "It was held back in the last moment: the contact has refused this channel."


async def test_an_unknown_message_is_told(api: Api) -> None:
    """A send key that nothing has is answered with the next step."""
    problem = await api.refused("GET", "/message", params={"send_key": "1/2/3"})

    assert problem["status"] == 404
    assert "timeline" in problem["detail"]


async def test_a_repeat_that_the_sandbox_recognised_arrived_nowhere(
    api: Api, house: House, workers: Runtime
) -> None:
    """The log has it; the mailbox does not show it, neither in its list nor by itself."""
    await story(api, workers, "mario", {"external_id": "mario", "email": "m@example.com"})
    with house.database.write() as connection:
        first = connection.execute(select(sandbox_message)).one()
        repeat = dict(first._mapping) | {"id": new_id(), "address": RECOGNISED, "content": {}}
        connection.execute(insert(sandbox_message).values(repeat))

    page = await api.get("/sandbox/messages")
    refused = await api.refused("GET", f"/sandbox/messages/{repeat['id']}")

    assert [row["id"] for row in page["items"]] == [str(first.id)]
    assert "has no message" in str(refused)
