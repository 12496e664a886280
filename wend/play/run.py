"""A run of `wend play`: an ephemeral stack, everyone enters, the crowd acts, until nobody moves or rests."""

import asyncio
import shutil
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from sqlalchemy import insert, select
from temporalio.client import Client

from engine.audience.contact_import import ImportReport, LeftOut, import_contacts
from engine.enrolment.ingest import ingest
from engine.enrolment.plans import Published
from engine.enrolment.publishing import publish_document
from engine.enrolment.runtime import Runtime, real_now
from engine.store.database import Database
from engine.store.migrate import upgrade
from engine.store.settings import Settings
from engine.store.tables import clock, cohort
from wend.play.crowd import Chances, Crowd
from wend.play.entry import Beginning, ByCampaign, ByEvent, Entry, beginning
from wend.play.report import Report, Standing, count_actions, edges, messages, results, standing
from wend.stack.crew import BULK, READY, crew
from wend.stack.folder import ANYWHERE, Folder, environment
from wend.stack.processes import Child, DidNotStart, temporal_server
from workers.assembly import assemble
from workers.connection import NoTemporal, connect
from workers.names import cohort_workflow

_DAY_SECONDS = 86_400
_LOOK_SECONDS = 0.2
_COUNT_SECONDS = 1.0
_START_SECONDS = 60
SEGMENT = "everyone"

Show = Callable[[str, Standing, int], None]
"""Called now and then with what is under way, how many stand where, and the crowd's acts to come."""


class ChildEnded(RuntimeError):
    """A process of the stack ended in the middle of a run. Read its log."""


class NobodyThere(ValueError):
    """The file has no row that could be taken. Correct it where the report says."""


@dataclass(frozen=True, slots=True)
class Play:
    """What to run. `day` is how many seconds a day lasts; `bulk_workers` how many processes share its legs."""

    document: dict[str, object]
    contacts: Path
    day: float = 20.0
    chances: Chances = field(default_factory=Chances)
    seed: int = 1
    bulk_workers: int = BULK


@dataclass(frozen=True, slots=True)
class Watcher:
    """Who hears of a run: `show` of how it stands, `imported` of the file once it is read, `left_out` of its bad rows."""

    show: Show
    imported: Callable[[ImportReport], None]
    left_out: LeftOut


async def play(what: Play, watcher: Watcher) -> Report:
    """Run it, and report. The stack is its own, whatever the environment says, and all its state is gone afterwards; where
    a process of it failed, the logs are kept, and the error says where."""
    with tempfile.TemporaryDirectory(prefix="wend-play-") as place:
        folder = Folder(Path(place))
        folder.make()
        addresses = folder.addresses(usual=ANYWHERE)
        children: list[Child] = []
        try:
            runtime = await asyncio.to_thread(_prepare, folder, what)
            ready = await asyncio.to_thread(_furnish, runtime, what, watcher)
            watcher.show("starting Temporal", Standing(), 0)
            server = await asyncio.to_thread(
                temporal_server, folder, addresses.temporal, 0, file=False,
                tell=lambda words: watcher.show(words, Standing(), 0),
            )  # fmt: skip
            children.append(server)
            # In this thread: a process is gone with the thread that started it.
            server.come_up(partial(server.wait_for_port, addresses.temporal))
            return await _run(folder, runtime, ready, what, children, watcher.show)
        except (ChildEnded, DidNotStart, NoTemporal) as failed:
            raise type(failed)(f"{failed} The logs are kept in {_keep_logs(folder)}.") from None
        finally:
            for child in reversed(children):
                await asyncio.to_thread(child.stop, 5)


def _keep_logs(folder: Folder) -> Path:
    kept = Path(tempfile.mkdtemp(prefix="wend-play-logs-"))
    for log in folder.path.glob("*.log"):
        shutil.copy(log, kept)
    return kept


def _prepare(folder: Folder, what: Play) -> Runtime:
    database = Database(folder.database_url)
    upgrade(database)
    now = real_now()
    with database.write() as connection:
        connection.execute(
            insert(clock).values(id=1, origin_real=now, origin_business=now, speed=_DAY_SECONDS / what.day)
        )
    return assemble(database)


@dataclass(frozen=True, slots=True)
class _Ready:
    """A published journey, and the people who are to enter it in one way or the other."""

    published: Published
    begin: Beginning | None


