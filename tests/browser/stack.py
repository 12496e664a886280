"""The whole of Wend in processes, as `wend up` starts them: a Temporal server, workers, the API with the built designer.

A day lasts twelve seconds, so that journeys of days end while one looks on. The workers know a package of nodes of which
neither the API nor the designer have ever heard.
"""

from __future__ import annotations

import json
import shutil
import tomllib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict
from pathlib import Path

from sqlalchemy import insert

from engine.enrolment.runtime import real_now
from engine.store.database import Database
from engine.store.migrate import upgrade
from engine.store.tables import clock
from wend.stack.crew import READY, crew
from wend.stack.folder import Addresses, Folder, environment
from wend.stack.processes import Child, python, temporal_server

HOUSE = Path(__file__).resolve().parents[2]
DESIGNER = HOUSE / "designer" / "dist" / "index.html"
PACKAGE = HOUSE / "tests" / "packages" / "loyalty"
DAY_SECONDS = 12.0
_DAY = 86_400
_START_SECONDS = 120


class Stack:
    """A running installation in a folder."""

    def __init__(self, path: Path, day: float = DAY_SECONDS) -> None:
        if not DESIGNER.exists():
            raise FileNotFoundError("The designer is not built. Run `make setup`.")
        self.folder = Folder(path)
        self.folder.make()
        # Not the usual ports: whoever runs the tests may have Wend up beside them.
        (path / "stack.json").write_text(json.dumps(asdict(Addresses(0, 0, 0))))
        self.addresses = self.folder.addresses()
        self._begin(day)
        settings = self.folder.settings()
        env = environment(settings)
        self._temporal = temporal_server(self.folder, self.addresses.temporal, 0, file=False)
        self._workers = crew(self.folder, {**env, "PYTHONPATH": _installed(path / "packages")})
        self._api = python("api", "api", "--port", str(self.addresses.api), folder=self.folder, env=env)

    @property
    def address(self) -> str:
        """Where the designer is served."""
        return f"http://127.0.0.1:{self.addresses.api}"

    def start(self) -> None:
        """Start everything, and wait until it works."""
        self._temporal.start()
        self._temporal.wait_for_port(self.addresses.temporal, _START_SECONDS)
        for child in (*self._workers, self._api):
            child.start()
        for worker in self._workers:
            worker.wait_for_line(READY, _START_SECONDS)
        self._api.wait_for_port(self.addresses.api, _START_SECONDS)

    def kill_api(self) -> None:
        """End the API as a power cut would."""
        self._api.kill()

    def start_api(self) -> None:
        """Start the API again, at the same address."""
        self._api.start()
        self._api.wait_for_port(self.addresses.api, _START_SECONDS)

    @contextmanager
    def outage(self) -> Iterator[None]:
        """A block in which the API is dead, whatever happens in it: the next tests find it alive."""
        self.kill_api()
        try:
            yield
        finally:
            self.start_api()

    def stop(self) -> None:
        """Stop everything, the Temporal server last."""
        for child in (self._api, *self._workers, self._temporal):
            child.stop(10)

    def logs(self) -> str:
        """The last lines of every process's log, for whoever reads a failure."""
        parts = []
        for child in self._children():
            lines = child.log.read_text(errors="replace").splitlines()[-15:] if child.log.exists() else []
            parts.append("\n".join([f"--- {child.log.name}", *lines]))
        return "\n".join(parts)

    def _children(self) -> list[Child]:
        return [self._temporal, *self._workers, self._api]

    def _begin(self, day: float) -> None:
        with closing(Database(self.folder.database_url)) as database:
            upgrade(database)
            now = real_now()
            with database.write() as connection:
                connection.execute(
                    insert(clock).values(id=1, origin_real=now, origin_business=now, speed=_DAY / day)
                )


@contextmanager
def running(path: Path, day: float = DAY_SECONDS) -> Iterator[Stack]:
    """A stack in this folder, until the block ends."""
    stack = Stack(path, day)
    try:
        stack.start()
        yield stack
    finally:
        stack.stop()


def _installed(path: Path) -> str:
    """The package of nodes as an installer would leave it, importable from here: what to put on the path."""
    shutil.copytree(PACKAGE, path)
    project = tomllib.loads((PACKAGE / "pyproject.toml").read_text())["project"]
    metadata = path / f"{project['name']}-{project['version']}.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n"
    )
    points = project["entry-points"]["wend.nodes"].items()
    announced = [f"{name} = {module}" for name, module in points]
    (metadata / "entry_points.txt").write_text("\n".join(["[wend.nodes]", *announced, ""]))
    return str(path)
