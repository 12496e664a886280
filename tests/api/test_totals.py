"""Lists that are given in parts say how long they are."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import insert

from api.paging import MOST_COUNTED
from engine.enrolment.runtime import Runtime
from engine.store.database import Database
from engine.store.tables import segment
from tests.api.driver import Api, welcome
from tests.api.test_campaigns import ready
from tests.api.test_event_words import published, viewed

NAMES = [f"spring {number}" for number in range(5)] + ["autumn"]
PROMOTION = {"name": "Offer", "discount_percent": 20}
TEMPLATE = {"channel": "sms", "text": "x"}


async def _made(api: Api, path: str, name: str) -> None:
    match path:
        case "/segments":
            await api.post(path, {"name": name})
        case "/journeys":
            await api.post(path, {"document": welcome(name)})
        case _:
            await api.put(f"{path}/{name}", TEMPLATE if path == "/templates" else PROMOTION)


@pytest.mark.parametrize("path", ["/segments", "/journeys", "/templates", "/promotions"])
async def test_every_part_says_how_long_the_list_is(api: Api, path: str) -> None:
    """The total counts what matches, whichever part is asked for."""
    shipped = (await api.get(path))["total"]
    for name in NAMES:
        await _made(api, path, name)

    first = await api.get(path, limit=2)
    second = await api.get(path, limit=2, cursor=first["next"])
    found = await api.get(path, search="SPRING", limit=2)

    assert [page["total"] for page in (first, second, found)] == [shipped + 6, shipped + 6, 5]
    assert [len(page["items"]) for page in (first, second, found)] == [2, 2, 2]


async def test_a_very_long_list_is_not_counted(api: Api, database: Database) -> None:
    """Up to ten thousand are counted; what is longer has no total, so that a look at it costs no more."""

    def more(names: range) -> None:
        with database.write() as connection:
            rows: list[dict[str, Any]] = [
                {"id": n, "name": f"s{n}", "kind": "list", "created_at": 0} for n in names
            ]
            connection.execute(insert(segment), rows)

    shipped = (await api.get("/segments"))["total"]
    more(range(shipped, MOST_COUNTED))
    full = await api.get("/segments", limit=1)
    more(range(MOST_COUNTED, MOST_COUNTED + 1))
    longer = await api.get("/segments", limit=1)

    assert (full["total"], longer["total"]) == (MOST_COUNTED, None)


async def test_contacts_are_counted_where_that_costs_little(api: Api) -> None:
    """All of them are; of a search only what one page holds, since searching millions to count them costs too much."""
    for number in range(4):
        await api.post("/contacts", {"external_id": f"c{number}", "first_name": "Ada" if number else "Eve"})

    everybody = await api.get("/contacts", limit=2)
    some = await api.get("/contacts", search="ada", limit=2)
    found = await api.get("/contacts", search="ada", limit=3)
    last = await api.get("/contacts", search="ada", limit=2, cursor=some["next"])

    assert [page["total"] for page in (everybody, some, found, last)] == [4, None, 3, None]


async def test_the_journeys_say_how_many_are_parked_in_all(api: Api, workers: Runtime) -> None:
    """Also those of journeys that are not on this part of the list."""
    await published(api, seen={"channel": "sms", "text": "{{ event.colour }}"})
    await api.post("/journeys", {"document": welcome("A quiet one")})
    await viewed(api, workers)

    first = await api.get("/journeys", limit=1)

    assert [(one["name"], one["problems"]) for one in first["items"]] == [("A quiet one", 0)]
    assert (first["total"], first["parked"]) == (2, 1)


async def test_campaigns_of_several_states_are_one_list(api: Api) -> None:
    """What is over is found without what is not, part by part, and counted."""
    body = await ready(api)
    for number in range(4):
        made = await api.post("/campaigns", {**body, "name": str(number)})
        if number % 2:
            await api.post(f"/campaigns/{made['id']}/cancel")

    over = await api.get("/campaigns", state=["done", "cancelled"], limit=1)
    rest = await api.get("/campaigns", state=["done", "cancelled"], limit=1, cursor=over["next"])
    going = await api.get("/campaigns", state=["planned", "running", "paused"])

    assert [one["name"] for page in (over, rest) for one in page["items"]] == ["3", "1"]
    assert ([page["total"] for page in (over, rest, going)], rest["next"]) == ([2, 2, 2], None)
    assert (await api.refused("GET", "/campaigns?state=lost"))["status"] == 422


async def test_a_segment_is_found_by_its_name_alone(api: Api) -> None:
    """Among many whose names hold it, the one that is called so."""
    for name in ("VIP", "VIP of Rome", "a VIP"):
        await api.post("/segments", {"name": name})

    found = await api.get("/segments", name="VIP")

    assert ([one["name"] for one in found["items"]], found["total"]) == (["VIP"], 1)
    assert (await api.get("/segments", name="vip"))["items"] == []