def _furnish(runtime: Runtime, what: Play, watcher: Watcher) -> _Ready:
    """Publish the journey and read the file. What keeps them from being played is said here, before anything starts."""
    published = publish_document(
        runtime.database, what.document, now=runtime.business_now(), who="wend play", new_journey=True
    )
    begin = beginning(published)
    report = import_contacts(
        runtime.database, what.contacts, runtime.business_now(), segment=SEGMENT,
        progress=lambda done: watcher.show(f"reading contacts: {done:,}", Standing(), 0),
        left_out=watcher.left_out,
    )  # fmt: skip
    watcher.imported(report)
    if not report.accepted:
        raise NobodyThere(
            f"{what.contacts.name} has no row that could be taken. Correct it, and play it again."
        )
    return _Ready(published, begin)


async def _run(
    folder: Folder, runtime: Runtime, ready: _Ready, what: Play, children: list[Child], show: Show
) -> Report:
    settings = folder.own_settings()
    client = await _connected(settings, children)
    workers = crew(folder, environment(settings), bulk=what.bulk_workers)
    for worker in workers:
        worker.start()
        children.append(worker)
    for worker in workers:
        await asyncio.to_thread(worker.wait_for_line, READY)
    entry = await asyncio.to_thread(_entry, runtime, ready)
    started = time.monotonic()
    crowd = Crowd(ready.published.plan, what.chances, what.seed)
    stand = await _until_still(_Stage(runtime, crowd, entry, children), show)
    seconds = time.monotonic() - started
    show("counting", stand, 0)
    return await _report(runtime.database, client, entry, stand, seconds)


async def _connected(settings: Settings, children: Sequence[Child]) -> Client:
    """A client, as soon as the server that listens answers too."""
    limit = time.monotonic() + _START_SECONDS
    while True:
        try:
            return await connect(settings)
        except NoTemporal:
            _look_after(children)
            if time.monotonic() > limit:
                raise
        await asyncio.sleep(_LOOK_SECONDS)


def _look_after(children: Sequence[Child]) -> None:
    """ChildEnded where a process ended by itself: without it nothing goes on."""
    for child in children:
        code = child.exit_code()
        if code is not None:
            raise ChildEnded(
                f"{child.name} ended in the middle of the run (code {code}): {child.last_words()}. "
                "Look into its log, and play again."
            )


def _entry(runtime: Runtime, ready: _Ready) -> Entry:
    if ready.begin is None:
        return ByCampaign(runtime, ready.published, SEGMENT)
    return ByEvent(runtime, ready.begin, SEGMENT)


@dataclass(frozen=True, slots=True)
class _Stage:
    """All who act in a run."""

    runtime: Runtime
    crowd: Crowd
    entry: Entry
    children: Sequence[Child]

    def act(self) -> bool:
        """Let whoever is due act. Whether anything happened."""
        began = self.entry.turn()
        with self.runtime.database.read() as connection:
            noticed = self.crowd.notice(connection)
        acts = self.crowd.due(self.runtime.business_now())
        if acts:
            ingest(self.runtime, acts, self.runtime.now())
        return began or noticed > 0 or len(acts) > 0

    def count(self) -> tuple[Standing, bool]:
        """Who stands where, and whether everyone has entered who ever will."""
        with self.runtime.database.read() as connection:
            return standing(connection), self.entry.over(connection)


async def _until_still(stage: _Stage, show: Show) -> Standing:
    """Let the crowd act until everyone has entered and nobody moves, or rests for anything but an event to come."""
    counted = 0.0
    while True:
        _look_after(stage.children)
        busy = await asyncio.to_thread(stage.act)
        if time.monotonic() - counted > _COUNT_SECONDS:
            stand, entered = await asyncio.to_thread(stage.count)
            counted = time.monotonic()
            to_come = stage.crowd.waiting
            show("running", stand, to_come)
            moving = stand.admitted + stand.moving
            nobody_wakes = stand.resting == 0 or (stand.resting == stand.sleepers and to_come == 0)
            if entered and moving == 0 and nobody_wakes and not busy:
                return stand
        if not busy:
            await asyncio.sleep(_LOOK_SECONDS)


async def _report(
    database: Database, client: Client, entry: Entry, stand: Standing, seconds: float
) -> Report:
    with database.read() as connection:
        cohorts = connection.scalars(select(cohort.c.id)).all()
        ends, passed, (sent, duplicates) = results(connection), edges(connection), messages(connection)
    workflows = [*entry.workflows, *(cohort_workflow(one) for one in cohorts)]
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
