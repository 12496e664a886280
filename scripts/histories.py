"""Save histories of the example journeys, of campaigns that are held up or scheduled, and of workflows that go on in a new
history, for the replay test: `python scripts/histories.py`.

They are added, never replaced: a history saved under an earlier version is what a deployment meets. Existing names are
left alone.
"""

import asyncio
import gzip
import json
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select
from temporalio.client import ScheduleActionExecutionStartWorkflow, WorkflowHandle, WorkflowHistory

from engine.audience.contacts import upsert_contacts
from engine.audience.profile import Profile
from engine.enrolment.campaign import How
from engine.enrolment.ingest import Incoming, ingest
from engine.enrolment.publishing import publish_document
from engine.store.database import Database
from engine.store.migrate import upgrade
from engine.store.tables import cohort
from tests.servers.temporal import running_temporal
from tests.temporal.shop import EXAMPLES, Shop, open_shop
from tests.unit.flow.drawing import draw
from workers.names import campaign_workflow, cohort_workflow

FOLDER = Path(__file__).parents[1] / "tests" / "temporal" / "histories"
_ABOUT = {"form": "newsletter", "product_id": "TOY-01", "cart_id": "c-1"}
_LET_RUN_SECONDS = 6.0
_DAY_MS = 86_400_000
_MINUTE_MS = 60_000
_MANY_RESTS = 230
"""So many rests that end one by one make a history too long to go on in. The server tells timers apart by a second."""


async def main() -> None:
    """Run every example with three contacts, and save what its workflows did."""
    async with running_temporal() as environment:
        for folder in sorted(path.parent for path in EXAMPLES.glob("*/journey.json")):
            with tempfile.TemporaryDirectory() as place:
                database = Database(f"sqlite:///{Path(place) / 'wend.db'}")
                upgrade(database)
                async with open_shop(database, environment.client, day=0.5) as shop:
                    await _run(shop, folder.name)
                database.close()
        for story, day in ((_held, 1.0), (_scheduled, 1.0), (_long_campaign, 1.0), (_long_cohort, 1_800.0)):
            with tempfile.TemporaryDirectory() as place:
                database = Database(f"sqlite:///{Path(place) / 'wend.db'}")
                upgrade(database)
                async with open_shop(database, environment.client, day=day) as shop:
                    await story(shop)
                database.close()


async def _run(shop: Shop, example: str) -> None:
    shop.people(3)
    published = shop.publish(example)
    kinds = {trigger.kind for trigger in published.plan.triggers}
    campaign = shop.plan_campaign(published) if "campaign" in kinds else None
    names = {str(trigger.params["event"]) for trigger in published.plan.triggers if trigger.kind == "event"}
    now = shop.runtime.business_now()
    events = [
        Incoming(
            message_id=f"{example}-{name}-{number}",
            name=name,
            at=now,
            user_id=f"c{number}",
            properties=_ABOUT,
        )
        for name in sorted(names)
        for number in range(3)
    ]
    if events:
        ingest(shop.runtime, events, shop.runtime.now())
    await shop.until(lambda: shop.inside() > 0)
    await asyncio.sleep(_LET_RUN_SECONDS)
    for number, history in enumerate(await shop.histories(campaign)):
        kind = "campaign" if history.workflow_id.startswith("campaign") else example
        _save(FOLDER / f"{kind}.{example}-{number}.json", history)


async def _held(shop: Shop) -> None:
    """A campaign with a start and a rate: paused while it waits for each, resumed, cancelled at last."""
    shop.people(60)
    soon = shop.runtime.business_now() + 3 * _DAY_MS
    campaign = shop.plan_campaign(shop.publish("coupon"), rate=1.5, how=How(starts_at=soon))
    for action in ("pause", "resume"):
        await asyncio.sleep(1)
        shop.change_campaign(campaign, action)
    await shop.until(lambda: shop.inside() > 15)
    for action in ("pause", "resume", "cancel"):
        await asyncio.sleep(1)
        shop.change_campaign(campaign, action)
    handle = shop.client.get_workflow_handle(campaign_workflow(campaign))
    await handle.result()
    _save(FOLDER / "campaign.held-0.json", await handle.fetch_history())
    # The next installation shares the server, and would be asked for these.
    await shop.until(lambda: shop.inside("ended") == shop.inside())


