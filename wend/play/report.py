"""What a run gave: counts on every edge, messages, and what Temporal was asked to do."""

import asyncio
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import ColumnElement, Connection, case, func, select
from temporalio.api.enums.v1 import EventType
from temporalio.client import Client

from engine.delivery.sandbox import RECOGNISED, sent_too_often
from engine.flow.plan import UNDRAWN
from engine.store.tables import enrolment, sandbox_message, step

_ACTIONS = frozenset(
    {
        EventType.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED,
        EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED,
        EventType.EVENT_TYPE_TIMER_STARTED,
        EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED,
    }
)
_AT_ONCE = 16


@dataclass(frozen=True, slots=True)
class Report:
    """The result of a run; as JSON the last line of `wend play --json`."""

    contacts: int
    ended: int
    resting: int
    parked: int
    results: dict[str, int]
    edges: dict[str, int]
    messages: dict[str, int]
    duplicates: int
    temporal_actions_per_contact: float
    seconds: float

    def to_json(self) -> dict[str, object]:
        """Plain values."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Standing:
    """How many enrolments stand where."""

    admitted: int = 0
    moving: int = 0
    resting: int = 0
    parked: int = 0
    ended: int = 0
    sleepers: int = 0
    """Those resting without an end of their own: only an event can wake them."""


def standing(connection: Connection) -> Standing:
    """Count the enrolments by place, in one statement."""
    rows = connection.execute(
        select(enrolment.c.place, func.count(), func.sum(_sleeping()))
        .where(enrolment.c.root.is_(None))
        .group_by(enrolment.c.place)
    ).all()
    counts: dict[str, int] = {row[0]: row[1] for row in rows}
    sleepers = sum(int(row[2] or 0) for row in rows if row[0] == "resting")
    return Standing(**counts, sleepers=sleepers)


def _sleeping() -> ColumnElement[int]:
    return case((enrolment.c.wake_at.is_(None) & (enrolment.c.reason == "event"), 1), else_=0)


def results(connection: Connection) -> dict[str, int]:
    """How many enrolments ended with each result."""
    rows = connection.execute(
        select(enrolment.c.result, func.count())
        .where(enrolment.c.root.is_(None), enrolment.c.place == "ended")
        .group_by(enrolment.c.result)
        .order_by(enrolment.c.result)
    )
    return {row[0]: row[1] for row in rows}


def edges(connection: Connection) -> dict[str, int]:
    """How often each port of a node that is drawn was taken, as {"node.port": n}."""
    rows = connection.execute(
        select(step.c.node, step.c.port, func.count())
        .where(~step.c.node.startswith(UNDRAWN))
        .group_by(step.c.node, step.c.port)
        .order_by(step.c.node)
    )
    return {f"{row[0]}.{row[1]}": row[2] for row in rows}


def messages(connection: Connection) -> tuple[dict[str, int], int]:
    """From the sandbox's own log: the messages that arrived on each channel, and the send keys that were delivered more
    than once or asked for more often than they were claimed."""
    log = sandbox_message.c
    rows = connection.execute(
        select(log.channel, func.count())
        .where(log.address != RECOGNISED)
        .group_by(log.channel)
        .order_by(log.channel)
    )
    twice = sent_too_often().subquery()
    duplicates = connection.scalar(select(func.count()).select_from(twice)) or 0
    return {row[0]: row[1] for row in rows}, duplicates


async def count_actions(client: Client, workflows: Sequence[str]) -> int:
    """What Temporal would bill: workflow starts, activities, timers and signals, read from the histories of all runs: one
    that has gone on as a new run, or was started again, has several."""
    gate = asyncio.Semaphore(_AT_ONCE)

    async def count(workflow: str, run: str | None) -> int:
        async with gate:
            history = await client.get_workflow_handle(workflow, run_id=run).fetch_history()
            return sum(event.event_type in _ACTIONS for event in history.events)

    runs = await asyncio.gather(*(_runs(client, gate, one) for one in workflows))
    return sum(await asyncio.gather(*(count(*run) for found in runs for run in found)))


async def _runs(client: Client, gate: asyncio.Semaphore, workflow: str) -> list[tuple[str, str | None]]:
    async with gate:
        listed = client.list_workflows(f"WorkflowId = '{workflow}'")
        return [(workflow, one.run_id) async for one in listed] or [(workflow, None)]
