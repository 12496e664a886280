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
        self._file = make_url(database.url).database or "" if database.is_sqlite else None
        self._connection: sqlite3.Connection | None = None
        self._version = -1

    def changed(self) -> bool:
        """Whether somebody has committed something since the last call; yes at the first, and when the file cannot be
        asked: then it is opened anew for the next call."""
        if self._file is None:
            return True
        try:
            if self._connection is None:
                self._connection = sqlite3.connect(self._file, isolation_level=None)
            version = int(self._connection.execute("PRAGMA data_version").fetchone()[0])
        except sqlite3.Error:
            self.close()
            return True
        changed, self._version = version != self._version, version
        return changed

    def close(self) -> None:
        """Give back the connection."""
        if self._connection is not None:
            self._connection.close()
        self._connection, self._version = None, -1
