"""Events over HTTP, in the shape in which analytics SDKs send them."""

from __future__ import annotations

import gzip
import json
from typing import Any

import pytest
from sqlalchemy import select

from api.house import House
from engine.journey.time import instant
from engine.store.clock import change_speed
from engine.store.database import Database
from engine.store.tables import contact, enrolment, event
from tests.api.driver import Api, welcome
from tests.unit.flow.drawing import draw


def events(database: Database) -> list[Any]:
    """The recorded events, the oldest first."""
    with database.read() as connection:
        return list(connection.execute(select(event).order_by(event.c.id)).all())


async def test_an_event_is_recorded_for_its_contact(api: Api, database: Database) -> None:
    """A track call records who, what, when and with which properties; an unknown user becomes a contact."""
    taken = await api.post(
        "/track",
        {"messageId": "m1", "userId": "u1", "event": "Product Viewed", "properties": {"sku": "A1"},
         "timestamp": "2026-01-02T03:04:05.678+01:00", "context": {"library": {"name": "x"}}, "type": "track",
         "integrations": {}},
    )  # fmt: skip

    (recorded,) = events(database)
    assert taken == {
        "success": True, "recorded": 1, "repeated": 0,
        "results": [{"messageId": "m1", "state": "taken", "problems": []}],
    }  # fmt: skip
    assert (recorded.name, recorded.properties) == ("Product Viewed", {"sku": "A1"})
    assert recorded.at == instant("2026-01-02T02:04:05.678Z")
    with database.read() as connection:
        assert connection.scalar(select(contact.c.external_id)) == "u1"


async def test_a_repeat_is_harmless(api: Api, database: Database) -> None:
    """The same messageId again is counted as a repeat, and not recorded."""
    call = {"messageId": "m1", "userId": "u1", "event": "Product Viewed"}
    await api.post("/track", call)

    again = await api.post("/track", call)

    assert (again["recorded"], again["repeated"], again["success"]) == (0, 1, True)
    assert len(events(database)) == 1


async def test_a_wrong_clock_is_corrected(api: Api, database: Database) -> None:
    """What matters is how long before sending it happened, not what the sender's clock showed; never the future."""
    await api.post(
        "/track",
        {"userId": "u", "event": "A", "timestamp": "2040-01-01T00:00:00Z", "sentAt": "2040-01-01T01:00:00Z"},
    )
    await api.post("/track", {"userId": "u", "event": "B", "timestamp": "2999-01-01T00:00:00Z"})

    first, second = events(database)
    assert first.received_at - first.at == 3_600_000
    assert second.at == second.received_at


async def test_a_visitor_becomes_a_contact_with_what_was_done_before(api: Api, database: Database) -> None:
    """What a visitor did belongs to the contact once the visitor is recognised."""
    await api.post("/page", {"anonymousId": "v1", "name": "Home", "properties": {"path": "/"}})

    taken = await api.post(
        "/identify",
        {"messageId": "i1", "anonymousId": "v1", "userId": "u1", "traits": {"email": "Ann@Example.com", "city": "Rome"},
         "context": {"traits": {"firstName": "Ann"}}},
    )  # fmt: skip

    assert taken["success"] is True
    with database.read() as connection:
        (person,) = connection.execute(select(contact)).all()
    assert (person.email, person.first_name, person.attributes) == (
        "ann@example.com",
        "Ann",
        {"city": "Rome"},
    )
    seen = events(database)[0]
    assert (seen.name, seen.contact, seen.properties) == ("page", person.id, {"path": "/", "name": "Home"})


async def test_traits_that_cannot_be_are_left_out_and_told(api: Api) -> None:
    """A wrong trait does not keep the others out; the answer says which, and why."""
    taken = await api.post("/identify", {"userId": "u1", "traits": {"email": "nonsense", "city": "Rome"}})

    assert taken["success"] is True
    assert "email" in taken["results"][0]["problems"][0]


async def test_a_batch_takes_the_good_and_names_the_bad(api: Api, database: Database) -> None:
    """One bad call keeps no other back, and each is answered in order."""
    taken = await api.post(
        "/batch",
        {"sentAt": "2026-01-01T00:00:10Z", "context": {"traits": {"city": "Rome"}}, "batch": [
            {"type": "track", "messageId": "a", "userId": "u1", "event": "A", "timestamp": "2026-01-01T00:00:00Z"},
            {"type": "track", "messageId": "b", "event": "B"},
            {"type": "group", "messageId": "c", "userId": "u1", "groupId": "g"},
            {"type": "track", "messageId": "d", "userId": "u1", "event": "message.opened"},
            {"type": "screen", "messageId": "e", "userId": None, "anonymousId": "v", "name": "Cart"},
            {"type": "track", "messageId": "f", "userId": 17, "event": "C", "timestamp": "yesterday"},
            {"type": "identify", "messageId": "g", "userId": 17},
            {},
        ]},
    )  # fmt: skip

    assert [(one["messageId"], one["state"]) for one in taken["results"]] == [
        ("a", "taken"), ("b", "refused"), ("c", "refused"), ("d", "refused"), ("e", "taken"), ("f", "refused"),
        ("g", "taken"), (None, "refused"),
    ]  # fmt: skip
    assert all(one["problems"] for one in taken["results"] if one["state"] == "refused")
    assert (taken["success"], taken["recorded"]) == (False, 3)
    assert [one.name for one in events(database)] == ["A", "screen", "identify"]
    first = events(database)[0]
    assert first.received_at - first.at == 10_000
    with database.read() as connection:
        assert connection.scalar(select(contact.c.attributes).where(contact.c.external_id == "17")) == {
            "city": "Rome"
        }


