"""The databases that the store tier runs on are real, separate and empty."""

from __future__ import annotations

import pytest
from sqlalchemy import create_engine, inspect, text
from sqlalchemy.pool import NullPool

from engine.store.database import Database
from engine.store.tables import METADATA


def test_an_empty_database_has_no_tables(empty_database_url: str) -> None:
    """A migration test starts from nothing."""
    engine = create_engine(empty_database_url, poolclass=NullPool)

    with engine.connect() as connection:
        tables = inspect(connection).get_table_names()

    assert tables == []


@pytest.mark.parametrize("turn", ["first", "second"])
def test_a_database_has_the_tables_and_no_test_sees_that_of_another(database: Database, turn: str) -> None:
    """Two tests that make the same table do not meet, and each finds every table of Wend."""
    with database.write() as connection:
        tables = set(inspect(connection).get_table_names())
        connection.execute(text("CREATE TABLE mine (turn TEXT)"))
        connection.execute(text("INSERT INTO mine VALUES (:turn)"), {"turn": turn})
    with database.read() as connection:
        turns = connection.execute(text("SELECT turn FROM mine")).scalars().all()

    assert tables >= set(METADATA.tables)
    assert turns == [turn]


def test_each_fixture_opens_the_database_of_its_name(sqlite: Database, postgresql: Database) -> None:
    """One test may have both databases, each under its own name."""
    assert (sqlite.engine.dialect.name, postgresql.engine.dialect.name) == ("sqlite", "postgresql")


def test_postgresql_is_current_and_only_on_loopback(postgresql_url: str) -> None:
    """The server for races is PostgreSQL 18 or later and listens on 127.0.0.1 alone."""
    engine = create_engine(postgresql_url, poolclass=NullPool)

    with engine.connect() as connection:
        version = int(connection.execute(text("SHOW server_version_num")).scalar_one())
        addresses = connection.execute(text("SHOW listen_addresses")).scalar_one()

    assert version >= 180000
    assert addresses == "127.0.0.1"
