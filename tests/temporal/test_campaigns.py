"""Campaigns on the real server: exactly once, at a rate, paused, resumed and cancelled."""

from __future__ import annotations

import asyncio
from typing import Any

from temporalio.client import Client, WorkflowHandle
from temporalio.common import SearchAttributeKey
from temporalio.service import RPCError
from temporalio.worker import Replayer

from engine.enrolment.campaign import How, change_campaign, read_campaign
from tests.temporal.shop import Shop
from wend.play.report import count_actions
from workers.names import BULK_QUEUE, CAMPAIGN, CampaignAnswer, campaign_workflow
from workers.workflows.campaign import CampaignWorkflow


def state(shop: Shop, campaign: int) -> str:
    """The campaign's state in its row."""
    with shop.database.read() as connection:
        return read_campaign(connection, campaign).state


async def test_a_campaign_that_is_started_twice_enters_nobody_twice(
    shop: Shop, temporal_client: Client
) -> None:
    """Its workflow begun again after its end finds everyone taken."""
    shop.people(50)
    campaign = shop.plan_campaign(shop.publish("coupon"))
    await shop.until(lambda: state(shop, campaign) == "done")
    described = await temporal_client.get_workflow_handle(campaign_workflow(campaign)).describe()
    assert await described.static_summary() == "Launch"
    journey = SearchAttributeKey.for_keyword("WendJourney")
    assert described.typed_search_attributes[journey] == "Coupon for those who did not open"

    again: CampaignAnswer = await temporal_client.execute_workflow(
        CAMPAIGN, str(campaign), id=f"{campaign_workflow(campaign)}-again", task_queue=BULK_QUEUE,
        result_type=CampaignAnswer,
    )  # fmt: skip

    assert (again.state, again.entered) == ("done", 50)
    assert shop.inside() == 50


async def test_the_actions_of_all_runs_are_counted(shop: Shop, temporal_client: Client) -> None:
    """A workflow that was begun again under its id is billed twice, and counted twice."""
    shop.people(1)
    campaign = shop.plan_campaign(shop.publish("coupon"))
    await shop.until(lambda: state(shop, campaign) == "done")
    name = campaign_workflow(campaign)
    await temporal_client.get_workflow_handle(name).result()
    once = await count_actions(temporal_client, [name])

    await temporal_client.execute_workflow(CAMPAIGN, str(campaign), id=name, task_queue=BULK_QUEUE)

    assert once >= 2
    assert await count_actions(temporal_client, [name]) == once + 2


async def told(handle: WorkflowHandle[Any, Any]) -> CampaignAnswer:
    """What the workflow says of itself, as soon as it has heard of its first pages: whom they let in, is inside before."""
    for _ in range(600):
        progress: CampaignAnswer = await handle.query("progress", result_type=CampaignAnswer)
        if progress.total is not None:
            return progress
        await asyncio.sleep(0.1)
    raise AssertionError("no page was heard of")


async def test_a_campaign_is_paused_and_resumed(shop: Shop, temporal_client: Client) -> None:
    """While it is paused nobody enters; its progress can be asked; resumed, it takes the rest."""
    shop.people(60)
    campaign = shop.plan_campaign(shop.publish("coupon"), rate=1.5)
    await shop.until(lambda: shop.inside() > 0)
    with shop.database.write() as connection:
        change_campaign(connection, campaign, "pause", now=0, who="test")
    before = shop.inside()
    handle = temporal_client.get_workflow_handle(campaign_workflow(campaign))
    progress = await told(handle)

    with shop.database.write() as connection:
        change_campaign(connection, campaign, "resume", now=0, who="test")
    await shop.until(lambda: shop.inside() > before)

    assert 0 < before < 60
    assert progress.total == 60
    assert progress.entered == before


async def test_a_campaign_that_is_told_of_changes_for_long_begins_anew(
    shop: Shop, temporal_client: Client
) -> None:
    """Its history does not grow without end: at 2,000 events it goes on in a new one, which ends as the old one would have.
    Both replay."""
    shop.people(3)
    far = shop.runtime.business_now() + 3_650 * 86_400_000
    campaign = shop.plan_campaign(shop.publish("coupon"), how=How(starts_at=far))
    name = campaign_workflow(campaign)
    handle = temporal_client.get_workflow_handle(name)
    first = await begun(temporal_client, name)
    newest = first
    for _ in range(100):
        for _ in range(5):
            await handle.signal("nudge")
            await asyncio.sleep(0.02)
        newest = (await handle.describe()).run_id
        if newest != first:
            break

    shop.change_campaign(campaign, "cancel")
    answer: CampaignAnswer = await temporal_client.get_workflow_handle(
        name, result_type=CampaignAnswer
    ).result()

    assert newest != first
    assert (answer.state, shop.inside()) == ("cancelled", 0)
    lengths = []
    for run in (first, newest):
        history = await temporal_client.get_workflow_handle(name, run_id=run).fetch_history()
        lengths.append(len(history.events))
        await Replayer(workflows=[CampaignWorkflow]).replay_workflow(history)
    assert 2_000 < lengths[0] < 2_100
    assert lengths[1] < 200


async def begun(client: Client, name: str) -> str:
    """The id of a workflow's run, once it has begun."""
    for _ in range(600):
        try:
            return str((await client.get_workflow_handle(name).describe()).run_id)
        except RPCError:
            await asyncio.sleep(0.1)
    raise AssertionError("the workflow did not begin")


async def test_a_cancelled_campaign_takes_nobody_else(shop: Shop, temporal_client: Client) -> None:
    """Who is inside goes on; the workflow ends."""
    shop.people(60)
    campaign = shop.plan_campaign(shop.publish("coupon"), rate=1.5)
    await shop.until(lambda: shop.inside() > 0)

    with shop.database.write() as connection:
        change_campaign(connection, campaign, "cancel", now=0, who="test")
    name = campaign_workflow(campaign)
    handle = temporal_client.get_workflow_handle(name, result_type=CampaignAnswer)
    answer: CampaignAnswer = await handle.result()
    entered = shop.inside()
    await shop.until(lambda: shop.inside("ended") == entered)

    assert answer.state == "cancelled"
    assert entered == answer.entered < 60
