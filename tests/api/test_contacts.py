"""Contacts over HTTP: written, tagged, asked for their word, and sent in files."""

from __future__ import annotations

import asyncio
from typing import Any

from sqlalchemy import select

from api.house import House
from engine.store.database import Database
from engine.store.tables import audit, event, suppression
from tests.api.driver import Api
from tests.unit.flow.drawing import draw

ANN = {"external_id": "1", "email": "Ann@Example.com", "phone": "+39 320 000 0001", "first_name": "Ann",
       "timezone": "Europe/Rome", "locale": "it", "attributes": {"city": "Rome", "orders": 3}}  # fmt: skip


async def imported(api: Api, text: str, segment: str | None = None) -> Any:
    """Send a file, and wait until it is read."""
    query = {} if segment is None else {"segment": segment}
    answer = await api.client.post(
        "/v1/contacts/imports", content=text.encode(), headers={"content-type": "text/csv"}, params=query
    )
    assert answer.status_code == 202, answer.text
    number = answer.json()["id"]
    while True:
        found = await api.get(f"/contacts/imports/{number}")
        if found["state"] in ("done", "failed"):
            return found
        await asyncio.sleep(0)


async def test_a_contact_is_made_and_found_again(api: Api) -> None:
    """A contact is recognised by what it was made with, and its fields are in one spelling."""
    made = await api.post("/contacts", ANN)
    again = await api.post(
        "/contacts", {"email": "ann@example.com", "attributes": {"orders": 4, "city": None}}
    )

    assert (made["email"], made["phone"]) == ("ann@example.com", "+393200000001")
    assert again["id"] == made["id"]
    assert again["attributes"] == {"orders": 4}
    assert {(one["kind"], one["value"]) for one in made["identities"]} == {
        ("external_id", "1"), ("email", "ann@example.com"), ("phone", "+393200000001"),
    }  # fmt: skip
    assert await api.get(f"/contacts/{made['id']}") == again


async def test_a_known_contact_is_changed(api: Api) -> None:
    """A change touches the fields that it names, and no others."""
    made = await api.post("/contacts", ANN)

    answer = await api.client.patch(
        f"/v1/contacts/{made['id']}", json={"last_name": "Rossi", "first_name": None}
    )

    changed = answer.json()
    assert (changed["first_name"], changed["last_name"], changed["email"]) == (
        "Ann",
        "Rossi",
        "ann@example.com",
    )


async def test_wrong_fields_are_named(api: Api) -> None:
    """A field that cannot be is refused with its name and the next step."""
    for field, value in (("email", "nonsense"), ("phone", "12"), ("timezone", "Mars/Base"), ("locale", "!"),
                         ("external_id", "null")):  # fmt: skip
        problem = await api.refused("POST", "/contacts", json={"external_id": "1", field: value})
        assert (problem["status"], problem["errors"][0]["field"]) == (422, field)
    assert (await api.refused("POST", "/contacts", json={"first_name": "Nobody"}))["status"] == 422
    reserved = await api.refused(
        "POST", "/contacts", json={"external_id": "1", "attributes": {"email": "a@b.c"}}
    )
    assert reserved["errors"][0]["field"] == "attributes.email"


async def test_contacts_are_searched_and_paged(api: Api) -> None:
    """Pages go from the newest to the oldest; a search is a beginning of a name or email, or a whole id or phone."""
    for number in range(5):
        await api.post(
            "/contacts",
            {"external_id": f"c{number}", "email": f"{number}_x@example.com", "last_name": "Ro%si"},
        )

    ids = [one["external_id"] for one in await api.all_pages("/contacts", limit=2)]
    assert ids == ["c4", "c3", "c2", "c1", "c0"]
    assert [one["external_id"] for one in await api.all_pages("/contacts", search="C3 ")] == ["c3"]
    assert [one["external_id"] for one in await api.all_pages("/contacts", search="2_X")] == ["c2"]
    assert len(await api.all_pages("/contacts", search="ro%")) == 5
    assert await api.all_pages("/contacts", search="r%s") == []


async def test_a_contacts_word_is_kept_by_channel(api: Api, database: Database) -> None:
    """A refusal holds for its channel alone; a suppressed address is told with its reason."""
    made = await api.post("/contacts", ANN)
    with database.write() as connection:
        connection.execute(
            suppression.insert().values(channel="sms", address="+393200000001", reason="bounced", at=1)
        )

    changed = await api.put(f"/contacts/{made['id']}/consents/email", {"state": "refused"})

    assert changed["consents"] == [
        {"channel": "email", "state": "refused", "suppressed": None},
        {"channel": "sms", "state": "allowed", "suppressed": "bounced"},
        {"channel": "push", "state": "allowed", "suppressed": None},
    ]
    assert (await api.refused("PUT", f"/contacts/{made['id']}/consents/fax", json={"state": "refused"}))[
        "status"
    ] == 422


async def test_a_suppressed_address_is_allowed_again_by_a_person(api: Api, database: Database) -> None:
    """The address alone: the contact's word on the channel stays. Both are in the audit log, without the address."""
    made = await api.post("/contacts", ANN)
    await api.put(f"/contacts/{made['id']}/consents/sms", {"state": "refused"})
    with database.write() as connection:
        connection.execute(
            suppression.insert().values(channel="sms", address="+393200000001", reason="bounced", at=1)
        )

    answer = await api.client.delete(f"/v1/contacts/{made['id']}/suppressions/sms")
    again = await api.client.delete(f"/v1/contacts/{made['id']}/suppressions/sms")

    assert (answer.status_code, again.status_code) == (200, 200)
    assert answer.json()["consents"][1] == {"channel": "sms", "state": "refused", "suppressed": None}
    with database.read() as connection:
        rows = connection.execute(select(audit).order_by(audit.c.id)).all()
    assert [(row.what, row.subject, row.details) for row in rows] == [
        ("consent", f"contact/{made['id']}", {"channel": "sms", "state": "refused"}),
        ("suppression lifted", f"contact/{made['id']}", {"channel": "sms"}),
    ]