async def _scheduled(shop: Shop) -> None:
    """Two firings of a schedule: one that opens a run, one that comes while the campaign is paused."""
    shop.people(3)
    campaign = shop.plan_campaign(shop.publish("coupon"), how=How(schedule="0 0 30 2 *"))
    await asyncio.sleep(2)
    schedule = shop.client.get_schedule_handle(f"campaign-{campaign}")
    await schedule.trigger()
    await shop.until(lambda: [run.state for run in shop.runs(campaign)] == ["done"])
    shop.change_campaign(campaign, "pause")
    await asyncio.sleep(2)
    await schedule.trigger()
    await asyncio.sleep(2)
    for number, action in enumerate((await schedule.describe()).info.recent_actions):
        assert isinstance(action.action, ScheduleActionExecutionStartWorkflow)
        handle = shop.client.get_workflow_handle(action.action.workflow_id)
        await handle.result()
        _save(FOLDER / f"campaign.scheduled-{number}.json", await handle.fetch_history())


async def _long_campaign(shop: Shop) -> None:
    """A campaign that is told of changes until it goes on in a new history; cancelled at last."""
    shop.people(3)
    far = shop.runtime.business_now() + 3_650 * _DAY_MS
    campaign = shop.plan_campaign(shop.publish("coupon"), how=How(starts_at=far))
    await asyncio.sleep(2)
    handle = shop.client.get_workflow_handle(campaign_workflow(campaign))
    first = (await handle.describe()).run_id
    while (await handle.describe()).run_id == first:
        await handle.signal("nudge")
        await asyncio.sleep(0.02)
    shop.change_campaign(campaign, "cancel")
    await handle.result()
    await _save_both(shop, handle, first, "campaign.long")


async def _long_cohort(shop: Shop) -> None:
    """A cohort whose contacts rest until a minute of their own each, so that it goes on in a new history."""
    soon = shop.runtime.business_now() + 10 * _MINUTE_MS
    minutes = [_written(soon + number * _MINUTE_MS) for number in range(_MANY_RESTS)]
    people = [
        Profile.of({"call_at": minute}, external_id=f"c{number}") for number, minute in enumerate(minutes)
    ]
    shop.people(_MANY_RESTS)
    with shop.database.write() as connection:
        upsert_contacts(connection, people, shop.runtime.business_now())
    document = draw("in:campaign -> call:wait_until -> out:exit", call={"attribute": "call_at", "at": None})
    published = publish_document(
        shop.database, document, now=shop.runtime.business_now(), who="test", new_journey=True
    )
    shop.plan_campaign(published)
    await shop.until(lambda: shop.inside() == _MANY_RESTS)
    with shop.database.read() as connection:
        (number,) = connection.scalars(select(cohort.c.id)).all()
    handle = shop.client.get_workflow_handle(cohort_workflow(number))
    first = (await handle.describe()).run_id
    await handle.result()
    await _save_both(shop, handle, first, "cohort.long")


def _written(at: int) -> str:
    return datetime.fromtimestamp(at / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


async def _save_both(shop: Shop, handle: WorkflowHandle[Any, Any], first: str, name: str) -> None:
    """Save the history that went on in a new one, and the new one."""
    newest = (await handle.describe()).run_id
    for number, run in enumerate((first, newest)):
        history = await shop.client.get_workflow_handle(handle.id, run_id=run).fetch_history()
        _save(FOLDER / f"{name}-{number}.json.gz", history)


def _save(path: Path, history: WorkflowHistory) -> None:
    if path.exists():
        return
    document = _without_machine(json.loads(history.to_json()))
    text = json.dumps(document, indent=1, sort_keys=True) + "\n"
    if path.suffix == ".gz":
        path.write_bytes(gzip.compress(text.encode(), mtime=0))
    else:
        path.write_text(text)


def _without_machine(value: Any) -> Any:
    """The history without the names of the machine on which it came about: a replay does not read them."""
    if isinstance(value, dict):
        return {key: "worker" if key == "identity" else _without_machine(part) for key, part in value.items()}
    return [_without_machine(part) for part in value] if isinstance(value, list) else value


if __name__ == "__main__":
    asyncio.run(main())
