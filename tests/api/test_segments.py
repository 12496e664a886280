"""Segments over HTTP."""

from __future__ import annotations

from tests.api.driver import Api
from tests.unit.flow.drawing import draw

ROME = {"op": "is", "field": "contact.city", "value": "Rome"}


async def some_contacts(api: Api, count: int = 4) -> list[str]:
    """Contacts, every other one in Rome. Gives their ids."""
    made = [
        await api.post(
            "/contacts", {"external_id": f"c{n}", "attributes": {"city": "Rome" if n % 2 else "Bari"}}
        )
        for n in range(count)
    ]
    return [one["id"] for one in made]


async def test_a_condition_takes_in_who_fits(api: Api) -> None:
    """A segment by condition counts and lists whoever fits now; its preview says the same before."""
    ids = await some_contacts(api)

    preview = await api.post("/segments/preview", {"condition": ROME})
    made = await api.post("/segments", {"name": "Rome", "condition": ROME})

    assert (made["kind"], made["count"], preview["count"]) == ("condition", 2, 2)
    assert [one["id"] for one in preview["members"]] == [ids[1], ids[3]]
    members = await api.all_pages(f"/segments/{made['id']}/members", limit=1)
    assert [one["id"] for one in members] == [ids[1], ids[3]]


async def test_a_trigger_on_a_condition_is_warned_of(api: Api) -> None:
    """Nobody notices who comes to fit a condition: a journey that begins with one is published, with a warning."""
    await api.post("/segments", {"name": "Rome", "condition": ROME})
    document = {**draw("in:segment -> out:exit", **{"in": {"segment": "Rome"}}), "name": "Rome"}
    journey = await api.post("/journeys", {"document": document})

    checked = await api.post("/journeys/check", {"document": document})

    assert [(one["code"], one["severity"], one["node"]) for one in checked["diagnostics"]] == [
        ("segment-not-followed", "warning", "in")
    ]
    await api.post(f"/journeys/{journey['id']}/publish", {"revision": 1})


async def test_a_list_is_filled_by_hand_and_heard_of(api: Api) -> None:
    """Who comes into a list enters a journey that begins with it, once."""
    ids = await some_contacts(api)
    made = await api.post("/segments", {"name": "vip", "contacts": [ids[0], "17"]})
    document = {**draw("in:segment -> out:exit"), "name": "Vip"}
    journey = await api.post("/journeys", {"document": document})
    await api.post(f"/journeys/{journey['id']}/publish", {"revision": 1})

    added = await api.post(f"/segments/{made['id']}/members", {"contacts": [ids[0], ids[1], "17"]})
    removed = await api.client.delete(f"/v1/segments/{made['id']}/members/{ids[0]}")

    assert (made["count"], added, removed.json()) == (1, {"contacts": 1}, {"contacts": 1})
    assert (await api.get(f"/segments/{made['id']}"))["count"] == 1
    assert (await api.get(f"/journeys/{journey['id']}/numbers"))["entered"] == 1


async def test_a_tag_takes_in_whoever_carries_it(api: Api) -> None:
    """A segment by tag follows the tag, and takes nobody by hand."""
    ids = await some_contacts(api)
    made = await api.post("/segments", {"name": "active", "tag": "A"})
    await api.put(f"/contacts/{ids[2]}/tags/A", None)

    assert (await api.get(f"/segments/{made['id']}"))["count"] == 1
    problem = await api.refused("POST", f"/segments/{made['id']}/members", json={"contacts": [ids[0]]})
    assert (problem["status"], problem["type"]) == (409, "urn:wend:problem:not-a-list")


async def test_what_cannot_be_a_segment_is_refused(api: Api) -> None:
    """A name that is taken, a condition that cannot be asked, a segment that is not there, two rules at once."""
    await api.post("/segments", {"name": "vip"})

    assert (await api.refused("POST", "/segments", json={"name": " vip "}))["status"] == 409
    for rule in ({"op": "nonsense"}, {}, {"op": "all", "of": [{}]}, {"op": "is", "field": "contact.city"},
                 {"op": "is", "field": "event.x", "value": 1}):  # fmt: skip
        for path, name in (("/segments", {"name": "x"}), ("/segments/preview", {})):
            problem = await api.refused("POST", path, json={**name, "condition": rule})
            assert problem["status"] == 422, (path, rule)
    lost = {"op": "in_segment", "segment": "gone"}
    assert (await api.refused("POST", "/segments", json={"name": "x", "condition": lost}))["status"] == 404
    assert (await api.refused("POST", "/segments", json={"name": "x", "tag": "a", "condition": ROME}))[
        "status"
    ] == 422
    assert (await api.refused("POST", "/segments/preview", json={}))["status"] == 422
    assert (await api.refused("POST", "/segments", json={"name": ""}))["status"] == 422
    for path in ("/segments/17", "/segments/17/members"):
        assert (await api.refused("GET", path))["status"] == 404


async def test_segments_are_searched_by_name(api: Api) -> None:
    """The list is by name, in pages."""
    for name in ("x b", "x a", "X C"):
        await api.post("/segments", {"name": name})

    found = [one["name"] for one in await api.all_pages("/segments", limit=1, search="x ")]
    assert found == sorted(found)
    assert set(found) == {"x a", "x b", "X C"}
    assert [one["name"] for one in await api.all_pages("/segments", search="x c")] == ["X C"]


async def test_a_segment_is_renamed_and_removed(api: Api) -> None:
    """A segment that nothing names gets another name, or goes; its contacts stay."""
    ann = await api.post("/contacts", {"email": "ann@example.com"})
    made = await api.post("/segments", {"name": "Old", "contacts": [ann["id"]]})

    renamed = await api.patch(f"/segments/{made['id']}", {"name": " New "})
    assert (renamed["name"], renamed["count"]) == ("New", 1)
    answer = await api.client.delete(f"/v1/segments/{made['id']}")

    assert answer.json() == {"contacts": 1}
    assert (await api.refused("GET", f"/segments/{made['id']}"))["status"] == 404
    assert (await api.get(f"/contacts/{ann['id']}"))["segments"] == []


async def test_a_segment_that_is_named_stays(api: Api) -> None:
    """Where a journey or another segment names it, it is neither renamed nor removed, and the answer says by what."""
    vips = await api.post("/segments", {"name": "VIPs"})
    await api.post("/segments", {"name": "Both", "condition": {"op": "in_segment", "segment": "VIPs"}})

    for method, body in (("PATCH", {"name": "Other"}), ("DELETE", None)):
        problem = await api.refused(method, f"/segments/{vips['id']}", json=body)
        assert problem["status"] == 409
        assert 'the segment "Both"' in problem["detail"]
    taken = await api.post("/segments", {"name": "Free"})
    assert (await api.refused("PATCH", f"/segments/{taken['id']}", json={"name": "Both"}))["status"] == 409
