"""What a row measures on: a real Temporal server, a SQLite file of its own, worker processes; gone when it is done."""

import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import insert

from engine.enrolment.drafts import create_journey
from engine.enrolment.publishing import publish_document
from engine.enrolment.runtime import Published, Runtime, real_now
from engine.store.database import Database
from engine.store.migrate import upgrade
from engine.store.settings import Settings
from engine.store.tables import clock
from wend.stack.crew import BULK, READY, crew
from wend.stack.folder import Folder, environment
from wend.stack.processes import Child, python, temporal_server
from workers.assembly import assemble

_EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
_DAY_SECONDS = 86_400


class Place:
    """A database with Wend's tables and node catalog, in a folder of its own, and what works on it."""

    def __init__(self, path: Path, temporal_address: str, day: float) -> None:
        self.folder = Folder(path)
        self.folder.make()
        self.settings = Settings(self.folder.database_url, temporal_address, "default", False, None)
        self.database = Database(self.folder.database_url)
        upgrade(self.database)
        now = real_now()
        with self.database.write() as connection:
            connection.execute(
                insert(clock).values(id=1, origin_real=now, origin_business=now, speed=_DAY_SECONDS / day)
            )
        self.runtime: Runtime = assemble(self.database)
        self.children: list[Child] = []

    def publish(self, document: dict[str, Any]) -> Published:
        """Publish a journey here."""
        return publish_document(self.database, document, now=self.runtime.business_now(), who="bench")

    def draw(self, document: dict[str, Any]) -> int:
        """Have a journey here whose draft this is."""
        with self.database.write() as connection:
            draft = create_journey(connection, document, now=self.runtime.business_now(), who="bench")
        return draft.journey

    @property
    def environment(self) -> dict[str, str]:
        """What a process on this database is given."""
        return {**environment(self.settings), "PYTHONWARNINGS": "ignore"}

    def start(self, name: str, module: str, *arguments: str) -> Child:
        """Start a process on this database and wait until it says that it is ready."""
        child = python(name, module, *arguments, folder=self.folder, env=self.environment)
        self.children.append(child)
        child.start()
        child.wait_for_line(READY)
        return child

    def start_crew(self, bulk: int = BULK) -> list[Child]:
        """Start the worker processes of one machine, as `wend up` does; with `bulk` 0 a single one for everything."""
        if bulk == 0:
            return [self.start("worker", "workers", "--role", "all")]
        started = crew(self.folder, self.environment, bulk=bulk)
        for child in started:
            self.children.append(child)
            child.start()
            child.wait_for_line(READY)
        return started

    def close(self) -> None:
        """Stop its processes, the last one first."""
        while self.children:
            self.children.pop().stop(10)
        self.database.close()


class Stack:
    """A Temporal server that keeps its state in memory, and places to work on it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        folder = Folder(path)
        folder.make()
        port = folder.addresses().temporal
        self.temporal_address = f"127.0.0.1:{port}"
        self._server = temporal_server(folder, port, 0, file=False)
        self._server.start()
        self._server.wait_for_port(port)
        self.server_pid = self._server.pid

    @contextmanager
    def place(self, name: str, day: float = _DAY_SECONDS) -> Iterator[Place]:
        """A database of its own on this server; a day lasts `day` seconds."""
        made = Place(self._path / name, self.temporal_address, day)
        try:
            yield made
        finally:
            made.close()

    def close(self) -> None:
        """Stop the server."""
        self._server.stop(10)


@contextmanager
def running_stack() -> Iterator[Stack]:
    """A stack in a temporary folder."""
    with tempfile.TemporaryDirectory(prefix="wend-bench-") as place:
        stack = Stack(Path(place))
        try:
            yield stack
        finally:
            stack.close()


def example(name: str) -> dict[str, Any]:
    """The journey of an example."""
    document: dict[str, Any] = json.loads((_EXAMPLES / name / "journey.json").read_text())
    return document
