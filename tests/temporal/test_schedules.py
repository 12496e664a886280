"""Scheduled campaigns on the real server: their schedules follow their rows, and each firing is a run of its own."""

from __future__ import annotations

import asyncio
import json
from zoneinfo import ZoneInfo

from sqlalchemy import select
from temporalio.client import Client, ScheduleDescription, WorkflowHistory
from temporalio.service import RPCError
from temporalio.worker import Replayer

from engine.enrolment.campaign import How, read_campaign
from engine.enrolment.publishing import publish_document
from engine.enrolment.reschedule import reschedule_campaign
from engine.store.tables import campaign as campaigns
from tests.temporal.shop import EXAMPLES, Shop
from workers.names import CampaignAnswer, campaign_workflow
from workers.workflows.campaign import CampaignWorkflow, ScheduledCampaignWorkflow

NEVER = "0 0 30 2 *"
"""The 30th of February: only a test fires it."""


async def described(client: Client, campaign: int) -> ScheduleDescription:
    """The campaign's schedule; waits until there is one."""
    for _ in range(600):
        try:
            return await client.get_schedule_handle(f"campaign-{campaign}").describe()
        except RPCError:
            await asyncio.sleep(0.1)
    raise AssertionError("there is no schedule")


async def told(shop: Shop, campaign: int) -> None:
    """Wait until the relay has told Temporal of the row's last change."""

    def is_told() -> bool:
        with shop.database.read() as connection:
            return not connection.scalar(select(campaigns.c.changed).where(campaigns.c.id == campaign))

    await shop.until(is_told)


async def fired(client: Client, campaign: int, times: int) -> str:
    """Fire the schedule; gives the id of the workflow that this starts, the schedule's `times`-th."""
    await client.get_schedule_handle(f"campaign-{campaign}").trigger()
    for _ in range(600):
        recent = (await described(client, campaign)).info
        if recent.num_actions >= times:
            return str(recent.recent_actions[-1].action.workflow_id)  # type: ignore[attr-defined]
        await asyncio.sleep(0.1)
    raise AssertionError("the schedule did not fire")


async def test_each_firing_of_a_schedule_is_a_run_of_its_own(shop: Shop, temporal_client: Client) -> None:
    """A firing enters the segment as a campaign with its own numbers; the next one is another."""
    shop.people(20)
    number = shop.plan_campaign(shop.publish("mario"), how=How(schedule=NEVER))
    await described(temporal_client, number)

    answers, name = [], ""
    for times in (1, 2):
        name = await fired(temporal_client, number, times)
        handle = temporal_client.get_workflow_handle(name, result_type=CampaignAnswer)
        answers.append(await handle.result())
        await asyncio.sleep(1.1)  # a firing is named after its second

    assert [(one.state, one.entered, one.skipped) for one in answers] == [("done", 20, 0), ("done", 0, 20)]
    assert [(run.state, run.entered, run.skipped) for run in shop.runs(number)] == [
        ("done", 20, 0),
        ("done", 0, 20),
    ]
    assert shop.inside() == 20
    workflows = (name, campaign_workflow(shop.runs(number)[1].id))
    for one in workflows:
        attributes = (await temporal_client.get_workflow_handle(one).describe()).typed_search_attributes
        shown = {pair.key.name: pair.value for pair in attributes if pair.key.name.startswith("Wend")}
        assert shown == {"WendJourney": "Mario", "WendLane": "bulk"}
    histories = [await temporal_client.get_workflow_handle(one).fetch_history() for one in workflows]
    for history in histories:
        await Replayer(workflows=[CampaignWorkflow, ScheduledCampaignWorkflow]).replay_workflow(
            WorkflowHistory.from_json(history.workflow_id, history.to_json())
        )


async def test_a_pause_pauses_the_schedule_itself(shop: Shop, temporal_client: Client) -> None:
    """Paused, it stays the same schedule and does not fire; a firing that was under way enters nobody. Resumed, it goes on;
    cancelled, it is gone."""
    shop.people(3)
    number = shop.plan_campaign(shop.publish("mario"), how=How(schedule=NEVER))
    before = await described(temporal_client, number)

    shop.change_campaign(number, "pause")
    await told(shop, number)
    paused = await described(temporal_client, number)
    name = await fired(temporal_client, number, 1)
    answer: CampaignAnswer = await temporal_client.get_workflow_handle(
        name, result_type=CampaignAnswer
    ).result()
    shop.change_campaign(number, "resume")
    await told(shop, number)
    resumed = await described(temporal_client, number)

    assert (before.schedule.state.paused, paused.schedule.state.paused, resumed.schedule.state.paused) == (
        False, True, False
    )  # fmt: skip
    assert resumed.info.created_at == before.info.created_at
    assert resumed.info.num_actions == 1
    assert (answer.state, shop.inside(), shop.runs(number)) == ("cancelled", 0, [])
    shop.change_campaign(number, "cancel")
    await told(shop, number)
    for _ in range(100):
        try:
            await temporal_client.get_schedule_handle(f"campaign-{number}").describe()
        except RPCError:
            break
        await asyncio.sleep(0.1)
    else:
        raise AssertionError("the schedule is still there")
    with shop.database.read() as connection:
        assert read_campaign(connection, number).state == "cancelled"


async def test_a_schedule_is_read_in_the_journeys_time_zone(shop: Shop, temporal_client: Client) -> None:
    """Nine in the morning is that of the journey. The schedule follows another time, and a version in another zone."""
    shop.people(1)
    number = shop.plan_campaign(shop.publish("mario"), how=How(schedule="0 9 * * *"))
    first = await described(temporal_client, number)

    with shop.database.write() as connection:
        reschedule_campaign(connection, number, starts_at=None, schedule="30 7 * * *", now=0, who="test")
    await told(shop, number)
    second = await described(temporal_client, number)
    document = json.loads((EXAMPLES / "mario" / "journey.json").read_text())
    document["settings"]["timezone"] = "Asia/Tokyo"
    publish_document(shop.database, document, now=shop.runtime.business_now(), who="test")
    third = second
    for _ in range(300):
        third = await described(temporal_client, number)
        if third.schedule.spec.time_zone_name == "Asia/Tokyo":
            break
        await asyncio.sleep(0.1)

    assert times_of(first, "Europe/Rome") == {"09:00"}
    assert times_of(second, "Europe/Rome") == {"07:30"}
    assert times_of(third, "Asia/Tokyo") == {"07:30"}
    assert first.info.created_at == second.info.created_at == third.info.created_at


def times_of(schedule: ScheduleDescription, zone: str) -> set[str]:
    """At which times of the day it fires next, on the clocks of a zone."""
    return {at.astimezone(ZoneInfo(zone)).strftime("%H:%M") for at in schedule.info.next_action_times}
