"""Fixtures of the temporal tier."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest_asyncio
from temporalio.client import Client

from engine.store.database import Database
from tests.temporal.shop import Shop, open_shop


@pytest_asyncio.fixture
async def shop(sqlite: Database, temporal_client: Client) -> AsyncIterator[Shop]:
    """A running installation in which a day lasts a second."""
    async with open_shop(sqlite, temporal_client) as opened:
        yield opened
