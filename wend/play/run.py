"""A run of `wend play`: an ephemeral stack, everyone enters, the crowd acts, until nobody moves or rests."""

import asyncio
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import insert, select
from temporalio.client import Client

from engine.audience.contact_import import import_contacts
from engine.enrolment.campaign import create_campaign
from engine.enrolment.ingest import ingest
from engine.enrolment.publishing import publish_document
from engine.enrolment.runtime import Published, Runtime, real_now
from engine.store.database import Database
from engine.store.migrate import upgrade
from engine.store.tables import campaign, clock, cohort
from wend.play.crowd import Chances, Crowd
from wend.play.report import Report, Standing, count_actions, edges, messages, results, standing
from wend.stack.crew import READY, crew
from wend.stack.folder import Folder, environment
from wend.stack.processes import Child, temporal_server
from workers.assembly import assemble
from workers.connection import connect
from workers.names import campaign_workflow, cohort_workflow

_DAY_SECONDS = 86_400
_LOOK_SECONDS = 0.2
_COUNT_SECONDS = 1.0
SEGMENT = "everyone"

Show = Callable[[str, Standing, int], None]
"""Called now and then with what is under way, how many stand where, and the crowd's acts to come."""


@dataclass(frozen=True, slots=True)
class Play:
    """What to run. `day` is how many seconds a day lasts; `bulk_workers` how many processes share its legs."""

    document: dict[str, object]
    contacts: Path
    day: float = 20.0
    chances: Chances = field(default_factory=Chances)
    seed: int = 1
    bulk_workers: int = 2


async def play(what: Play, show: Show) -> Report:
    """Run it, and report. The stack and all its state are gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="wend-play-") as place:
        folder = Folder(Path(place))
        folder.make()
        addresses = folder.addresses()
        show("starting Temporal", Standing(), 0)
        server = temporal_server(folder, addresses.temporal, 0, file=False)
        server.start()
        children = [server]
        try:
            database = await asyncio.to_thread(_prepare, folder, what)
            server.wait_for_port(addresses.temporal)
            return await _run(what, folder, database, children, show)
        finally:
            for child in reversed(children):
                await asyncio.to_thread(child.stop, 5)


def _prepare(folder: Folder, what: Play) -> Database:
    database = Database(folder.database_url)
    upgrade(database)
    now = real_now()
    with database.write() as connection:
        connection.execute(
            insert(clock).values(id=1, origin_real=now, origin_business=now, speed=_DAY_SECONDS / what.day)
        )
    return database


async def _run(what: Play, folder: Folder, database: Database, children: list[Child], show: Show) -> Report:
    runtime = await asyncio.to_thread(assemble, database)
    published = await asyncio.to_thread(
        publish_document,
        database,
        what.document,
        now=runtime.business_now(),
        who="wend play",
        new_journey=True,
    )

    def imported(done: int) -> None:
        show(f"reading contacts: {done:,}", Standing(), 0)

    await asyncio.to_thread(import_contacts, database, what.contacts, runtime.business_now(), segment=SEGMENT,
                            progress=imported)  # fmt: skip
    settings = folder.settings()
    client = await connect(settings)
    workers = crew(folder, environment(settings), bulk=what.bulk_workers)
    for worker in workers:
        worker.start()
        children.append(worker)
    for worker in workers:
        await asyncio.to_thread(worker.wait_for_line, READY)
    number = await asyncio.to_thread(_campaign, database, published, runtime)
    started = time.monotonic()
    crowd = Crowd(published.plan, what.chances, what.seed)
    stand = await _until_still(runtime, crowd, number, show)
    seconds = time.monotonic() - started
    show("counting", stand, 0)
    return await _report(database, client, number, stand, seconds)


def _campaign(database: Database, published: Published, runtime: Runtime) -> int:
    with database.write() as connection:
        return create_campaign(
            connection, published.journey, SEGMENT, now=runtime.business_now(), name="wend play"
        )


async def _until_still(runtime: Runtime, crowd: Crowd, number: int, show: Show) -> Standing:
    """Let the crowd act until everyone has entered and nobody moves, or rests for anything but an event to come."""
    counted = 0.0
    stand = Standing()
    while True:
        busy = await asyncio.to_thread(_act, runtime, crowd)
        if time.monotonic() - counted > _COUNT_SECONDS:
            stand, entered = await asyncio.to_thread(_count, runtime.database, number)
            counted = time.monotonic()
            show("running", stand, crowd.waiting)
            moving = stand.admitted + stand.moving
            nobody_wakes = stand.resting == 0 or (stand.resting == stand.sleepers and crowd.waiting == 0)
            if entered and moving == 0 and nobody_wakes and not busy:
                return stand
        if not busy:
            await asyncio.sleep(_LOOK_SECONDS)


def _act(runtime: Runtime, crowd: Crowd) -> bool:
    with runtime.database.read() as connection:
        noticed = crowd.notice(connection)
    acts = crowd.due(runtime.business_now())
    if acts:
        ingest(runtime, acts, runtime.now())
    return noticed > 0 or len(acts) > 0


def _count(database: Database, number: int) -> tuple[Standing, bool]:
    with database.read() as connection:
        state = connection.scalar(select(campaign.c.state).where(campaign.c.id == number))
        return standing(connection), state == "done"


async def _report(database: Database, client: Client, number: int, stand: Standing, seconds: float) -> Report:
    with database.read() as connection:
        cohorts = connection.scalars(select(cohort.c.id)).all()
        ends, passed, (sent, duplicates) = results(connection), edges(connection), messages(connection)
    workflows = [campaign_workflow(number), *(cohort_workflow(one) for one in cohorts)]
    actions = await count_actions(client, workflows)
    contacts = stand.ended + stand.resting + stand.parked
    return Report(
        contacts=contacts,
        ended=stand.ended,
        resting=stand.resting,
        parked=stand.parked,
        results=ends,
        edges=passed,
        messages=sent,
        duplicates=duplicates,
        temporal_actions_per_contact=round(actions / contacts, 5) if contacts else 0.0,
        seconds=round(seconds, 3),
    )
