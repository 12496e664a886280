"""A world for each test: a fresh installation at the story's beginning."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

pytest.register_assert_rewrite("tests.acceptance.surface", "tests.acceptance.world")

if TYPE_CHECKING:
    from temporalio.testing import WorkflowEnvironment

    from tests.acceptance.world import World


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database as `wend` itself makes it, which the others are copies of."""
    from engine.store.database import Database
    from engine.store.migrate import upgrade

    file = tmp_path_factory.mktemp("installed") / "wend.db"
    with closing(Database(f"sqlite:///{file}")) as database:
        upgrade(database)
    return file


@pytest_asyncio.fixture
async def world(installed: Path, tmp_path: Path, time_skipping: WorkflowEnvironment) -> AsyncIterator[World]:
    """A running installation on which weeks pass at once, and the words to tell a story on it. Whatever the story was, the
    protocol's invariants hold at its end."""
    from engine.store.database import Database
    from tests.acceptance.stack import api_client, running
    from tests.acceptance.surface import Surface
    from tests.acceptance.world import World

    url = f"sqlite:///{shutil.copy(installed, tmp_path / 'wend.db')}"
    with closing(Database(url)) as database:
        async with running(database, time_skipping) as stack, api_client(stack) as client:
            yield World(stack, Surface(stack, client, url))
            assert stack.violations() == []
