"""What campaigns ask of Temporal: their workflows started, their schedules kept, their workflows told of changes.

A campaign's row says what is wanted; this makes Temporal follow. So whoever makes or changes a campaign writes a row
and needs no Temporal, and a crash between the two is healed by doing it again.
"""

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass

from sqlalchemy import or_, select, update
from temporalio.client import (
    Client,
    Schedule,
    ScheduleActionStartWorkflow,
    ScheduleAlreadyRunningError,
    ScheduleOverlapPolicy,
    SchedulePolicy,
    ScheduleSpec,
)
from temporalio.common import WorkflowIDConflictPolicy
from temporalio.service import RPCError, RPCStatusCode

from engine.enrolment.runtime import Runtime
from engine.store.tables import campaign
from workers.names import BULK_QUEUE, CAMPAIGN, SCHEDULED_CAMPAIGN, campaign_workflow

_AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class Wanted:
    """A campaign of which Temporal has not heard, or not the newest."""

    id: int
    name: str
    state: str
    schedule: str | None
    opened: bool


class Campaigns:
    """Makes Temporal follow the campaigns' rows."""

    def __init__(self, runtime: Runtime, client: Client) -> None:
        self._runtime = runtime
        self._client = client

    async def turn(self) -> int:
        """Open what is not open, tell what was not told. Gives how many campaigns were looked at."""
        wanted = await asyncio.to_thread(self._wanted)
        for one in wanted:
            if one.schedule is not None:
                await self._schedule(one)
            elif not one.opened:
                await self._open(one)
            else:
                await self._nudge(one)
            await asyncio.to_thread(self._mark, one.id)
        return len(wanted)

    def _wanted(self) -> list[Wanted]:
        row = campaign.c
        with self._runtime.database.read() as connection:
            found = connection.execute(
                select(row.id, row.name, row.state, row.schedule, row.opened)
                .where(or_(~row.opened, row.changed))
                .limit(_AT_ONCE)
            )
            return [Wanted(*one) for one in found]

    def _mark(self, number: int) -> None:
        with self._runtime.database.write("campaign opened") as connection:
            connection.execute(
                update(campaign).where(campaign.c.id == number).values(opened=True, changed=False)
            )

    async def _open(self, one: Wanted) -> None:
        await self._client.start_workflow(
            CAMPAIGN,
            str(one.id),
            id=campaign_workflow(one.id),
            task_queue=BULK_QUEUE,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            static_summary=one.name or "a campaign",
        )

    async def _nudge(self, one: Wanted) -> None:
        try:
            await self._client.get_workflow_handle(campaign_workflow(one.id)).signal("nudge")
        except RPCError as error:
            if error.status != RPCStatusCode.NOT_FOUND:
                raise
            # Closed, or lost with its server: started again, it looks at the row itself.
            await self._open(one)

    async def _schedule(self, one: Wanted) -> None:
        handle = self._client.get_schedule_handle(f"campaign-{one.id}")
        if one.state == "cancelled":
            await _ignoring_missing(handle.delete())
            return
        if one.opened:
            await _ignoring_missing(handle.delete())
        try:
            await self._client.create_schedule(f"campaign-{one.id}", _schedule_of(one))
        except ScheduleAlreadyRunningError:
            return


def _schedule_of(one: Wanted) -> Schedule:
    assert one.schedule is not None
    return Schedule(
        action=ScheduleActionStartWorkflow(
            SCHEDULED_CAMPAIGN, str(one.id), id=f"campaign-{one.id}-run", task_queue=BULK_QUEUE
        ),
        spec=ScheduleSpec(cron_expressions=[one.schedule]),
        policy=SchedulePolicy(overlap=ScheduleOverlapPolicy.BUFFER_ONE),
    )


async def _ignoring_missing(call: Awaitable[None]) -> None:
    try:
        await call
    except RPCError as error:
        if error.status != RPCStatusCode.NOT_FOUND:
            raise
