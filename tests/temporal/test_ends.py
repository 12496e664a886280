"""How a worker ends, and how a workflow does whose rows are gone."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
import time
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, asynccontextmanager

import pytest
from temporalio.client import Client, WorkflowFailureError
from temporalio.exceptions import ApplicationError
from temporalio.worker import Worker

from engine.enrolment.runtime import real_now
from engine.journey.host import Outcome, Went
from engine.store.batch import Batch
from engine.store.database import Database
from tests.store.world import World
from tests.unit.journey.build import act, enter, plan
from workers.names import BULK_QUEUE, CAMPAIGN, COHORT, LIVE_QUEUE
from workers.relay import Relay
from workers.worker import lane_worker, run_worker, shut_down

ACTS = 40
SECONDS_OF_AN_ACT = 0.5


@asynccontextmanager
async def lanes(world: World, client: Client) -> AsyncIterator[list[Worker]]:
    """Both lanes of a worker process."""
    runtime = world.runtime
    runtime.now = real_now
    async with AsyncExitStack() as stack:
        executors = [stack.enter_context(ThreadPoolExecutor(2, lane)) for lane in ("live", "bulk")]
        yield [
            await stack.enter_async_context(lane_worker(client, runtime, lane, executor, 2))
            for lane, executor in zip(("live", "bulk"), executors, strict=True)
        ]


async def until(what: Callable[[], bool]) -> None:
    """Wait for something; fail after a minute."""
    deadline = time.monotonic() + 60
    while not await asyncio.to_thread(what):
        assert time.monotonic() < deadline, "it did not come about"
        await asyncio.sleep(0.05)


async def test_a_long_leg_gives_back_what_is_left(sqlite: Database, temporal_client: Client) -> None:
    """Asked to stop, a worker ends after the node that its leg is at; another one does the rest, and nothing twice."""
    world = World(sqlite)
    world.now = real_now()
    ran: list[str] = []
    seconds = [SECONDS_OF_AN_ACT]

    def slow(batch: Batch) -> list[Outcome]:
        ran.append(batch.node_id)
        threading.Event().wait(seconds[0])
        return [Went("done") for _ in batch.travellers]

    world.acts.code["act"] = slow
    names = [f"a{number}" for number in range(ACTS)]
    nodes = {name: act(done=after) for name, after in zip(names, [*names[1:], None], strict=True)}
    drawn = plan(start=enter("a0"), **nodes)  # type: ignore[arg-type]  # no node is called `settings`
    roots = world.enter(world.publish(drawn), world.contacts(["anna", "bea"]))
    await Relay(world.runtime, temporal_client).turn()
    async with lanes(world, temporal_client) as first:
        await until(lambda: bool(ran))
        began = time.monotonic()
        await shut_down(world.runtime, first)
        took, done = time.monotonic() - began, len(ran)
    stood = [world.row(root) for root in roots]
    world.runtime.stopping.clear()
    seconds[0] = 0.0
    async with lanes(world, temporal_client):
        await until(lambda: world.places() == {"ended": 2})

    assert took < 10
    assert done < ACTS
    assert [(row.place, row.position) for row in stood] == [("moving", names[done])] * 2
    assert ran == names


async def test_a_signal_ends_a_worker_with_all_its_parts(
    sqlite: Database, temporal_client: Client, capsys: pytest.CaptureFixture[str]
) -> None:
    """Lanes and relay alike."""
    world = World(sqlite)
    running = asyncio.create_task(run_worker(temporal_client, world.runtime))
    said = ""
    while "ready" not in said:
        await asyncio.sleep(0.05)
        said += capsys.readouterr().out
    os.kill(os.getpid(), signal.SIGTERM)

    await asyncio.wait_for(running, 15)
    assert world.runtime.stopping.is_set()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().remove_signal_handler(number)


@pytest.mark.parametrize(("workflow", "queue"), [(COHORT, LIVE_QUEUE), (CAMPAIGN, BULK_QUEUE)])
async def test_a_workflow_whose_row_is_gone_fails_and_says_so(
    sqlite: Database, temporal_client: Client, workflow: str, queue: str
) -> None:
    """As after a restored backup: it is not tried for ever."""
    async with lanes(World(sqlite), temporal_client):
        with pytest.raises(WorkflowFailureError) as failed:
            await temporal_client.execute_workflow(workflow, "17", id=f"gone-{workflow}", task_queue=queue)

    cause = failed.value.cause.__cause__
    assert isinstance(cause, ApplicationError)
    assert cause.non_retryable
    assert "There is no" in cause.message
    assert "17" in cause.message
