"""The catalog, health, the description of the API, and the shape of its folder."""

from __future__ import annotations

import json
import re
from contextlib import closing
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import insert

from api.app import SLICES, make_app, outline
from api.house import House
from api.openapi import FILE, as_text, describe
from api.problems import STATUS, name_of
from engine.store.database import Database
from engine.store.tables import cohort, heartbeat
from tests.api.driver import Api

ROOM = Path(__file__).parents[2] / "api"
OTHERS = {"stream": "text/event-stream", "bad-rows": "text/csv", "picture": "image/svg+xml"}
"""What is answered in another shape than JSON, by the last part of its address."""
SLICE_FILES = {"__init__.py", "routes.py", "schemas.py", "service.py", "queries.py"}


async def test_the_catalog_is_asked_for_once(api: Api) -> None:
    """The catalog has every node type, and whoever has its newest state is told so in a word."""
    answer = await api.client.get("/v1/catalog")
    tag = answer.headers["etag"]

    again = await api.client.get("/v1/catalog", headers={"if-none-match": tag})
    other = await api.client.get("/v1/catalog", headers={"if-none-match": '"another"'})

    keys = {one["key"] for one in answer.json()["nodes"]}
    assert {"campaign", "send_email", "engagement", "exit"} <= keys
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    assert other.status_code == 200


async def test_an_installation_without_workers_ails(api: Api) -> None:
    """Without a sign of the relay contacts do not move, and health says so."""
    health = await api.get("/health")

    assert (health["state"], health["temporal"], health["relay_seen_seconds"]) == ("ailing", "away", None)
    assert (health["database"], health["waiting"], health["relay_lag_seconds"]) == ("sqlite", 0, 0)
    assert health["version"]


@pytest.mark.parametrize(("seconds", "state"), [(2, "well"), (60, "ailing")])
async def test_health_follows_the_relays_signs(
    api: Api, house: House, database: Database, seconds: int, state: str
) -> None:
    """A relay that gave a sign lately is well; the age of what waits to be started is told."""
    now = house.runtime.now()
    with database.write() as connection:
        connection.execute(insert(heartbeat).values(name="relay", at=now - seconds * 1000, details={}))
        connection.execute(
            insert(cohort).values(
                id=1, plan=1, journey=1, lane="live", started=False, next_at=1, created_at=now - 30_000
            )
        )

    health = await api.get("/health")

    assert health["state"] == state
    assert health["relay_seen_seconds"] >= seconds
    assert health["relay_lag_seconds"] >= 30


def test_the_committed_description_is_that_of_the_application() -> None:
    """api/openapi.json is what the application says of itself; `python -m api.openapi` writes it anew."""
    assert FILE.read_text() == as_text(describe(outline()))


async def test_the_description_is_served(api: Api) -> None:
    """Programs get the same description, people a page of it without a foreign script."""
    served = (await api.client.get("/openapi.json")).json()
    page = (await api.client.get("/docs")).text

    assert served == json.loads(FILE.read_text())
    assert "/v1/journeys/{journey}/publish" in page
    assert "<script" not in page


def test_every_route_says_what_it_does_and_how_it_fails() -> None:
    """Each operation has a summary, a description and an answer's shape, and every refusal is a problem document."""
    paths = json.loads(FILE.read_text())["paths"]
    for path, operations in paths.items():
        for method, operation in operations.items():
            place = f"{method} {path}"
            assert operation["summary"], place
            assert operation["description"], place
            for status, answer in operation["responses"].items():
                if status in ("204", "304"):
                    continue
                (kind,) = answer["content"]
                told = OTHERS.get(path.rsplit("/", 1)[-1], "application/json")
                assert kind == (told if status < "300" else "application/problem+json"), place
                assert answer["content"][kind]["schema"], place


def test_ids_and_moments_are_text_everywhere() -> None:
    """No schema has an id or an instant as a number: JavaScript would round the one and misread the other."""
    schemas = json.loads(FILE.read_text())["components"]["schemas"]
    numbers = {
        f"{name}.{field}"
        for name, schema in schemas.items()
        for field, part in schema.get("properties", {}).items()
        if (field == "id" or field.endswith("_at")) and "integer" in json.dumps(part)
    }

    assert numbers == set()


def test_slices_have_the_same_files() -> None:
    """A slice is a folder of fixed file names: know one, know all."""
    for folder in (path for path in ROOM.iterdir() if path.is_dir() and path.name != "__pycache__"):
        names = {path.name for path in folder.iterdir() if path.name != "__pycache__"}
        assert names <= SLICE_FILES, folder.name
        assert {"__init__.py", "routes.py", "schemas.py"} <= names, folder.name
    assert (
        len(SLICES) == sum(path.name == "routes.py" for path in ROOM.glob("*/*.py")) + 1
    )  # two routers of events


def test_statuses_stay_at_the_edge() -> None:
    """No room but this one knows an HTTP status, and in it only the map of problems and the routes do."""
    house = ROOM.parent
    outside = [
        path
        for room in ("engine", "nodes", "workers", "wend")
        for path in (house / room).rglob("*.py")
        if "status_code" in path.read_text() and "http" not in path.relative_to(house).parts
    ]
    inside = {
        path.name for path in ROOM.rglob("*.py") if re.search(r"status_code|HTTPException", path.read_text())
    }

    assert outside == []
    assert inside <= {"problems.py", "routes.py"}


def test_every_error_in_the_map_has_a_next_step_and_a_name_of_its_own() -> None:
    """An error's docstring is what is wrong and what to do; its name makes the problem's type."""
    for kind in STATUS:
        assert re.fullmatch(r"[^.]+\. [^.]+.*\.", kind.__doc__ or "", re.DOTALL), kind
    assert len({name_of(kind) for kind in STATUS}) == len(STATUS)


async def test_the_designer_is_served_where_it_is_built(database: Database, tmp_path: Path) -> None:
    """Where the designer's folder exists, / is its page; the API's addresses stay what they are."""
    (tmp_path / "index.html").write_text("<!doctype html>Designer")
    app: FastAPI = make_app(database, designer=tmp_path)
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        page, health, nowhere = [await client.get(path) for path in ("/", "/v1/health", "/v1/nowhere")]
    app.state.house.close()

    assert page.text.endswith("Designer")
    assert health.status_code == 200
    assert (nowhere.status_code, nowhere.headers["content-type"]) == (404, "application/problem+json")


async def test_a_database_that_is_away_is_told_as_such() -> None:
    """An outage is 503 with a time to come back, so that whoever sends events sends them again."""
    with closing(Database("postgresql://nobody@127.0.0.1:1/none")) as database:
        app = make_app(database, designer=Path("none"))
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            answers = [await client.get("/v1/journeys"), await client.get("/v1/health"),
                       await client.post("/v1/track", json={"userId": "u", "event": "A"})]  # fmt: skip

    for answer in answers:
        assert (answer.status_code, answer.headers["content-type"]) == (503, "application/problem+json")
        assert answer.headers["retry-after"] == "5"
        assert "nobody" not in answer.text
