"""The real stack in processes that can be killed: a Temporal server, and installations of Wend that share it.

Each installation (a `Place`) has a folder, a database and a Temporal namespace of its own, so that several live beside
each other. Whatever happens to its processes is written into `chaos.log` in its folder.
"""

from __future__ import annotations

import signal
import socket
import threading
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, and_, func, insert, or_, select, update

from engine.audience.contacts import upsert_contacts
from engine.audience.profile import Profile
from engine.audience.segments import create_segment
from engine.delivery.accounts import SANDBOX
from engine.enrolment.campaign import How, create_campaign
from engine.enrolment.publishing import publish_document
from engine.enrolment.runtime import real_now
from engine.store.clock import Clock
from engine.store.database import Database
from engine.store.settings import Settings
from engine.store.tables import account, campaign, clock, enrolment
from tests.chaos.databases import Databases
from tests.chaos.nursery import Nursery
from tests.servers.tables import make_tables
from wend.stack.folder import Folder
from wend.stack.processes import Child, temporal_server
from workers.assembly import prepare

JOINED = "Account Created"
"""The event by which those enter who are in no segment."""
_LOOK_SECONDS = 0.1
_START_SECONDS = 90.0
_DAY_SECONDS = 86_400
_FAR_MS = 600_000
"""Nobody rests for as long in real time, save for a provider's word."""
_FIRST = ("Ada", "Bruno", "Carla", "Dario", "Elena", "Franco", "Giulia", "Hugo")


class ChaosTooLong(AssertionError):
    """Something did not happen in time. The folder that the message names holds the logs."""


def wait_for(what: str, ready: Callable[[], bool], seconds: float, folder: Path) -> None:
    """Wait until it is ready. ChaosTooLong where it takes longer than so many seconds."""
    pause = threading.Event()
    limit = time.monotonic() + seconds
    while not ready():
        if time.monotonic() > limit:
            raise ChaosTooLong(f"After {seconds:.0f} s there is still no {what}. See {folder}.")
        pause.wait(_LOOK_SECONDS)


# ------------------------------------------------------------------------------------------------ what all begin with


@dataclass(frozen=True)
class Scenery:
    """A database with a published journey and contacts in segments, which places are copies of."""

    url: str
    journey: int
    contacts: int


def make_scenery(
    url: str, document: Mapping[str, Any], segments: Mapping[str, int], more: int = 0,
    behaviour: Mapping[str, Mapping[str, Any]] | None = None,
) -> Scenery:  # fmt: skip
    """Publish the journey; make segments of so many contacts each, and `more` contacts who are in none. `behaviour` tells
    the sandbox account of a channel how to fail."""
    make_tables(url)
    database = Database(url)
    prepare(database)
    published = publish_document(database, document, now=real_now(), who="chaos")
    now = real_now()
    made = 0
    for name, size in [*segments.items(), ("", more)]:
        people = [_person(number) for number in range(made, made + size)]
        with database.write() as connection:
            ids = upsert_contacts(connection, people, now)
            if name:
                create_segment(connection, name, now=now, contacts=ids)
        made += size
    with database.write() as connection:
        for channel, fails in (behaviour or {}).items():
            connection.execute(
                update(account).where(account.c.name == SANDBOX[channel]).values(behaviour=dict(fails))
            )
    database.close()
    return Scenery(url, published.journey, made)


def _person(number: int) -> Profile:
    return Profile.of(
        {"push_token": f"token-{number}"}, external_id=f"c{number}", email=f"c{number}@example.com",
        phone=f"+1555{number:07d}", first_name=_FIRST[number % len(_FIRST)],
    )  # fmt: skip


# ------------------------------------------------------------------------------------------------ processes


@dataclass
class Process:
    """One process of a place: what it is, and its present life. `since` is where that life's log begins."""

    name: str
    module: str
    arguments: tuple[str, ...]
    log: Path
    pid: int | None = None
    since: int = 0
    lives: int = 0
    deaths: list[str] = field(default_factory=list)
    """The crash points at which its next lives end, in order."""
    doomed: bool = False
    """Whether its present life ends at one."""


