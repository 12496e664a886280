"""Two contacts who turn out to be one, over HTTP."""

from __future__ import annotations

from engine.audience.consent import set_consent
from engine.store.database import Database
from tests.api.driver import Api


async def contacts(api: Api) -> tuple[str, str]:
    """Anna, known to the shop by her id, and an address that signed up."""
    await api.post("/identify", {"userId": "anna", "traits": {"firstName": "Anna"}})
    (anna,) = (await api.get("/contacts"))["items"]
    home = await api.post("/contacts", {"email": "anna@home.example", "attributes": {"city": "Rome"}})
    return anna["id"], home["id"]


async def test_an_identify_call_makes_two_contacts_one(api: Api, database: Database) -> None:
    """The address becomes Anna's, with what was known of it; its refusal is hers."""
    anna, home = await contacts(api)
    with database.write() as connection:
        set_consent(connection, {(int(home), "email"): "refused"}, at=1, source="test")

    taken = await api.post("/identify", {"userId": "anna", "traits": {"email": "anna@home.example"}})

    assert taken["results"][0]["problems"] == []
    (one,) = (await api.get("/contacts"))["items"]
    assert (one["id"], one["email"], one["attributes"]) == (anna, "anna@home.example", {"city": "Rome"})
    assert (await api.get(f"/contacts/{home}"))["merged_into"] == anna
    (word,) = [
        each["state"]
        for each in (await api.get(f"/contacts/{anna}"))["consents"]
        if each["channel"] == "email"
    ]
    assert word == "refused"


async def test_who_writes_to_the_one_who_is_no_more_writes_to_the_other(api: Api) -> None:
    """A page that was opened before the merge still does what it says."""
    anna, home = await contacts(api)
    await api.post("/identify", {"userId": "anna", "traits": {"email": "anna@home.example"}})

    await api.put(f"/contacts/{home}/tags/VIP", None)
    await api.put(f"/contacts/{home}/consents/sms", {"state": "refused"})
    await api.patch(f"/contacts/{home}", {"last_name": "Rossi"})

    found = await api.get(f"/contacts/{anna}")
    assert [tag["name"] for tag in found["tags"]] == ["VIP"]
    assert found["last_name"] == "Rossi"
    assert {one["channel"]: one["state"] for one in found["consents"]}["sms"] == "refused"


async def test_two_with_different_ids_stay_two_and_the_caller_is_told(api: Api) -> None:
    """An address of somebody else's, with another external id, is not taken from them."""
    await api.post("/contacts", {"external_id": "berta", "email": "shared@example.com"})

    taken = await api.post("/identify", {"userId": "anna", "traits": {"email": "shared@example.com"}})

    assert taken["success"] is True
    (problem,) = taken["results"][0]["problems"]
    assert problem.startswith("email: This belongs to another contact")
    assert len((await api.get("/contacts"))["items"]) == 2
