"""A world for each test: a fresh installation at the story's beginning."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

pytest.register_assert_rewrite("tests.acceptance.surface", "tests.acceptance.world")

if TYPE_CHECKING:
    from temporalio.testing import WorkflowEnvironment

    from engine.store.database import Database
    from tests.acceptance.world import World


@pytest_asyncio.fixture
async def world(sqlite: Database, time_skipping: WorkflowEnvironment) -> AsyncIterator[World]:
    """A running installation on which weeks pass at once, and the words to tell a story on it."""
    from tests.acceptance.stack import api_client, running
    from tests.acceptance.surface import Surface
    from tests.acceptance.world import World

    async with running(sqlite, time_skipping) as stack, api_client(stack) as client:
        yield World(stack, Surface(stack, client))
