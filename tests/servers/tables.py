"""Wend's tables in a new database."""

from __future__ import annotations

from contextlib import closing

from alembic import command

from engine.store.database import Database
from engine.store.migrate import HEAD, configuration
from engine.store.tables import METADATA


def make_tables(url: str) -> None:
    """Make every table as the newest migration leaves them, and leave no connection behind."""
    with closing(Database(url)) as database:
        METADATA.create_all(database.engine)
        command.stamp(configuration(database), HEAD)
