"""Wend's tables in a new database."""

from __future__ import annotations

import threading
from contextlib import closing

from alembic import command

from engine.store.database import Database
from engine.store.migrate import HEAD, configuration
from engine.store.tables import METADATA

_ONE_AT_A_TIME = threading.Lock()
"""Alembic keeps its environment in a module, which threads share."""


def make_tables(url: str) -> None:
    """Make every table as the newest migration leaves them, and leave no connection behind."""
    with closing(Database(url)) as database:
        METADATA.create_all(database.engine)
        with _ONE_AT_A_TIME:
            command.stamp(configuration(database), HEAD)
