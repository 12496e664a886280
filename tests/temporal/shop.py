"""A running Wend on the real local Temporal server, with a day of a second or two: for what a server that skips time
cannot show. Histories are looked at, and campaigns are talked to."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Row, func, insert, select
from temporalio.client import Client, WorkflowHistory

from engine.audience.contacts import upsert_contacts
from engine.audience.profile import read_profile
from engine.audience.segments import add_members, ensure_list
from engine.enrolment.campaign import How, change_campaign, create_campaign
from engine.enrolment.plans import Published
from engine.enrolment.publishing import publish_document
from engine.enrolment.runtime import Runtime, real_now
from engine.store.database import Database
from engine.store.tables import campaign as campaign_table
from engine.store.tables import clock, cohort, enrolment
from workers.assembly import assemble
from workers.names import campaign_workflow, cohort_workflow
from workers.relay import Relay
from workers.worker import lane_worker

EXAMPLES = Path(__file__).parents[2] / "examples"
SEGMENT = "everyone"
_DAY_SECONDS = 86_400
_PATIENCE_SECONDS = 60


class Shop:
    """One installation: its database, its workers and its relay in this process."""

    def __init__(self, database: Database, client: Client, runtime: Runtime) -> None:
        self.database = database
        self.client = client
        self.runtime = runtime

    def publish(self, example: str) -> Published:
        """Publish an example journey."""
        document = json.loads((EXAMPLES / example / "journey.json").read_text())
        now = self.runtime.business_now()
        return publish_document(self.database, document, now=now, who="test", new_journey=True)

    def people(self, count: int) -> None:
        """So many contacts, all of them in the segment."""
        rows = []
        for number in range(count):
            said = {
                "external_id": f"c{number}",
                "email": f"person.{number}@example.com",
                "phone": f"+3932000{number:05d}",
                "first_name": f"Firstname{number}",
            }
            profile, problems = read_profile(said)
            assert not problems
            rows.append(profile)
        now = self.runtime.business_now()
        with self.database.write() as connection:
            contacts = upsert_contacts(connection, rows, now)
            add_members(connection, ensure_list(connection, SEGMENT, now), contacts, now)

    def plan_campaign(self, published: Published, rate: float | None = None, how: How | None = None) -> int:
        """A campaign of everyone into a journey; the relay starts it."""
        with self.database.write() as connection:
            return create_campaign(
                connection,
                published.journey,
                SEGMENT,
                now=self.runtime.business_now(),
                name="Launch",
                rate=rate,
                how=how or How(),
            )

    def change_campaign(self, campaign: int, action: str) -> None:
        """Pause, resume or cancel a campaign; the relay tells its workflow or its schedule."""
        with self.database.write() as connection:
            change_campaign(connection, campaign, action, now=self.runtime.business_now(), who="test")

    def runs(self, campaign: int) -> list[Row[Any]]:
        """The runs of a scheduled campaign."""
        query = (
            select(campaign_table).where(campaign_table.c.parent == campaign).order_by(campaign_table.c.id)
        )
        with self.database.read() as connection:
            return list(connection.execute(query).all())

    def inside(self, *places: str) -> int:
        """How many enrolments are in these places; all of them without any."""
        query = select(func.count()).select_from(enrolment).where(enrolment.c.root.is_(None))
        with self.database.read() as connection:
            found = connection.scalar(query.where(enrolment.c.place.in_(places)) if places else query)
        return int(found or 0)

    async def until(self, what: Callable[[], bool]) -> None:
        """Wait for something; fail after a minute."""
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while not await asyncio.to_thread(what):
            assert time.monotonic() < deadline, "it did not come about"
            await asyncio.sleep(0.05)

    async def histories(self, campaign: int | None = None) -> list[WorkflowHistory]:
        """The histories of every cohort, and of a campaign."""
        with self.database.read() as connection:
            names = [cohort_workflow(number) for number in connection.scalars(select(cohort.c.id))]
        if campaign is not None:
            names.append(campaign_workflow(campaign))
        return [await self.client.get_workflow_handle(name).fetch_history() for name in names]


@asynccontextmanager
async def open_shop(database: Database, client: Client, *, day: float = 1.0) -> AsyncIterator[Shop]:
    """Workers of both lanes and a relay, until the block ends. `day` is how many seconds a day lasts."""
    now = real_now()
    with database.write() as connection:
        connection.execute(
            insert(clock).values(id=1, origin_real=now, origin_business=now, speed=_DAY_SECONDS / day)
        )
    runtime = await asyncio.to_thread(assemble, database)
    relay = Relay(runtime, client)
    async with AsyncExitStack() as stack:
        for lane in ("live", "bulk"):
            executor = stack.enter_context(ThreadPoolExecutor(2, lane))
            await stack.enter_async_context(lane_worker(client, runtime, lane, executor, 2))
        relaying = asyncio.create_task(relay.run())
        try:
            yield Shop(database, client, runtime)
        finally:
            relay.stop()
            await relaying
