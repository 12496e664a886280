"""A worker process: two lanes of workflows and activities, and the relay, as its role says."""

import asyncio
import logging
import signal
import sys
from collections.abc import Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from datetime import timedelta
from importlib.metadata import PackageNotFoundError, version

from temporalio.client import Client
from temporalio.worker import Worker

from engine.enrolment.runtime import Runtime
from engine.store.turn import Turn
from workers.activities import Activities
from workers.names import BULK_QUEUE, LIVE_QUEUE
from workers.relay import Relay
from workers.workflows.campaign import CampaignWorkflow, ScheduledCampaignWorkflow
from workers.workflows.cohort import CohortWorkflow

ROLES = ("live", "bulk", "relay")
ALL = frozenset(ROLES)
_GRACE = timedelta(seconds=20)
"""How long a leg may take to finish the node that it is at when the worker is asked to stop; after that another worker takes
it over."""

_CACHED = {"live": 250, "bulk": 100}
"""How many workflows of a lane stay in memory, each with a sandbox of some 400 kB. The others rest in their histories, of two
dozen events, and are replayed in milliseconds when they wake."""

_log = logging.getLogger("wend.worker")


class RelayEnded(RuntimeError):
    """The relay ended by itself. The log says why; start the worker again."""


@dataclass(frozen=True, slots=True)
class Size:
    """How much a process does at once: legs of each lane."""

    live_legs: int = 6
    bulk_legs: int = 2


def lane_worker(
    client: Client,
    runtime: Runtime,
    lane: str,
    executor: ThreadPoolExecutor,
    legs: int,
    *,
    cached: int | None = None,
) -> Worker:
    """The worker of one lane. `cached` workflows stay in memory; those beyond are replayed from their histories."""
    if lane == "bulk":
        runtime = replace(runtime, turn=Turn(free=not runtime.database.is_sqlite))
    activities = Activities(runtime, executor)
    queue = LIVE_QUEUE if lane == "live" else BULK_QUEUE
    return Worker(
        client,
        task_queue=queue,
        workflows=[CohortWorkflow, CampaignWorkflow, ScheduledCampaignWorkflow],
        activities=[activities.leg, activities.campaign_pages, activities.campaign_run],
        max_concurrent_activities=legs,
        max_cached_workflows=_CACHED[lane] if cached is None else cached,
        # The SDK's own would be a hash of every imported module: a second of start-up and more.
        build_id=f"wend-{_version()}",
        graceful_shutdown_timeout=_GRACE,
        max_heartbeat_throttle_interval=timedelta(seconds=2),
        default_heartbeat_throttle_interval=timedelta(seconds=2),
    )


def _version() -> str:
    try:
        return version("wend")
    except PackageNotFoundError:
        return "0"


async def run_worker(
    client: Client, runtime: Runtime, roles: Collection[str] = ALL, size: Size | None = None
) -> None:
    """Do the parts of the work that `roles` names until a signal (SIGTERM, SIGINT) comes; then finish the legs under way, or give them back."""
    size = size or Size()
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    async with AsyncExitStack() as stack:
        lanes = []
        for lane, legs in (("live", size.live_legs), ("bulk", size.bulk_legs)):
            if lane in roles:
                executor = stack.enter_context(ThreadPoolExecutor(legs, lane))
                worker = lane_worker(client, runtime, lane, executor, legs)
                lanes.append(await stack.enter_async_context(worker))
        relay = Relay(runtime, client)
        relaying = loop.create_task(relay.run()) if "relay" in roles else None
        _log.info("worker ready (%s)", ", ".join(sorted(roles)))
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        try:
            await until_stopped(stopping, relaying)
        finally:
            relay.stop()
            await shut_down(runtime, lanes)
        if relaying is not None:
            await relaying


async def shut_down(runtime: Runtime, lanes: Sequence[Worker]) -> None:
    """End all lanes at once: none takes a new leg while another one finishes, and legs under way give back what they have not
    begun."""
    runtime.stopping.set()
    await asyncio.gather(*(lane.shutdown() for lane in lanes))


async def until_stopped(stopping: asyncio.Event, relaying: asyncio.Task[None] | None) -> None:
    """Wait for a signal. RelayEnded where the relay ends before: a process without it would look well and start nobody."""
    told = asyncio.create_task(stopping.wait())
    await asyncio.wait(
        {told, relaying} if relaying is not None else {told}, return_when=asyncio.FIRST_COMPLETED
    )
    told.cancel()
    if relaying is not None and relaying.done() and not stopping.is_set():
        raise RelayEnded(
            "The relay has ended, so the process ends, too. Its log says why; start it again."
        ) from relaying.exception()
