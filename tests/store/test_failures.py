"""What the database's errors say: nothing of anybody's data, and what to do."""

from __future__ import annotations

import re
import traceback
from contextlib import closing

import pytest
from sqlalchemy import insert, text
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError

from engine.store.database import Database
from engine.store.failures import BadDatabaseUrl, in_words
from engine.store.tables import identity

SECRET = "anna@example.com"


def told(error: BaseException) -> str:
    """All that a log could have of an error: its text, its trace, and those of its causes."""
    return "".join(traceback.format_exception(error)) + str(error)


def test_a_key_that_is_taken_names_nobody(database: Database) -> None:
    """PostgreSQL's detail would tell the address."""
    row = {"kind": "email", "value": SECRET, "contact": 1, "created_at": 0}
    with pytest.raises(IntegrityError) as caught, database.write() as connection:
        connection.execute(insert(identity).values([row, row]))

    assert SECRET not in told(caught.value)
    assert "identity" in str(caught.value)


@pytest.mark.parametrize("what", ["CAST(:value AS integer)", "CAST(:value AS jsonb)", "CAST(:value AS date)"])
def test_a_value_that_cannot_be_read_is_not_repeated(postgresql: Database, what: str) -> None:
    """The first line of such an error quotes it; the kind of error is still told."""
    with pytest.raises(DBAPIError) as caught, postgresql.write() as connection:
        connection.execute(text(f"SELECT {what}"), {"value": SECRET})

    assert SECRET not in told(caught.value)
    assert "the database could not take a value (22" in str(caught.value)


def test_what_the_driver_cannot_send_is_not_repeated(postgresql: Database) -> None:
    """It never came to the server."""
    with pytest.raises(DBAPIError) as caught, postgresql.write() as connection:
        connection.execute(text("SELECT CAST(:value AS text)"), {"value": f"{SECRET}\0"})

    assert SECRET not in told(caught.value)


@pytest.mark.parametrize(
    "url", ["nonsense", "mysql://root:secret@localhost/wend", "postgresql://a:secret@h:x/y"]
)
def test_an_address_that_is_none_says_what_one_looks_like(url: str) -> None:
    """And does not repeat what may hold a password."""
    with pytest.raises(BadDatabaseUrl, match=r"Set it to sqlite:///PATH or postgresql://") as caught:
        Database(url)

    assert "secret" not in told(caught.value)


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("postgresql://wend:secret@127.0.0.1:1/wend", "cannot be reached .*refused.*Start it, or correct"),
        ("sqlite:////nowhere/at/all/wend.db", "cannot be used .*unable to open.*See whether its folder"),
    ],
)
def test_a_database_that_is_away_says_what_to_do(url: str, words: str) -> None:
    """In a sentence, and without the password."""
    with (
        closing(Database(url)) as database,
        pytest.raises(OperationalError) as caught,
        database.read() as connection,
    ):
        connection.execute(text("SELECT 1"))

    said = in_words(caught.value)
    assert said is not None
    assert re.search(words, said)
    assert "secret" not in said


def test_other_errors_have_no_words(database: Database) -> None:
    """A bug is told as one."""
    assert in_words(ValueError("x")) is None
