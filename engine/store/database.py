"""The database: transactions on SQLite and PostgreSQL that mean the same.

A write on SQLite takes the file's one write lock at its start (`BEGIN IMMEDIATE`), so whatever it reads cannot change
under it. Writers of all processes first queue at a lock file: SQLite's own wait polls, and lets a busy writer starve
the others; the kernel's queue wakes them in turn, and frees the lock of a process that was killed.

A thread holds at most one connection, and none while it queues: what is read within a transaction is read through it. So
however many threads there are, nobody who has a connection waits for somebody who wants one.
"""

import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import orjson
from sqlalchemy import Connection, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import QueuePool

from engine.store.crash import planned_crash
from engine.store.failures import IN_THE_WAY, checked_url, hide_data
from engine.store.writers import Writers

_CACHE_KB = 65_536
_PAGE_BYTES = 16_384
"""A leg writes a thousand rows that lie side by side: fewer and larger pages are a seventh less work than SQLite's own."""
_LOG_PAGES = 4_000

T = TypeVar("T")


class NestedWrite(RuntimeError):
    """A write was begun within a transaction of the same thread. Pass that transaction's connection on instead."""


class _Mine(threading.local):
    """The transaction that this thread is in, and since when (monotonic seconds)."""

    connection: Connection | None = None
    since: float = 0.0


class Database:
    """A handle on one database. Threads may share it; processes each make their own.

    BadDatabaseUrl for an address that is none.
    """

    def __init__(self, url: str, *, pool_size: int = 16) -> None:
        checked_url(url)
        parsed = make_url(url)
        self.url = url
        self.is_sqlite = parsed.get_backend_name() == "sqlite"
        self._crash = planned_crash()
        self._mine = _Mine()
        self._writers: Writers | None = None
        # Errors never show parameters: they hold contacts, and errors are logged.
        if self.is_sqlite:
            file = parsed.database if parsed.database != ":memory:" else None
            self._writers = Writers(os.path.abspath(file) + ".writers" if file else None)
            self.engine = create_engine(
                parsed,
                poolclass=QueuePool,
                pool_size=pool_size,
                max_overflow=16,
                connect_args={"timeout": 60},
                hide_parameters=True,
                json_deserializer=orjson.loads,
            )
            event.listen(self.engine, "connect", _prepare_sqlite)
        else:
            if parsed.drivername == "postgresql":
                parsed = parsed.set(drivername="postgresql+psycopg")
            self.engine = create_engine(
                parsed,
                pool_size=pool_size,
                max_overflow=16,
                pool_pre_ping=True,
                hide_parameters=True,
                json_deserializer=orjson.loads,
            )
        event.listen(self.engine, "handle_error", hide_data)

    @contextmanager
    def write(self, what: str = "") -> Iterator[Connection]:
        """A transaction that may write: committed at the end, rolled back on an error. `what` names its crash points."""
        with self._transaction() as connection:
            yield connection
            if self._crash is not None:
                self._crash.passes(f"before {what}")
        if self._crash is not None:
            self._crash.passes(f"after {what}")

    @contextmanager
    def _transaction(self) -> Iterator[Connection]:
        if self._mine.connection is not None:
            raise NestedWrite(
                "A write was begun within a transaction of the same thread. Pass that transaction's connection on."
            )
        if self._writers is None:
            with self.engine.begin() as connection, self._holding(connection):
                yield connection
            return
        # First the turn, then the connection: those who queue leave the connections to those who read.
        with self._writers.turn(), self.engine.connect() as connection:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            try:
                with self._holding(connection):
                    yield connection
            except BaseException:
                connection.exec_driver_sql("ROLLBACK")
                raise
            connection.exec_driver_sql("COMMIT")

    @contextmanager
    def _holding(self, connection: Connection) -> Iterator[None]:
        self._mine.connection, self._mine.since = connection, time.monotonic()
        try:
            yield
        finally:
            self._mine.connection = None

    def transact(self, work: Callable[[Connection], T], *, what: str = "", tries: int = 5) -> T:
        """Run `work` in a write transaction, and again from its beginning when another one was in the way: a deadlock,
        or a row that both inserted. Two writers never meet on SQLite. `what` names its crash points."""
        while True:
            tries -= 1
            try:
                with self.write(what) as connection:
                    return work(connection)
            except DBAPIError as error:
                if tries <= 0 or getattr(error.orig, "sqlstate", None) not in IN_THE_WAY:
                    raise

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A transaction that only reads. On SQLite it sees one snapshot throughout. Within another transaction of this
        thread it is a part of that one."""
        if self._mine.connection is not None:
            yield self._mine.connection
            return
        with self.engine.connect() as connection, self._holding(connection):
            if not self.is_sqlite:
                yield connection
                return
            connection.exec_driver_sql("BEGIN")
            try:
                yield connection
            finally:
                connection.exec_driver_sql("ROLLBACK")

    def seen_at(self) -> float:
        """How old what this thread reads now may be: since when its transaction lasts, else the present; monotonic seconds."""
        return time.monotonic() if self._mine.connection is None else self._mine.since

    def close(self) -> None:
        """Give back all connections."""
        self.engine.dispose()
        if self._writers is not None:
            self._writers.close()


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # transactions are begun and ended by hand, above
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA page_size={_PAGE_BYTES}")  # of a new file: before anything is written
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute(f"PRAGMA cache_size=-{_CACHE_KB}")
    cursor.execute("PRAGMA temp_store=MEMORY")
    cursor.execute(f"PRAGMA wal_autocheckpoint={_LOG_PAGES}")
    cursor.close()
