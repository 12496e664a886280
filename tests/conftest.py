"""Fixtures for every tier. A server starts when the first test asks for it, and serves the rest of the run.

database_url        a fresh database, once on SQLite and once on PostgreSQL: the test runs twice
sqlite_url          a fresh SQLite file
postgresql_url      a fresh database on PostgreSQL, for races, which SQLite hides
temporal_client     a client of the real local Temporal server
time_skipping       a Temporal server of the test's own, on which a week passes at once
task_queue          a task queue that no other test uses
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Iterator
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio
from hypothesis import settings

# Servers and drivers are imported by the fixture that needs them: the unit tier starts without them.
if TYPE_CHECKING:
    from temporalio.client import Client
    from temporalio.testing import WorkflowEnvironment

    from tests.servers.postgresql import PostgreSQL

# A slow machine is not a failure. In CI the examples are the same each time; elsewhere they go on searching.
settings.register_profile("wend", deadline=None, print_blob=True, derandomize=bool(os.environ.get("CI")))
settings.load_profile("wend")

_numbers = count(1)


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[PostgreSQL]:
    """A PostgreSQL server for the whole run."""
    from tests.servers.postgresql import running_postgresql

    with running_postgresql() as server:
        yield server


@pytest.fixture
def postgresql_url(postgresql_server: PostgreSQL) -> Iterator[str]:
    """A fresh database on PostgreSQL."""
    name = f"test_{next(_numbers)}"
    yield postgresql_server.create(name)
    postgresql_server.drop(name)


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """A fresh SQLite file, made at the first connection."""
    return f"sqlite:///{tmp_path / 'wend.db'}"


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """A fresh database on each of the two."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


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