class Place:
    """One installation. Its methods may be called from the thread that made it alone."""

    def __init__(self, stack: Stack, name: str, scenery: Scenery, databases: Databases, day: float) -> None:
        self.folder = Folder(stack.path / name)
        self.folder.make()
        self.path = self.folder.path
        self.scenery = scenery
        self.databases = databases
        self.api_port = free_port()
        self._stack = stack
        self._begin = time.monotonic()
        url = databases.copy(scenery.url, self.path)
        self.settings = Settings(url, stack.address, name, False, None)
        self.line = ""
        """The address by which its processes reach the database, where it is not the database's own."""
        self.database = Database(self.settings.database_url)
        now = real_now()
        self.clock = Clock(now, now, _DAY_SECONDS / day)
        with self.database.write() as connection:
            connection.execute(
                insert(clock).values(id=1, origin_real=now, origin_business=now, speed=self.clock.speed)
            )
        self.processes: dict[str, Process] = {}
        self.expected = scenery.contacts

    def now(self) -> int:
        """The present business instant."""
        return self.clock.business(real_now())

    @contextmanager
    def look(self) -> Iterator[Connection]:
        """A transaction that reads one snapshot throughout, on either database."""
        if self.database.is_sqlite:
            with self.database.read() as connection:
                yield connection
            return
        with self.database.engine.connect().execution_options(
            isolation_level="REPEATABLE READ"
        ) as connection:
            yield connection

    def tell(self, text: str) -> None:
        """Write into the log of the chaos."""
        with (self.path / "chaos.log").open("a") as log:
            log.write(f"{time.monotonic() - self._begin:8.2f}  {text}\n")

    # ------------------------------------------------------------------------------------------- lives and deaths

    def add(self, name: str, module: str, *arguments: str) -> None:
        """Have a process of this name, not started yet."""
        self.processes[name] = Process(name, module, arguments, self.folder.log(name))

    def add_worker(self, name: str, role: str) -> None:
        """Have a worker process with this role."""
        self.add(name, "workers", "--role", role)

    def add_readers(
        self,
        opens: float,
        buys: float = 0.0,
        *,
        seed: int = 1,
        join: bool = False,
        api: bool = False,
        name: str = "readers",
    ) -> None:
        """Have the crowd. `join`: whoever is in no segment enters by an event; `api`: it uses the API where it can."""
        options = ["--seed", str(seed), "--opens", str(opens), "--buys", str(buys)]
        if join:
            options += ["--join", JOINED]
        if api:
            self.add("api", "api", "--port", str(self.api_port))
            options += ["--api", str(self.api_port)]
        self.add(name, "tests.chaos.readers", *options)

    def doom(self, name: str, *deaths: str) -> None:
        """Let its next lives end at these crash points."""
        self.processes[name].deaths += deaths

    def start(self, name: str) -> None:
        """Start it, or start it again. Does not wait until it is ready."""
        process = self.processes[name]
        crash = process.deaths.pop(0) if process.deaths else ""
        process.since = process.log.stat().st_size if process.log.exists() else 0
        env = {
            "WEND_DATABASE_URL": self.line or self.settings.database_url,
            "WEND_TEMPORAL_ADDRESS": self.settings.temporal_address,
            "WEND_TEMPORAL_NAMESPACE": self.settings.temporal_namespace,
            "WEND_CRASH": crash,
        }
        process.pid = self._stack.nursery.start(process.module, *process.arguments, env=env, log=process.log)
        process.lives += 1
        process.doomed = crash != ""
        self.tell(f"{name} starts" + (f", to die {crash}" if crash else ""))

    def start_all(self) -> None:
        """Start every process, and wait until all are ready."""
        for name in self.processes:
            self.start(name)
        for name in self.processes:
            self.wait_ready(name)

    def wait_ready(self, name: str) -> None:
        """Wait until it can work, or has died as it was told to."""
        wait_for(
            f"word from {name} that it is ready",
            lambda: self.is_ready(name) or self.exit_code(name) == -signal.SIGKILL,
            _START_SECONDS,
            self.path,
        )

    def is_ready(self, name: str) -> bool:
        """Whether its present life has begun to work."""
        process = self.processes[name]
        if process.module == "api":
            return listens(self.api_port)
        return process.log.exists() and b"ready\n" in process.log.read_bytes()[process.since :]

    def exit_code(self, name: str) -> int | None:
        """How its present life ended; None while it lives."""
        pid = self.processes[name].pid
        return None if pid is None else self._stack.nursery.exit_code(pid)

    def strike(self, name: str, number: signal.Signals = signal.SIGKILL) -> None:
        """Send it a signal, and wait for its death if that kills."""
        process = self.processes[name]
        if process.pid is None or self.exit_code(name) is not None:
            return
        self.tell(f"{name} gets {number.name}")
        self._stack.nursery.signal(process.pid, number)
        if number == signal.SIGKILL:
            wait_for(f"death of {name}", lambda: self.exit_code(name) is not None, 30, self.path)

    def live_on(self, seconds: float, *, doubts: bool = False) -> None:
        """Start again whoever dies, until all planned deaths were died and nobody moves or rests; with `doubts`, save for
        the word of a provider. ChaosTooLong where that takes longer."""

        def over() -> bool:
            self.revive()
            return not any(process.doomed for process in self.processes.values()) and self.is_still(
                doubts=doubts
            )

        wait_for("stillness", over, seconds, self.path)
        self.tell(f"over: {self.places()}")

    def revive(self, down: Collection[str] = ()) -> None:
        """Start again whoever has ended, as a supervisor does; those who are `down` shall stay so."""
        for name, process in self.processes.items():
            code = None if process.pid is None or name in down else self.exit_code(name)
            if code is not None:
                self.tell(f"{name} ended with {code}")
                self.start(name)

    def close(self) -> None:
        """End every process."""
        for name in self.processes:
            self.strike(name)
        self.database.close()

    def work_twice(self, work: str, death: str) -> None:
        """Let work that is done in one go begin, die at a crash point, and begin again; both to their end."""
        self.add("office", "tests.chaos.office", work)
        self.doom("office", death)
        for code in (-signal.SIGKILL, 0):
            self.start("office")
            wait_for(
                f"end of {work}", lambda: self.exit_code("office") is not None, _START_SECONDS, self.path
            )
            assert self.exit_code("office") == code
        del self.processes["office"]

    # ------------------------------------------------------------------------------------------- what runs

    def campaign(self, segment: str, after_seconds: float = 0.0) -> int:
        """Plan a campaign that starts so many real seconds from now."""
        starts_at = self.clock.business(real_now() + round(after_seconds * 1000)) if after_seconds else None
        with self.database.write() as connection:
            return create_campaign(
                connection,
                self.scenery.journey,
                segment,
                now=self.now(),
                name=segment,
                how=How(starts_at=starts_at),
            )

    def is_still(self, *, doubts: bool = False) -> bool:
        """Whether everyone has entered and nobody moves or rests, all of it in one snapshot. With `doubts` those may rest
        who wait for the word of a provider that is never asked again: it comes within an hour, or not at all."""
        tests: list[ColumnElement[bool]] = [enrolment.c.place.in_(["admitted", "moving", "resting"])]
        if doubts:
            tests.append(~self.in_doubt())
        with self.look() as connection:
            return (
                not _count(connection, enrolment, *tests)
                and not _count(connection, campaign, campaign.c.state.not_in(["done", "cancelled"]))
                and _count(connection, enrolment, enrolment.c.root.is_(None)) >= self.expected
            )

    def in_doubt(self) -> ColumnElement[bool]:
        """Whether an enrolment rests for a provider's word, or for its strands, of which one does."""
        far = self.clock.business(real_now() + _FAR_MS)
        silent = and_(enrolment.c.reason == "again", enrolment.c.wake_at > far)
        return and_(enrolment.c.place == "resting", or_(silent, enrolment.c.reason == "strands"))

    def count(self, *tests: ColumnElement[bool]) -> int:
        """How many enrolments and strands there are of which this is true."""
        with self.database.read() as connection:
            return _count(connection, enrolment, *tests)

    def places(self) -> str:
        """Where everybody stands, in words."""
        with self.database.read() as connection:
            rows = connection.execute(
                select(enrolment.c.place, enrolment.c.position, enrolment.c.reason, func.count()).group_by(
                    enrolment.c.place, enrolment.c.position, enrolment.c.reason
                )
            ).all()
        return "; ".join(
            f"{count} {place} at {position} ({reason})" for place, position, reason, count in rows
        )


