"""The databases that chaos runs on: SQLite files in the folders of places, or databases of a PostgreSQL server.

What places begin with is made once, and copied.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Protocol

from sqlalchemy import create_engine, insert, make_url, select

from engine.store.database import Database
from engine.store.tables import METADATA
from tests.servers.postgresql import PostgreSQL, running_postgresql

SQLITE, POSTGRESQL = "sqlite", "postgresql"
_CONNECTIONS = 500
_PAGE = 500


class Databases(Protocol):
    """Where databases are made. Threads may share it."""

    server: PostgreSQL | None
    """The server that may be harmed; None where there is none."""

    def new(self, name: str) -> str:
        """The address of an empty database of this name."""

    def copy(self, url: str, folder: Path) -> str:
        """The address of a copy for the place that lives in this folder."""

    def keep(self, url: str, folder: Path) -> None:
        """Leave what the database holds in the folder, as `wend.db`, for whoever looks into a failure."""


class Files:
    """SQLite files."""

    def __init__(self, folder: Path) -> None:
        self.server: PostgreSQL | None = None
        self._folder = folder

    def new(self, name: str) -> str:
        """A file beside the places."""
        return f"sqlite:///{self._folder / name}.db"

    def copy(self, url: str, folder: Path) -> str:
        """A file in the place's folder."""
        return f"sqlite:///{shutil.copy(make_url(url).database or '', folder / 'wend.db')}"

    def keep(self, url: str, folder: Path) -> None:
        """It lies there."""


class Server:
    """Databases of one PostgreSQL server."""

    def __init__(self, server: PostgreSQL) -> None:
        self.server: PostgreSQL | None = server
        self._server = server

    def new(self, name: str) -> str:
        """An empty one on the server."""
        return self._server.create(name)

    def copy(self, url: str, folder: Path) -> str:
        """One that has the name of the place."""
        return self._server.create(folder.name, make_url(url).database or "")

    def keep(self, url: str, folder: Path) -> None:
        """Every row, in an SQLite file: the server and its data end with the test."""
        kept = create_engine(f"sqlite:///{folder / 'wend.db'}")
        METADATA.create_all(kept)
        with closing(Database(url)) as database, database.read() as source, kept.begin() as target:
            for table in METADATA.sorted_tables:
                rows = source.execute(select(table)).mappings()
                for page in rows.partitions(_PAGE):
                    target.execute(insert(table), [dict(row) for row in page])
        kept.dispose()


@contextmanager
def databases(kind: str, folder: Path) -> Iterator[Databases]:
    """Where databases of this kind are made; a server of its own ends with the block."""
    if kind == SQLITE:
        yield Files(folder)
        return
    with running_postgresql(durable=True, connections=_CONNECTIONS) as server:
        yield Server(server)
