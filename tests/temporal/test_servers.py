"""The Temporal servers that this tier runs on are real: both run a workflow, and one of them skips its sleep."""

from __future__ import annotations

from datetime import timedelta

from temporalio import workflow
from temporalio.client import Client
from temporalio.common import SearchAttributePair, TypedSearchAttributes
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from tests.servers.temporal import SEARCH_ATTRIBUTES

ATTRIBUTES = TypedSearchAttributes([SearchAttributePair(key, "coupon") for key in SEARCH_ATTRIBUTES])


@workflow.defn
class Nap:
    """Sleeps, and tells for how many seconds by the workflow's own clock."""

    @workflow.run
    async def run(self, seconds: float) -> float:
        began = workflow.now()
        if seconds:
            await workflow.sleep(seconds)
        return (workflow.now() - began).total_seconds()


async def test_the_local_server_runs_a_workflow(temporal_client: Client, task_queue: str) -> None:
    """The real server runs a workflow that carries Wend's search attributes."""
    async with Worker(temporal_client, task_queue=task_queue, workflows=[Nap]):
        slept = await temporal_client.execute_workflow(
            Nap.run, 0.0, id=task_queue, task_queue=task_queue, search_attributes=ATTRIBUTES
        )

    described = await temporal_client.get_workflow_handle(task_queue).describe()
    assert slept >= 0
    assert [described.typed_search_attributes[key] for key in SEARCH_ATTRIBUTES] == ["coupon"] * 3


async def test_the_time_skipping_server_skips_a_month(
    time_skipping: WorkflowEnvironment, task_queue: str
) -> None:
    """Thirty days pass on the workflow's clock, and search attributes are known here too."""
    month = timedelta(days=30).total_seconds()

    async with Worker(time_skipping.client, task_queue=task_queue, workflows=[Nap]):
        slept = await time_skipping.client.execute_workflow(
            Nap.run, month, id=task_queue, task_queue=task_queue, search_attributes=ATTRIBUTES
        )

    assert slept >= month
