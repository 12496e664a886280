"""Streams of drafts: real servers, several on one database."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import httpx
import pytest

from engine.store.database import Database
from tests.api.driver import welcome
from tests.api.server import Stream, serving


@pytest.fixture
def two(database: Database) -> Iterator[tuple[httpx.Client, httpx.Client]]:
    """Two API processes on one database."""
    with ExitStack() as stack:
        one, _ = stack.enter_context(serving(database))
        other, _ = stack.enter_context(serving(database))
        yield one, other


def _made(client: httpx.Client) -> str:
    return f"/journeys/{client.post('/journeys', json={'document': welcome()}).json()['id']}"


def _rename(client: httpx.Client, path: str, revision: int, name: str) -> Any:
    change = {"kind": "node", "id": "mail", "field": "name", "after": name}
    body = {
        "id": f"key-{revision:05}",
        "revision": revision,
        "patch": [change],
        "author": {"tab": "a", "name": "Ann"},
    }
    answer = client.patch(f"{path}/draft", json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_what_one_process_saves_the_other_tells(two: tuple[httpx.Client, httpx.Client]) -> None:
    """Changes and people of a draft come to everybody, by whichever process they are served; first what was missed."""
    one, other = two
    path = _made(one)
    missed = _rename(one, path, 1, "First")
    with other.stream("GET", f"{path}/draft/stream?since=1") as answer:
        stream = Stream(answer)
        assert stream.next("change") == missed
        saved = _rename(one, path, 2, "Second")
        assert stream.next("change") == saved
        one.put(f"{path}/presence", json={"tab": "a", "name": "Ann", "node": "mail"})
        people = stream.next("people")["people"]
    assert [(person["name"], person["node"]) for person in people] == [("Ann", "mail")]


def test_two_processes_take_turns_in_one_draft(two: tuple[httpx.Client, httpx.Client]) -> None:
    """Whoever saves on an old revision is refused by either process, and gets what the other one saved."""
    one, other = two
    path = _made(one)
    saved = _rename(one, path, 1, "First")

    change = {"kind": "node", "id": "out", "field": "name", "after": "End"}
    body = {"id": "key-other", "revision": 1, "patch": [change], "author": {"tab": "b"}}
    refused = other.patch(f"{path}/draft", json=body)

    assert refused.status_code == 409
    assert refused.json()["changes"] == [saved]
    assert other.patch(f"{path}/draft", json={**body, "revision": 2}).json()["revision"] == 3


def test_who_is_too_far_behind_is_told_to_read(database: Database) -> None:
    """A stream asked for from a revision whose changes are not kept says so, with the revision to go on from."""
    with serving(database) as (client, _):
        path = _made(client)
        _rename(client, path, 1, "First")
        with client.stream("GET", f"{path}/draft/stream?since=0") as answer:
            assert Stream(answer).next("behind") == {"revision": 2}


def test_an_open_stream_does_not_hold_up_the_end(database: Database) -> None:
    """A server that is told to stop ends its streams and goes, without being killed."""
    with serving(database) as (client, process):
        path = _made(client)
        with client.stream("GET", f"{path}/draft/stream?since=1") as answer:
            stream = Stream(answer)
            stream.next("people")
            process.send_signal(signal.SIGTERM)
            stream.drain()
        code = process.wait(8)
    assert code in (0, -signal.SIGTERM)
