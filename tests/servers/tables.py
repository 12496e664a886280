"""Wend's tables in a new database."""

from __future__ import annotations

from contextlib import closing

from engine.store.database import Database
from engine.store.tables import METADATA


def make_tables(url: str) -> None:
    """Make every table, and leave no connection behind."""
    with closing(Database(url)) as database:
        METADATA.create_all(database.engine)