async def test_a_tag_with_a_slash_is_given_and_taken(api: Api) -> None:
    """Whatever a tag holds, it has an address."""
    made = await api.post("/contacts", ANN)

    await api.put(f"/contacts/{made['id']}/tags/sale%2Fspring", None)
    found = await api.get(f"/contacts/{made['id']}")
    taken = await api.client.delete(f"/v1/contacts/{made['id']}/tags/sale%2Fspring")

    assert [tag["name"] for tag in found["tags"]] == ["sale/spring"]
    assert taken.json() == {"changed": True}


async def test_a_tag_is_given_once_and_heard_of(api: Api, database: Database) -> None:
    """A tag that is really new is an event, which lets the contact enter a journey that begins with it."""
    await api.post("/segments", {"name": "active", "tag": "VIP"})
    document = {**draw("in:tag -> out:exit", **{"in": {"tag": "VIP"}}), "name": "Active"}
    journey = await api.post("/journeys", {"document": document})
    await api.post(f"/journeys/{journey['id']}/publish", {"revision": 1})
    made = await api.post("/contacts", ANN)
    path = f"/contacts/{made['id']}/tags/VIP"

    first, again = await api.put(path, None), await api.put(path, None)

    assert (first, again) == ({"changed": True}, {"changed": False})
    shown = await api.get(f"/contacts/{made['id']}")
    assert ([one["name"] for one in shown["tags"]], shown["segments"]) == (["VIP"], ["active"])
    assert (await api.get(f"/journeys/{journey['id']}/numbers"))["entered"] == 1
    assert (await api.client.delete(f"/v1{path}")).json() == {"changed": True}
    with database.read() as connection:
        names = list(connection.scalars(select(event.c.name).order_by(event.c.id)))
    assert names == ["tag.added", "segment.entered", "tag.removed", "segment.left"]


async def test_a_file_is_read_into_a_list(api: Api) -> None:
    """Good rows are kept, bad ones told of with line and reason; other columns become attributes."""
    done = await imported(
        api,
        "external_id,email,city\n1,ann@example.com,Rome\n2,nonsense,Rome\n\n3,cat@example.com,Bari\n",
        "spring",
    )

    assert (done["state"], done["accepted"], done["rejected"], done["segment"]) == ("done", 2, 1, "spring")
    assert [one["line"] for one in done["bad_rows"]] == [3]
    assert "email" in done["bad_rows"][0]["reason"]
    (segment,) = await api.all_pages("/segments", search="spring")
    members = await api.all_pages(f"/segments/{segment['id']}/members")
    assert [one["external_id"] for one in members] == ["1", "3"]
    assert (await api.get("/contacts/imports"))["items"][0]["id"] == done["id"]


async def test_a_file_that_is_none_fails_with_the_next_step(api: Api) -> None:
    """A file without a column that names a person is not read, and says so."""
    for text in ("", "city\nRome\n", "\x00\x01\x02"):
        done = await imported(api, text)
        assert (done["state"], bool(done["error"])) == ("failed", True), text


async def test_a_file_is_sent_as_csv_into_a_list(api: Api) -> None:
    """Another type is 415; a segment by tag takes nobody by hand; an unknown import is 404."""
    await api.post("/segments", {"name": "tagged", "tag": "A"})

    wrong = await api.refused("POST", "/contacts/imports", json={})
    ruled = await api.refused(
        "POST", "/contacts/imports?segment=tagged", content=b"email\n", headers={"content-type": "text/csv"}
    )

    assert (wrong["status"], ruled["status"]) == (415, 409)
    assert (await api.refused("GET", "/contacts/imports/17"))["status"] == 404


async def test_an_unknown_contact_is_not_found(api: Api) -> None:
    """404 for everything that is about a contact who is not there."""
    for method, path, body in (
        ("GET", "/contacts/17", None), ("PATCH", "/contacts/17", {}), ("GET", "/contacts/17/timeline", None),
        ("PUT", "/contacts/17/tags/A", None), ("DELETE", "/contacts/17/tags/A", None),
        ("PUT", "/contacts/17/consents/sms", {"state": "refused"}),
    ):  # fmt: skip
        assert (await api.refused(method, path, json=body))["status"] == 404, path


async def test_a_file_that_was_broken_off_goes_on(api: Api, house: House) -> None:
    """A server that stops while it reads says so; the file sent again is read to its end, each contact once."""
    rows = "external_id\n" + "".join(f"c{number}\n" for number in range(3000))
    kind = {"content-type": "text/csv"}
    numbers = [
        (await api.client.post("/v1/contacts/imports", content=rows.encode(), headers=kind)).json()["id"]
        for _ in range(2)
    ]
    house.close()
    stopped = [(await api.get(f"/contacts/imports/{number}")) for number in numbers]

    done = await imported(api, rows)

    assert {one["state"] for one in stopped} <= {"failed", "done"}
    assert stopped[1]["state"] == "failed"
    assert "Send the file again" in stopped[1]["error"]
    assert (done["state"], done["accepted"]) == ("done", 3000)
    assert len(await api.all_pages("/contacts", limit=500)) == 3000
