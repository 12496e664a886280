"""Has anything been written? A cheap question, so that who waits for work can ask it often."""

import sqlite3

from sqlalchemy.engine import make_url

from engine.store.database import Database


class Watch:
    """Asks a database whether it has changed since it was last asked. Belongs to one thread.

    On SQLite it is the file's own version number, which every commit of another connection raises, read in
    microseconds. On PostgreSQL the answer is always yes: asking would cost as much as looking.
    """

    def __init__(self, database: Database) -> None:
        self._connection: sqlite3.Connection | None = None
        if database.is_sqlite:
            self._connection = sqlite3.connect(make_url(database.url).database or "", isolation_level=None)
        self._version = -1

    def changed(self) -> bool:
        """Whether somebody has committed something since the last call; yes at the first."""
        if self._connection is None:
            return True
        version = int(self._connection.execute("PRAGMA data_version").fetchone()[0])
        changed, self._version = version != self._version, version
        return changed

    def close(self) -> None:
        """Give back the connection."""
        if self._connection is not None:
            self._connection.close()
