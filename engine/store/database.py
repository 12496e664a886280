"""The database: transactions on SQLite and PostgreSQL that mean the same.

A write on SQLite takes the file's one write lock at its start (`BEGIN IMMEDIATE`), so whatever it reads cannot change
under it. Writers of all processes first queue at a lock file: SQLite's own wait polls, and lets a busy writer starve
the others; the kernel's queue wakes them in turn, and frees the lock of a process that was killed.
"""

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import orjson
from sqlalchemy import Connection, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import QueuePool

from engine.store.crash import planned_crash

_CACHE_KB = 65_536
_PAGE_BYTES = 16_384
"""A leg writes a thousand rows that lie side by side: fewer and larger pages are a seventh less work than SQLite's own."""
_IN_THE_WAY = frozenset({"23505", "40001", "40P01"})
"""PostgreSQL's codes for a row that two transactions inserted, a lost serialisation, and a deadlock."""

T = TypeVar("T")


class Database:
    """A handle on one database. Threads may share it; processes each make their own."""

    def __init__(self, url: str, *, pool_size: int = 16) -> None:
        parsed = make_url(url)
        self.url = url
        self.is_sqlite = parsed.get_backend_name() == "sqlite"
        self._crash = planned_crash()
        self._lock_path: str | None = None
        # Errors never show parameters: they hold contacts, and errors are logged.
        if self.is_sqlite:
            if parsed.database and parsed.database != ":memory:":
                self._lock_path = os.path.abspath(parsed.database) + ".writers"
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
        if not self.is_sqlite:
            with self.engine.begin() as connection:
                yield connection
            return
        with self.engine.connect() as connection, self._turn():
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            try:
                yield connection
            except BaseException:
                connection.exec_driver_sql("ROLLBACK")
                raise
            connection.exec_driver_sql("COMMIT")

    def transact(self, work: Callable[[Connection], T], *, what: str = "", tries: int = 5) -> T:
        """Run `work` in a write transaction, and again from its beginning when another one was in the way: a deadlock,
        or a row that both inserted. Two writers never meet on SQLite. `what` names its crash points."""
        while True:
            tries -= 1
            try:
                with self.write(what) as connection:
                    return work(connection)
            except DBAPIError as error:
                if tries <= 0 or getattr(error.orig, "sqlstate", None) not in _IN_THE_WAY:
                    raise

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A transaction that only reads. On SQLite it sees one snapshot throughout."""
        if not self.is_sqlite:
            with self.engine.connect() as connection:
                yield connection
            return
        with self.engine.connect() as connection:
            connection.exec_driver_sql("BEGIN")
            try:
                yield connection
            finally:
                connection.exec_driver_sql("ROLLBACK")

    @contextmanager
    def _turn(self) -> Iterator[None]:
        if self._lock_path is None:
            yield
            return
        descriptor = os.open(self._lock_path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    def close(self) -> None:
        """Give back all connections."""
        self.engine.dispose()


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # transactions are begun and ended by hand, above
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA page_size={_PAGE_BYTES}")  # of a new file: before anything is written
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute(f"PRAGMA cache_size=-{_CACHE_KB}")
    cursor.execute("PRAGMA temp_store=MEMORY")
    cursor.execute("PRAGMA wal_autocheckpoint=4000")
    cursor.close()
