"""Rules outside all journeys, over HTTP."""

from __future__ import annotations

from typing import Any

from tests.api.driver import Api

BUYER = {"name": "Buyers", "event": "Order Completed", "tag": " buyer ",
         "condition": {"op": "more", "field": "event.total", "value": 10}}  # fmt: skip


async def tags(api: Api) -> list[str]:
    """The tags of the one contact."""
    (listed,) = (await api.get("/contacts"))["items"]
    found: list[str] = listed["tags"]
    return found


async def buys(api: Api, total: int) -> None:
    """Anna orders something."""
    await api.post("/track", {"userId": "anna", "event": "Order Completed", "properties": {"total": total}})


async def test_the_rule_that_ships_is_listed(api: Api) -> None:
    """Who opens an email is tagged."""
    (active,) = (await api.get("/rules"))["items"]

    assert (active["name"], active["event"], active["enabled"]) == ("ATTIVO", "message.opened", True)
    assert await api.get(f"/rules/{active['id']}") == active


async def test_a_rule_tags_whom_its_event_happens_to(api: Api) -> None:
    """From the moment on at which it is made, as long as it is switched on, those who fit its condition."""
    made: dict[str, Any] = await api.post("/rules", BUYER)
    await buys(api, 5)
    before = await tags(api)
    await buys(api, 20)

    assert (made["tag"], before, await tags(api)) == ("buyer", [], ["buyer"])


async def test_a_rule_is_switched_off_and_removed(api: Api) -> None:
    """It tags nobody any more."""
    made = await api.post("/rules", BUYER)
    off = await api.patch(f"/rules/{made['id']}", {"enabled": False})
    await buys(api, 20)
    assert (off["enabled"], await tags(api)) == (False, [])

    await api.delete(f"/rules/{made['id']}")

    assert [one["name"] for one in await api.all_pages("/rules", limit=1)] == ["ATTIVO"]
    assert (await api.refused("PATCH", f"/rules/{made['id']}", json={"enabled": True}))["status"] == 404


async def test_what_cannot_be_is_refused(api: Api) -> None:
    """A name that is taken, a condition that nothing can answer, a segment that is not there."""
    await api.post("/rules", BUYER)
    other = {**BUYER, "name": "Other"}
    since = {"op": "did", "event": "x", "since_anchor": True}

    taken = await api.refused("POST", "/rules", json=BUYER)
    nonsense = await api.refused("POST", "/rules", json={**other, "condition": since})
    nowhere = await api.refused(
        "POST", "/rules", json={**other, "condition": {"op": "in_segment", "segment": "none"}}
    )

    assert (taken["status"], nonsense["status"], nowhere["status"]) == (409, 422, 404)
    assert "Leave since_anchor out" in nonsense["detail"]


async def test_a_segment_that_a_rule_names_stays(api: Api) -> None:
    """Without it the rule could not be answered, and its event would not come in."""
    segment = await api.post("/segments", {"name": "Vips"})
    condition = {"op": "in_segment", "segment": "Vips"}
    await api.post("/rules", {**BUYER, "condition": condition})

    refused = await api.refused("DELETE", f"/segments/{segment['id']}")

    assert refused["status"] == 409
    assert 'the rule "Buyers"' in refused["detail"]
