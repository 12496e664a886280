"""What campaigns ask of Temporal: their workflows started, their schedules kept, their workflows told of changes.

A campaign's row says what is wanted; this makes Temporal follow. So whoever makes or changes a campaign writes a row
and needs no Temporal, and a crash between the two is healed by doing it again.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, or_, select, update
from temporalio.client import (
    Client,
    Schedule,
    ScheduleActionStartWorkflow,
    ScheduleAlreadyRunningError,
    ScheduleOverlapPolicy,
    SchedulePolicy,
    ScheduleSpec,
    ScheduleState,
    ScheduleUpdate,
)
from temporalio.common import (
    SearchAttributeKey,
    SearchAttributePair,
    TypedSearchAttributes,
    WorkflowIDConflictPolicy,
)
from temporalio.service import RPCError, RPCStatusCode

from engine.enrolment.runtime import Runtime
from engine.store.sets import among
from engine.store.tables import campaign, journey
from workers.names import (
    BULK_QUEUE,
    CAMPAIGN,
    JOURNEY_ATTRIBUTE,
    LANE_ATTRIBUTE,
    SCHEDULED_CAMPAIGN,
    campaign_workflow,
)
from workers.pauses import Pauses, is_away

_AT_ONCE = 50
_REOPENED_AT_ONCE = 200

_log = logging.getLogger("wend.relay")


@dataclass(frozen=True, slots=True)
class Wanted:
    """A campaign of which Temporal has not heard, or not the newest."""

    id: int
    name: str
    state: str
    schedule: str | None
    starts_at: int | None
    opened: bool
    journey: str
    """The journey's name."""
    zone: str
    """The time zone of the journey's current plan, in which its schedule is read."""