def _count(connection: Connection, table: Table, *tests: ColumnElement[bool]) -> int:
    return connection.scalar(select(func.count()).select_from(table).where(*tests)) or 0


class Stack:
    """A Temporal server whose state survives its death, and places on it. It ends with the thread that starts it."""

    def __init__(self, path: Path, namespaces: Sequence[str], nursery: Nursery) -> None:
        self.path = path
        self.nursery = nursery
        folder = Folder(path)
        folder.make()
        self._port = free_port()
        self.address = f"127.0.0.1:{self._port}"
        self._server: Child = temporal_server(folder, self._port, 0)
        for name in namespaces:
            self._server.command += ["--namespace", name]
        self._server.start()
        self._server.wait_for_port(self._port, _START_SECONDS)

    @contextmanager
    def place(self, name: str, scenery: Scenery, databases: Databases, day: float) -> Iterator[Place]:
        """An installation in the namespace of this name; its processes end with the block."""
        made = Place(self, name, scenery, databases, day)
        try:
            yield made
        finally:
            made.close()

    def kill_temporal(self, *, forgets: bool = False) -> None:
        """End the server as a power cut would; or with all that it knew, as a broken disk would."""
        self._server.kill()
        if forgets:
            for file in self.path.glob("temporal.db*"):
                file.unlink()

    def start_temporal(self) -> None:
        """Start it again on its state, and wait until it listens."""
        self._server.start()
        self._server.wait_for_port(self._port, _START_SECONDS)

    def close(self) -> None:
        """End the server. The processes end with their places."""
        self._server.stop(10)


def listens(port: int) -> bool:
    """Whether somebody listens on this port of the machine."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=0.2):
            return True
    except OSError:
        return False


def free_port() -> int:
    """A port on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
