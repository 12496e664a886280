"""Campaigns over HTTP: rows that the relay follows."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select, update

from engine.enrolment.campaign import campaign_pages
from engine.enrolment.runtime import Runtime
from engine.store.database import Database
from engine.store.tables import campaign
from tests.api.driver import Api, welcome


async def ready(api: Api, document: dict[str, Any] | None = None) -> dict[str, Any]:
    """A published journey and a segment of three. Gives the body that starts a campaign."""
    made = await api.post("/journeys", {"document": document or welcome()})
    await api.post(f"/journeys/{made['id']}/publish", {"revision": 1})
    ids = [(await api.post("/contacts", {"email": f"{n}@example.com"}))["id"] for n in range(3)]
    await api.post("/segments", {"name": "vip", "contacts": ids})
    return {"journey": made["id"], "segment": "vip"}


async def test_a_campaign_lets_its_segment_enter(api: Api, workers: Runtime) -> None:
    """A campaign is a row until a worker takes it up; then it says how far it got."""
    body = await ready(api)
    made = await api.post("/campaigns", {**body, "name": "Spring", "rate": 1000})

    campaign_pages(workers, int(made["id"]), workers.now())

    done = await api.get(f"/campaigns/{made['id']}")
    assert (made["state"], made["total"], made["entered"], made["rate"]) == ("planned", None, 0, 1000)
    assert (done["state"], done["total"], done["entered"], done["skipped"]) == ("done", 3, 3, 0)
    assert (done["journey_name"], done["segment"]) == ("Welcome", "vip")
    assert (await api.get(f"/journeys/{body['journey']}/numbers"))["entered"] == 3


async def test_asking_twice_with_an_id_makes_one_campaign(api: Api) -> None:
    """A request whose answer was lost is asked again under the same id, and starts nothing twice."""
    body = {**await ready(api), "id": "123456789"}

    first, again = await api.post("/campaigns", body), await api.post("/campaigns", body)

    assert first == again
    assert first["id"] == "123456789"
    assert len(await api.all_pages("/campaigns")) == 1
    await api.post("/segments", {"name": "others"})
    other = await api.refused("POST", "/campaigns", json={**body, "segment": "others"})
    assert (other["status"], other["type"]) == (409, "urn:wend:problem:campaign-exists")


async def test_a_campaign_is_paused_resumed_and_cancelled(api: Api, database: Database) -> None:
    """Each change marks the row for the relay; what is over stays over."""
    made = await api.post("/campaigns", await ready(api))
    path = f"/campaigns/{made['id']}"
    with database.write() as connection:
        connection.execute(update(campaign).values(opened=True, changed=False))

    states = [(await api.post(f"{path}/{act}"))["state"] for act in ("pause", "resume", "cancel", "cancel")]

    assert states == ["paused", "planned", "cancelled", "cancelled"]
    with database.read() as connection:
        assert connection.scalar(select(campaign.c.changed)) is True
    for act in ("pause", "resume"):
        assert (await api.refused("POST", f"{path}/{act}"))["status"] == 409
    assert (await api.refused("PUT", f"{path}/time", json={}))["status"] == 409


async def test_a_time_is_changed_until_the_start(api: Api) -> None:
    """A campaign that waits for its time gets another one; a schedule another schedule; not one the other."""
    body = await ready(api)
    made = await api.post("/campaigns", {**body, "starts_at": "2999-01-01T09:00:00+01:00"})
    planned = await api.post("/campaigns", {**body, "schedule": "0 9 * * 1"})

    changed = await api.put(f"/campaigns/{made['id']}/time", {"starts_at": "2999-02-01T08:00:00Z"})
    moved = await api.put(f"/campaigns/{planned['id']}/time", {"schedule": "30  9 1,15 * 1-5"})

    assert made["starts_at"] == "2999-01-01T08:00:00Z"
    assert changed["starts_at"] == "2999-02-01T08:00:00Z"
    assert moved["schedule"] == "30 9 1,15 * 1-5"
    assert (await api.put(f"/campaigns/{made['id']}/time", {}))["starts_at"] is None
    assert (await api.refused("PUT", f"/campaigns/{planned['id']}/time", json={}))["status"] == 409


@pytest.mark.parametrize(
    "schedule",
    ["", "daily", "* * * *", "60 * * * *", "0 24 * * *", "0 0 0 * *", "0 0 * 13 *", "0 0 * * 8", "*/0 * * * *",
     "5-1 * * * *", "a * * * *", "0 9 * * 1 2026", "0 0 30 2 *", "0 0 30 2 1", "0 9 31 4,6/5 *", "0 0 31/2 2-2 *"],
)  # fmt: skip
async def test_a_schedule_that_is_none_is_refused(api: Api, schedule: str) -> None:
    """A schedule that nobody could follow never reaches Temporal."""
    problem = await api.refused("POST", "/campaigns", json={**await ready(api), "schedule": schedule})

    assert (problem["status"], problem["type"]) == (422, "urn:wend:problem:bad-schedule")


async def test_what_cannot_start_is_refused(api: Api) -> None:
    """An unknown journey or segment, a journey that is not published or has no place to enter, two times at once."""
    body = await ready(api)
    draft = await api.post("/journeys", {"document": welcome("Draft")})

    for change, status in (
        ({"journey": "17"}, 404), ({"segment": "nobody"}, 404), ({"journey": draft["id"]}, 409), ({"rate": 0}, 422),
        ({"mode": "other"}, 422), ({"starts_at": "soon"}, 422), ({"id": "x"}, 422),
        ({"starts_at": "2999-01-01T00:00:00Z", "schedule": "0 9 * * 1"}, 422),
        ({"mode": "live", "schedule": "0 9 * * 1"}, 422),
    ):  # fmt: skip
        assert (await api.refused("POST", "/campaigns", json={**body, **change}))["status"] == status, change
    for method, path in (("GET", ""), ("POST", "/pause"), ("POST", "/resume"), ("POST", "/cancel")):
        assert (await api.refused(method, f"/campaigns/17{path}"))["status"] == 404


async def test_campaigns_are_listed_by_journey_and_state(api: Api) -> None:
    """The newest comes first, in pages; each filter narrows the list."""
    body = await ready(api)
    made = [await api.post("/campaigns", {**body, "name": f"{n}"}) for n in range(3)]
    await api.post(f"/campaigns/{made[0]['id']}/cancel")

    assert [one["name"] for one in await api.all_pages("/campaigns", limit=2)] == ["2", "1", "0"]
    assert [one["name"] for one in await api.all_pages("/campaigns", state="cancelled")] == ["0"]
    assert len(await api.all_pages("/campaigns", journey=body["journey"])) == 3
    assert await api.all_pages("/campaigns", journey="17") == []
    assert await api.all_pages("/campaigns", parent=made[0]["id"]) == []
