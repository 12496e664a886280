"""Fixtures for every tier. A server starts when the first test asks for it, and serves the rest of the run,
in each of the processes that share the tests.

database            an open `Database` with Wend's tables, once on SQLite and once on PostgreSQL: the test runs twice
sqlite              the same on SQLite alone
postgresql          the same on PostgreSQL alone, for races, which SQLite hides
database_url        the address alone (sqlite_url, postgresql_url), for a test whose processes connect for themselves
empty_database_url  the address of a database without tables, on both, for migrations
temporal_client     a client of the real local Temporal server
time_skipping       a Temporal server of the test's own, on which a week passes at once
task_queue          a task queue that no other test uses
"""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import pytest_asyncio
from hypothesis import settings

from tests.sharing import share

# Servers and drivers are imported by the fixture that needs them: the unit tier starts without them.
if TYPE_CHECKING:
    from temporalio.client import Client
    from temporalio.testing import WorkflowEnvironment

    from engine.store.database import Database
    from tests.servers.postgresql import PostgreSQL

# pytest-xdist gives its processes 80 columns, and the command line's console would keep them.
os.environ.pop("COLUMNS", None)

# A slow machine is not a failure. In CI the examples are the same each time; elsewhere they go on searching.
settings.register_profile("wend", deadline=None, print_blob=True, derandomize=bool(os.environ.get("CI")))
settings.load_profile("wend")

_numbers = count(1)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Who runs what where several processes share the tests: the largest shares begin first."""
    from xdist.scheduler import LoadScopeScheduling

    class Sharing(LoadScopeScheduling):  # type: ignore[misc]  # pytest-xdist says nothing of its types
        def _split_scope(self, nodeid: str) -> str:
            return share(nodeid)

    return Sharing(config, log)


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[PostgreSQL]:
    """A PostgreSQL server for the whole run."""
    from tests.servers.postgresql import running_postgresql

    with running_postgresql() as server:
        yield server


@pytest.fixture(scope="session")
def postgresql_template(postgresql_server: PostgreSQL) -> str:
    """The name of a database with Wend's tables, which the others are copies of, instead of all the DDL."""
    from tests.servers.tables import make_tables

    make_tables(postgresql_server.create("template_wend"))
    return "template_wend"


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with Wend's tables, which the others are copies of."""
    from tests.servers.tables import make_tables

    file = tmp_path_factory.mktemp("template") / "wend.db"
    make_tables(f"sqlite:///{file}")
    return file


@pytest.fixture
def postgresql_url(postgresql_server: PostgreSQL, postgresql_template: str) -> Iterator[str]:
    """A fresh database with Wend's tables on PostgreSQL."""
    name = f"test_{next(_numbers)}"
    yield postgresql_server.create(name, postgresql_template)
    postgresql_server.drop(name)


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """A fresh SQLite file with Wend's tables."""
    return f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'wend.db')}"


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """A fresh database with Wend's tables, on each of the two."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database without tables, on each of the two."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
        return
    server: PostgreSQL = request.getfixturevalue("postgresql_server")
    name = f"empty_{next(_numbers)}"
    yield server.create(name)
    server.drop(name)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A fresh database with Wend's tables, open, on each of the two."""
    yield from _opened(database_url)


@pytest.fixture
def sqlite(sqlite_url: str) -> Iterator[Database]:
    """A fresh database with Wend's tables, open, on SQLite."""
    yield from _opened(sqlite_url)


@pytest.fixture
def postgresql(postgresql_url: str) -> Iterator[Database]:
    """A fresh database with Wend's tables, open, on PostgreSQL."""
    yield from _opened(postgresql_url)


def _opened(url: str) -> Iterator[Database]:
    from engine.store.database import Database

    with closing(Database(url)) as database:
        yield database


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def temporal_server() -> AsyncIterator[WorkflowEnvironment]:
    """The real local Temporal server for the whole run. Tests use `temporal_client`."""
    from tests.servers.temporal import running_temporal

    async with running_temporal() as environment:
        yield environment


@pytest_asyncio.fixture
async def temporal_client(temporal_server: WorkflowEnvironment) -> Client:
    """A client of the real local server, on the test's own event loop."""
    from temporalio.client import Client

    return await Client.connect(temporal_server.client.service_client.config.target_host)


@pytest_asyncio.fixture
async def time_skipping() -> AsyncIterator[WorkflowEnvironment]:
    """A time-skipping server of this test alone, since all workflows on one share its clock."""
    from tests.servers.temporal import running_time_skipping

    async with running_time_skipping() as environment:
        yield environment


@pytest.fixture
def task_queue() -> str:
    """The name of a task queue that no other test uses."""
    return f"test-{os.getpid()}-{next(_numbers)}"
