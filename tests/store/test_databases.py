"""The databases that the store tier runs on are real, separate and empty."""

from __future__ import annotations

import pytest
from sqlalchemy import create_engine, inspect, text
from sqlalchemy.pool import NullPool


def test_a_fresh_database_takes_a_table_and_gives_it_back(database_url: str) -> None:
    """Each of the two databases is up, writable, and empty at the start."""
    engine = create_engine(database_url, poolclass=NullPool)

    with engine.begin() as connection:
        before = inspect(connection).get_table_names()
        connection.execute(text("CREATE TABLE note (body TEXT)"))
        connection.execute(text("INSERT INTO note VALUES ('ciao')"))
    with engine.connect() as connection:
        body = connection.execute(text("SELECT body FROM note")).scalar_one()

    assert "note" not in before
    assert body == "ciao"


@pytest.mark.parametrize("turn", ["first", "second"])
def test_no_test_sees_the_database_of_another(database_url: str, turn: str) -> None:
    """Two tests that make the same table do not meet."""
    engine = create_engine(database_url, poolclass=NullPool)

    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE mine (turn TEXT)"))
        connection.execute(text("INSERT INTO mine VALUES (:turn)"), {"turn": turn})
        turns = connection.execute(text("SELECT turn FROM mine")).scalars().all()

    assert turns == [turn]


def test_postgresql_is_current_and_only_on_loopback(postgresql_url: str) -> None:
    """The server for races is PostgreSQL 18 or later and listens on 127.0.0.1 alone."""
    engine = create_engine(postgresql_url, poolclass=NullPool)

    with engine.connect() as connection:
        version = int(connection.execute(text("SHOW server_version_num")).scalar_one())
        addresses = connection.execute(text("SHOW listen_addresses")).scalar_one()

    assert version >= 180000
    assert addresses == "127.0.0.1"