async def test_what_is_no_object_is_refused_by_itself(api: Api, database: Database) -> None:
    """A batch may hold anything: what is no call is named, and the calls are taken."""
    good = {"type": "track", "messageId": "a", "userId": "u1", "event": "A"}

    taken = await api.post("/batch", {"batch": [1, good, None, "text", [good], 1e300, True]})

    states = [one["state"] for one in taken["results"]]
    assert states == ["refused", "taken", "refused", "refused", "refused", "refused", "refused"]
    assert taken["results"][0]["problems"] == [
        "This is no call. Give an object with its type and who it is about."
    ]
    assert [one.message_id for one in events(database)] == ["a"]


@pytest.mark.parametrize("speed", [1, 86_400])
@pytest.mark.parametrize("sent_at", [None, 253_402_300_799_999, -62_135_596_800_000, "9999-12-31T23:59:59Z"])
async def test_whatever_a_senders_clock_shows_lists_can_be_read(
    api: Api, house: House, speed: int, sent_at: object
) -> None:
    """A sender's clock that leads out of the calendar corrects nothing; where business time is fast, a few years back are
    thousands. The lists and the timeline say all of it."""
    with house.database.write() as connection:
        change_speed(connection, speed, house.runtime.now())
    house.runtime.hear_clock()
    sent = {} if sent_at is None else {"sentAt": sent_at}
    for n, timestamp in enumerate(("2024-01-01T00:00:00Z", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z")):
        call = {"userId": "u", "messageId": f"m{n}", "event": "A", "timestamp": timestamp, **sent}
        await api.post("/track", call)
        await api.post("/batch", {"batch": [{**call, "messageId": f"b{n}", "type": "track"}], **sent})

    (person,) = (await api.get("/contacts"))["items"]
    timeline = await api.all_pages(f"/contacts/{person['id']}/timeline")
    assert sum(one["kind"] == "event" for one in timeline) == 6
    if speed == 1:
        kept = [one for one in timeline if one["at"] == "2024-01-01T00:00:00Z"]
        assert len(kept) == (0 if sent_at == -62_135_596_800_000 else 2)


async def test_a_packed_batch_is_taken(api: Api, database: Database) -> None:
    """SDKs of servers pack their batches with gzip."""
    body = json.dumps({"batch": [{"type": "track", "userId": "u", "event": "A"}]}).encode()

    answer = await api.client.post(
        "/v1/batch",
        content=gzip.compress(body),
        headers={"content-type": "application/json", "content-encoding": "gzip"},
    )

    assert answer.json()["recorded"] == 1
    assert len(events(database)) == 1


async def test_events_of_wends_own_come_from_nobody_else(api: Api, database: Database) -> None:
    """A shop cannot say that a message was opened or a coupon redeemed."""
    problem = await api.refused("POST", "/track", json={"userId": "u", "event": "coupon.redeemed"})

    assert problem["errors"] == [
        {"where": "body", "field": "event", "message": problem["errors"][0]["message"]}
    ]
    assert events(database) == []


async def test_a_call_must_name_somebody_and_something(api: Api) -> None:
    """Without a user or visitor, or without an event, a call is refused with the field at fault."""
    nobody = await api.refused("POST", "/track", json={"event": "A"})
    nothing = await api.refused("POST", "/track", json={"userId": "u"})

    assert (nobody["status"], nothing["status"]) == (422, 422)
    assert "userId" in nobody["detail"]
    assert nothing["errors"][0]["field"] == "event"


async def test_an_event_lets_a_contact_enter_a_journey(api: Api, database: Database) -> None:
    """Who does what a running journey begins with is in it before the answer is given."""
    document = {**draw("in:event -> mail:send_email -> out:exit"), "name": "Cart"}
    made = await api.post("/journeys", {"document": document})
    await api.post(f"/journeys/{made['id']}/publish", {"revision": 1})

    await api.post(
        "/track", {"messageId": "m", "userId": "u", "event": "Product Viewed", "properties": {"sku": "A"}}
    )

    with database.read() as connection:
        (inside,) = connection.execute(select(enrolment)).all()
    assert (inside.place, inside.cause, inside.lane) == ("admitted", "m", "live")
    assert inside.trigger["properties"] == {"sku": "A"}
    assert (await api.get(f"/journeys/{made['id']}/numbers"))["nodes"]["in"]["admitted"] == 1


async def test_a_batch_has_a_limit_of_calls(api: Api) -> None:
    """More calls than a batch may hold are refused together."""
    problem = await api.refused("POST", "/batch", json={"batch": [{}] * 2_501})

    assert problem["status"] == 422


async def test_welcome_is_no_trigger_for_events(api: Api, database: Database) -> None:
    """A journey that begins with a campaign is not entered by an event."""
    made = await api.post("/journeys", {"document": welcome()})
    await api.post(f"/journeys/{made['id']}/publish", {"revision": 1})

    await api.post("/track", {"userId": "u", "event": "Product Viewed"})

    assert (await api.get(f"/journeys/{made['id']}/numbers"))["entered"] == 0
