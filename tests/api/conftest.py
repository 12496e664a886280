"""The application in this process, on a database of the test's own, with the nodes of the house."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest
import pytest_asyncio
from fastapi import FastAPI

from api.app import make_app
from api.house import House
from engine.enrolment.runtime import Runtime
from engine.store.database import Database
from tests.api.driver import Api
from workers.assembly import assemble


@pytest.fixture
def workers(sqlite: Database) -> Runtime:
    """A worker's runtime on the test's database, which gives it the catalog and the sandbox accounts."""
    return assemble(sqlite)


@pytest.fixture
def database(sqlite: Database, workers: Runtime) -> Database:
    """A furnished installation on SQLite: this tier asks what a request gets, the store tier asks on both databases."""
    return sqlite


@pytest.fixture
def app(database: Database, tmp_path: Path) -> Iterator[FastAPI]:
    """The application."""
    app = make_app(database, designer=tmp_path / "none")
    yield app
    app.state.house.close()


@pytest.fixture
def house(app: FastAPI) -> House:
    """What its requests work on."""
    found: House = app.state.house
    return found


@pytest_asyncio.fixture
async def api(app: FastAPI) -> AsyncIterator[Api]:
    """A client of the application."""
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost:8000") as client:
        yield Api(client)
