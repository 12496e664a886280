"""Deleting a journey over HTTP: what the answer says, and what whoever has it open hears."""

from __future__ import annotations

import httpx
import pytest

from engine.store.database import Database
from tests.api.driver import Api, welcome
from tests.api.server import Stream, serving
from tests.unit.flow.drawing import draw

LAUNCH = {**draw("in:api_call -> mark:add_tag -> out:exit", mark={"tag": "VIP"}), "name": "Launch"}


async def published(api: Api) -> str:
    """The address of a journey that contacts can enter."""
    path = f"/journeys/{(await api.post('/journeys', {'document': LAUNCH}))['id']}"
    await api.post(f"{path}/publish", {"revision": 1})
    return path


async def test_a_journey_that_was_never_used_is_deleted(api: Api) -> None:
    """It is gone with its draft and versions, its name is free, and a second time there is none."""
    path = await published(api)

    await api.delete(path)

    for address in ("", "/draft", "/draft/changes", "/plans", "/numbers"):
        assert (await api.refused("GET", path + address))["type"] == "urn:wend:problem:unknown-journey"
    again = await api.refused("DELETE", path)
    assert (again["status"], again["type"]) == (404, "urn:wend:problem:unknown-journey")
    assert (await api.get("/journeys"))["items"] == []
    assert await published(api) != path


@pytest.mark.parametrize("path", ["/journeys/1", "/journeys/9223372036854775807"])
async def test_a_journey_that_never_was_is_not_found(api: Api, path: str) -> None:
    """The answer says where to look."""
    problem = await api.refused("DELETE", path)

    assert (problem["status"], problem["type"]) == (404, "urn:wend:problem:unknown-journey")
    assert "among the journeys" in problem["detail"]


@pytest.mark.parametrize("number", ["x", "-1", "9223372036854775808", "1.5"])
async def test_what_is_no_id_is_refused(api: Api, number: str) -> None:
    """Nothing is looked for under it."""
    assert (await api.refused("DELETE", f"/journeys/{number}"))["status"] == 422


async def test_a_journey_in_use_stays_and_the_answer_says_what_to_do(api: Api) -> None:
    """A conflict that names the journey, says why it stays, and what to do instead."""
    path = await published(api)
    await api.post(f"{path}/entries", {"key": "1", "external_id": "ann"})

    problem = await api.refused("DELETE", path)

    assert (problem["status"], problem["type"]) == (409, "urn:wend:problem:journey-in-use")
    assert problem["detail"] == (
        '"Launch" cannot be deleted: contacts have entered it, and what they did and got is told by it. Stop it instead: '
        "then nobody enters it any more, its campaigns end, and what happened can still be looked up."
    )
    await api.post(f"{path}/stop")
    assert "It is stopped" in (await api.refused("DELETE", path))["detail"]
    assert (await api.get(path))["entered"] == 1


async def test_a_journey_with_a_campaign_stays(api: Api) -> None:
    """Also before anybody has entered by it."""
    made = await api.post("/journeys", {"document": welcome()})
    await api.post(f"/journeys/{made['id']}/publish", {"revision": 1})
    await api.post("/segments", {"name": "Everybody"})
    later = {
        "journey": made["id"],
        "segment": "Everybody",
        "name": "Spring",
        "starts_at": "2999-01-01T00:00:00Z",
    }
    await api.post("/campaigns", later)

    problem = await api.refused("DELETE", f"/journeys/{made['id']}")

    assert (problem["status"], problem["type"]) == (409, "urn:wend:problem:journey-in-use")
    assert 'the campaign "Spring" of it is planned' in problem["detail"]


async def test_nothing_is_done_in_a_journey_that_was_deleted(api: Api) -> None:
    """Whoever still has it at hand is told that there is none, and leaves nothing behind."""
    path = await published(api)
    await api.delete(path)
    change = {"kind": "node", "id": "mark", "field": "name", "after": "x"}
    patch = {"id": "key-00001", "revision": 1, "patch": [change], "author": {"tab": "a"}}

    for method, address, body in (
        ("PATCH", "/draft", patch),
        ("PUT", "/draft", {"revision": 1, "document": LAUNCH}),
        ("PUT", "/presence", {"tab": "a"}),
        ("POST", "/publish", {"revision": 1}),
        ("POST", "/entries", {"key": "1", "external_id": "ann"}),
        ("POST", "/stop", None),
        ("PUT", "/sending", {"on": False}),
    ):
        problem = await api.refused(method, path + address, json=body)
        assert (problem["status"], problem["type"]) == (404, "urn:wend:problem:unknown-journey"), address
    assert (await api.get("/contacts"))["items"] == []


def test_who_has_it_open_hears_that_it_is_gone(database: Database) -> None:
    """By whichever process they are served: the stream of its draft says so and ends, that of its numbers ends; another
    journey's goes on."""
    with serving(database) as (one, _), serving(database) as (other, _):
        paths = [_made(one, name) for name in ("Gone", "Stays")]
        with (
            other.stream("GET", f"{paths[0]}/draft/stream?since=1") as gone,
            other.stream("GET", f"{paths[0]}/numbers/stream") as numbers,
            other.stream("GET", f"{paths[1]}/draft/stream?since=1") as stays,
        ):
            told, counted, lasting = Stream(gone), Stream(numbers), Stream(stays)
            for stream, name in ((told, "people"), (counted, "numbers"), (lasting, "people")):
                stream.next(name)

            assert one.delete(paths[0]).status_code == 204

            assert told.next("gone") == {}
            told.drain()
            counted.drain()
            one.put(f"{paths[1]}/presence", json={"tab": "a", "name": "Ann"})
            assert [person["name"] for person in lasting.next("people")["people"]] == ["Ann"]
        assert other.get(f"{paths[0]}/draft/stream?since=1").status_code == 404


def _made(client: httpx.Client, name: str) -> str:
    return f"/journeys/{client.post('/journeys', json={'document': welcome(name)}).json()['id']}"