class Campaigns:
    """Makes Temporal follow the campaigns' rows."""

    def __init__(self, runtime: Runtime, client: Client) -> None:
        self._runtime = runtime
        self._client = client
        self._pauses = Pauses()
        self._reopened = 0
        """The last campaign that was looked for in Temporal; 0 at the beginning of a round."""
        self._zones: dict[int, str] = {}
        """In which zone each schedule was set by this process."""

    async def turn(self) -> int:
        """Open what is not open, tell what was not told. Gives how many campaigns were looked at. One that Temporal
        refuses is left alone for a while, so that it neither hides the others nor is asked for all the time."""
        wanted = await asyncio.to_thread(
            self._found,
            and_(or_(~campaign.c.opened, campaign.c.changed), ~among(campaign.c.id, self._pauses.paused())),
            _AT_ONCE,
        )
        for one in wanted:
            if await self._trying(self._follow, one):
                await asyncio.to_thread(self._mark, one)
        return len(wanted)

    async def reopen(self) -> None:
        """Start again the workflows and schedules of campaigns under way that are gone: terminated, or lost with their
        server. One that is there is left as it is, save a schedule whose journey was published in another time zone. Each
        call looks at the next ones, the oldest first, round after round."""
        under_way = and_(campaign.c.opened, campaign.c.state.in_(["planned", "running"]))
        page = await asyncio.to_thread(
            self._found,
            and_(under_way, campaign.c.id > self._reopened),
            _REOPENED_AT_ONCE,
            campaign.c.id.asc(),
        )
        self._reopened = page[-1].id if len(page) == _REOPENED_AT_ONCE else 0
        for one in page:
            if one.schedule is None:
                await self._trying(self._open, one)
            elif self._zones.get(one.id) != one.zone:
                await self._trying(self._schedule, one)
            else:
                await self._trying(self._make_again, one)

    async def _trying(self, work: Callable[[Wanted], Awaitable[None]], one: Wanted) -> bool:
        """Whether it went well. One campaign that Temporal refuses must not hold up the others."""
        try:
            await work(one)
        except RPCError as error:
            _log.warning(
                "campaign %s could not be followed (%s); it is tried again", one.id, error.status.name
            )
            if not is_away(error):
                self._pauses.refused(one.id)
            return False
        self._pauses.accepted(one.id)
        return True

    async def _follow(self, one: Wanted) -> None:
        if one.schedule is not None:
            await self._schedule(one)
        elif not one.opened:
            await self._open(one)
        else:
            await self._nudge(one)

    def _found(
        self, test: ColumnElement[bool], limit: int, order: ColumnElement[Any] | None = None
    ) -> list[Wanted]:
        row = campaign.c
        with self._runtime.database.read() as connection:
            found = connection.execute(
                select(
                    row.id,
                    row.name,
                    row.state,
                    row.schedule,
                    row.starts_at,
                    row.opened,
                    journey.c.name.label("journey"),
                    journey.c.plan,
                )
                .join(journey, journey.c.id == row.journey)
                .where(test)
                .order_by(row.id.desc() if order is None else order)
                .limit(limit)
            ).all()
            zones = [self._zone(connection, one.schedule, one.plan) for one in found]
        return [Wanted(*one[:-1], zone) for one, zone in zip(found, zones, strict=True)]

    def _zone(self, connection: Connection, schedule: str | None, plan: int | None) -> str:
        if schedule is None or plan is None:
            return "UTC"
        return self._runtime.plans.get(connection, plan).plan.settings.timezone

    def _mark(self, one: Wanted) -> None:
        """Temporal knows it as it was read. If it has changed since, it is told once more."""
        row = campaign.c
        as_read = and_(
            row.state == one.state,
            row.schedule.is_not_distinct_from(one.schedule),
            row.starts_at.is_not_distinct_from(one.starts_at),
        )
        with self._runtime.database.write("campaign opened") as connection:
            connection.execute(update(campaign).where(row.id == one.id).values(opened=True))
            connection.execute(update(campaign).where(row.id == one.id, as_read).values(changed=False))

    async def _open(self, one: Wanted) -> None:
        await self._client.start_workflow(
            CAMPAIGN,
            str(one.id),
            id=campaign_workflow(one.id),
            task_queue=BULK_QUEUE,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            static_summary=_summary(one),
            search_attributes=_attributes(one),
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
        elif not await self._make_schedule(one):
            await handle.update(lambda _: ScheduleUpdate(_schedule_of(one)))
        self._zones[one.id] = one.zone

    async def _make_again(self, one: Wanted) -> None:
        await self._make_schedule(one)

    async def _make_schedule(self, one: Wanted) -> bool:
        """Whether it was not there yet."""
        try:
            await self._client.create_schedule(f"campaign-{one.id}", _schedule_of(one))
        except ScheduleAlreadyRunningError:
            return False
        return True


def _summary(one: Wanted) -> str:
    return one.name or f"a campaign of {one.journey}"


def _attributes(one: Wanted) -> TypedSearchAttributes:
    """As cohorts have them, save the plan: a campaign lets people into whichever is the newest."""
    values = {JOURNEY_ATTRIBUTE: one.journey, LANE_ATTRIBUTE: "bulk"}
    return TypedSearchAttributes(
        [SearchAttributePair(SearchAttributeKey.for_keyword(name), value) for name, value in values.items()]
    )


def _schedule_of(one: Wanted) -> Schedule:
    assert one.schedule is not None
    return Schedule(
        action=ScheduleActionStartWorkflow(
            SCHEDULED_CAMPAIGN,
            str(one.id),
            id=f"campaign-{one.id}-run",
            task_queue=BULK_QUEUE,
            static_summary=f"{_summary(one)}: a firing of its schedule",
            typed_search_attributes=_attributes(one),
        ),
        spec=ScheduleSpec(cron_expressions=[one.schedule], time_zone_name=one.zone),
        policy=SchedulePolicy(overlap=ScheduleOverlapPolicy.BUFFER_ONE),
        state=ScheduleState(paused=one.state == "paused"),
    )


async def _ignoring_missing(call: Awaitable[None]) -> None:
    try:
        await call
    except RPCError as error:
        if error.status != RPCStatusCode.NOT_FOUND:
            raise
