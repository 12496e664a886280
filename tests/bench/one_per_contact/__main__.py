"""`python -m tests.bench.one_per_contact`: a worker of the baseline, and the one that starts the workflows."""

import argparse
import asyncio
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from sqlalchemy import func, select
from temporalio.client import Client
from temporalio.worker import (
    PollerBehaviorAutoscaling,
    PollerBehaviorSimpleMaximum,
    UnsandboxedWorkflowRunner,
    Worker,
    WorkflowRunner,
)
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner

from engine.enrolment.runtime import Published, Runtime
from engine.store.database import Database
from engine.store.ids import new_ids
from engine.store.settings import Settings
from engine.store.tables import contact, plan
from tests.bench.one_per_contact.acts import Acts
from tests.bench.one_per_contact.journey import OneContact
from tests.bench.one_per_contact.names import JOURNEY, QUEUE, Call
from workers.assembly import assemble
from workers.connection import connect

_DAYS = 2


@dataclass(frozen=True)
class Tuning:
    """What was tried to make the baseline fast; the defaults are what was best. See docs/benchmarks.md."""

    threads: int = 16
    starts: int = 32
    local: bool = False
    sandboxed: bool = False
    autoscale: bool = True


async def _work(runtime: Runtime, client: Client, tuning: Tuning, start: bool) -> None:
    published = await asyncio.to_thread(_published, runtime)
    with ThreadPoolExecutor(tuning.threads) as executor:
        async with _worker(client, Acts(runtime, published), executor, tuning):
            sys.stdout.write("ready\n")
            sys.stdout.flush()
            if start:
                await _start_all(runtime, client, tuning)
            await asyncio.Event().wait()


def _worker(client: Client, acts: Acts, executor: ThreadPoolExecutor, tuning: Tuning) -> Worker:
    runner: WorkflowRunner = SandboxedWorkflowRunner() if tuning.sandboxed else UnsandboxedWorkflowRunner()
    pollers = PollerBehaviorAutoscaling() if tuning.autoscale else PollerBehaviorSimpleMaximum(5)
    return Worker(
        client,
        task_queue=QUEUE,
        workflows=[OneContact],
        activities=[acts.send_email, acts.end_opened, acts.give_coupon, acts.send_sms],
        activity_executor=executor,
        max_concurrent_activities=tuning.threads,
        max_concurrent_local_activities=tuning.threads,
        max_concurrent_workflow_tasks=100,
        max_cached_workflows=20_000,
        workflow_runner=runner,
        workflow_task_poller_behavior=pollers,
        activity_task_poller_behavior=pollers,
    )


async def _start_all(runtime: Runtime, client: Client, tuning: Tuning) -> None:
    contacts = await asyncio.to_thread(_contacts, runtime)
    wait = runtime.clock.real(runtime.clock.origin_business + _DAYS * 86_400_000) - runtime.clock.origin_real
    gate = asyncio.Semaphore(tuning.starts)

    async def start(one: int, number: int) -> None:
        async with gate:
            await client.start_workflow(
                JOURNEY,
                Call(one, number, wait / 1000, tuning.local),
                id=f"one-{number}",
                task_queue=QUEUE,
                request_eager_start=True,
            )

    sys.stdout.write(f"first {time.time()}\n")
    sys.stdout.flush()
    await asyncio.gather(*map(start, contacts, new_ids(len(contacts))))


def _published(runtime: Runtime) -> Published:
    with runtime.database.read() as connection:
        number = connection.scalar(select(func.max(plan.c.id)))
        assert number is not None
        return runtime.plans.get(connection, number)


def _contacts(runtime: Runtime) -> Sequence[int]:
    with runtime.database.read() as connection:
        return connection.scalars(select(contact.c.id).order_by(contact.c.id)).all()


async def _main(tuning: Tuning, start: bool) -> None:
    settings = Settings.from_environment()
    database = Database(settings.database_url, pool_size=tuning.threads)
    client = await connect(settings)
    runtime = await asyncio.to_thread(assemble, database)
    await _work(runtime, client, tuning, start)


def main() -> None:
    """Read the command line, and work until the process is ended."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.one_per_contact")
    parser.add_argument("--start", action="store_true", help="start a workflow for every contact, too")
    parser.add_argument("--threads", type=int, default=Tuning.threads, help="activities at once")
    parser.add_argument("--starts", type=int, default=Tuning.starts, help="workflows being started at once")
    parser.add_argument("--local", action="store_true", help="activities within the workflow task")
    parser.add_argument("--sandboxed", action="store_true", help="workflow code in Temporal's sandbox")
    parser.add_argument("--fixed-pollers", action="store_true", help="five pollers of each kind")
    given = parser.parse_args()
    tuning = Tuning(given.threads, given.starts, given.local, given.sandboxed, not given.fixed_pollers)
    asyncio.run(_main(tuning, given.start))


if __name__ == "__main__":
    main()
