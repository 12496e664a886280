"""Save histories of the example journeys for the replay test: `python scripts/histories.py`.

They are added, never replaced: a history saved under an earlier version is what a deployment meets. Existing names are
left alone.
"""

import asyncio
import json
import tempfile
from pathlib import Path
from typing import Any

from temporalio.client import WorkflowHistory

from engine.enrolment.ingest import Incoming, ingest
from engine.store.database import Database
from engine.store.migrate import upgrade
from tests.servers.temporal import running_temporal
from tests.temporal.shop import EXAMPLES, Shop, open_shop

FOLDER = Path(__file__).parents[1] / "tests" / "temporal" / "histories"
_ABOUT = {"form": "newsletter", "product_id": "TOY-01", "cart_id": "c-1"}
_LET_RUN_SECONDS = 6.0


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


def _save(path: Path, history: WorkflowHistory) -> None:
    if not path.exists():
        document = _without_machine(json.loads(history.to_json()))
        path.write_text(json.dumps(document, indent=1, sort_keys=True) + "\n")


def _without_machine(value: Any) -> Any:
    """The history without the names of the machine on which it came about: a replay does not read them."""
    if isinstance(value, dict):
        return {key: "worker" if key == "identity" else _without_machine(part) for key, part in value.items()}
    return [_without_machine(part) for part in value] if isinstance(value, list) else value


if __name__ == "__main__":
    asyncio.run(main())
