"""Numbers that are watched: on a real server, while people move."""

from __future__ import annotations

import signal
from typing import Any

import pytest
from sqlalchemy import event

from api.house import House
from api.numbers_feed import Watched
from engine.enrolment.runtime import Runtime
from engine.enrolment.tally import EVERYTHING
from engine.store.database import Database
from tests.api.driver import Api, move
from tests.api.server import Stream, serving
from tests.unit.flow.drawing import draw

LAUNCH = {**draw("in:api_call -> mark:add_tag -> out:exit", mark={"tag": "VIP"}), "name": "Launch"}


def _publish(client: Any) -> str:
    path = f"/journeys/{client.post('/journeys', json={'document': LAUNCH}).json()['id']}"
    assert client.post(f"{path}/publish", json={"revision": 1}).status_code == 200
    return path


def _enter(client: Any, path: str, name: str) -> None:
    answer = client.post(
        f"{path}/entries", json={"key": name, "external_id": name, "email": f"{name}@example.com"}
    )
    assert answer.json()["entered"], answer.text


def test_the_numbers_are_told_at_once_and_when_they_change(database: Database, workers: Runtime) -> None:
    """The first event says how things are; then one for each change, that a person or a worker made; each is what the
    address of the numbers gives."""
    with serving(database) as (client, _):
        path = _publish(client)
        with client.stream("GET", f"{path}/numbers/stream") as answer:
            stream = Stream(answer)
            first = stream.next("numbers")
            _enter(client, path, "ann")
            entered = stream.next("numbers")
            move(workers)
            told = [stream.next("numbers")]
            while told[-1] != client.get(f"{path}/numbers").json():
                told.append(stream.next("numbers"))

    assert (first["entered"], first["nodes"]["mark"]) == (0, {
        "label": "Add tag", "entered": 0, "admitted": 0, "moving": 0, "resting": 0, "parked": 0, "left": {},
    })  # fmt: skip
    assert (entered["entered"], entered["admitted"], entered["nodes"]["in"]["admitted"]) == (1, 1, 1)
    assert (told[-1]["results"], told[-1]["nodes"]["mark"]["left"]) == ({"done": 1}, {"done": 1})


def test_numbers_that_nobody_has_are_refused_before_the_stream(database: Database) -> None:
    """A journey or version that is not there is a problem document, not an empty stream."""
    with serving(database) as (client, _):
        path = _publish(client)
        for wrong in ("/journeys/17/numbers/stream", f"{path}/numbers/stream?version=9"):
            answer = client.get(wrong)
            assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")


def test_watched_numbers_do_not_hold_up_the_end(database: Database) -> None:
    """A server that is told to stop ends the streams of numbers and goes, without being killed."""
    with serving(database) as (client, process):
        path = _publish(client)
        with client.stream("GET", f"{path}/numbers/stream") as answer:
            stream = Stream(answer)
            stream.next("numbers")
            process.send_signal(signal.SIGTERM)
            stream.drain()
        code = process.wait(8)
    assert code in (0, -signal.SIGTERM)


async def test_many_who_watch_share_one_reading(api: Api, house: House, database: Database) -> None:
    """However many watch the same numbers, they are read once; when the last one leaves, no more."""
    made = await api.post("/journeys", {"document": LAUNCH})
    await api.post(f"/journeys/{made['id']}/publish", {"revision": 1})
    read: list[str] = []
    event.listen(
        database.engine,
        "after_cursor_execute",
        lambda *told: read.append(told[2]) if "tally_change" in told[2] else None,
    )
    watched = Watched(int(made["id"]), None, EVERYTHING)

    watching = [house.numbers.follow(watched) for _ in range(20)]
    told = [await anext(one) for one in watching]
    for one in watching:
        await one.aclose()

    assert len(read) == 1
    assert [one.data["entered"] for one in told] == [0] * 20
    with pytest.raises(StopAsyncIteration):
        await anext(watching[0])
    assert house.numbers.watched == 0
