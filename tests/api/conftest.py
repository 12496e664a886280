"""The application in this process, on a database of the test's own, with the catalog of the compiler's tests."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
import pytest_asyncio
from fastapi import FastAPI

from api.app import make_app
from api.house import House
from engine.store.database import Database
from tests.api.driver import Api, furnish


@pytest.fixture
def database(sqlite: Database) -> Database:
    """A furnished installation on SQLite: the tier asks what a request gets, the store tier asks on both databases."""
    furnish(sqlite)
    return sqlite


@pytest.fixture
def app(database: Database, tmp_path: Path) -> FastAPI:
    """The application."""
    return make_app(database, designer=tmp_path / "none")


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
