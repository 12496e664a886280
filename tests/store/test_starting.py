"""Processes that cannot start say in a sentence what to do, and end with 1; `wend migrate` does it."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from engine.store.database import Database
from engine.store.migrate import require_newest, upgrade

WEND = [sys.executable, "-c", "from wend.command import main; main()"]
WORKERS, API = [sys.executable, "-m", "workers"], [sys.executable, "-m", "api"]
AWAY = "postgresql://wend:secret@127.0.0.1:1/wend"
PROCESSES = pytest.mark.parametrize("process", [WORKERS, API], ids=["workers", "api"])


def ended(command: list[str], url: str) -> tuple[int, str]:
    """How a process on this database ends, and what it says."""
    env = {**os.environ, "WEND_DATABASE_URL": url, "COLUMNS": "200"}
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=60, check=False)
    assert "Traceback" not in done.stderr, done.stderr
    assert "secret" not in done.stderr
    return done.returncode, done.stdout + done.stderr


@PROCESSES
def test_older_tables_are_named_with_the_command_that_helps(process: list[str], tmp_path: Path) -> None:
    """Neither a worker nor the API migrates by itself."""
    url = f"sqlite:///{tmp_path / 'wend.db'}"
    with closing(Database(url)) as database:
        upgrade(database, "0002")

    code, says = ended(process, url)

    assert code == 1
    assert "older (0002)" in says
    assert "Run `wend migrate`" in says


@pytest.mark.parametrize("command", [WORKERS, API, [*WEND, "status"]], ids=["workers", "api", "wend"])
@pytest.mark.parametrize(
    ("url", "words"),
    [(AWAY, "cannot be reached"), ("nonsense", "Set it to sqlite:///PATH or postgresql://")],
    ids=["away", "nonsense"],
)
def test_a_database_that_is_not_there_is_told_in_a_sentence(command: list[str], url: str, words: str) -> None:
    """With the next step, and without a password."""
    code, says = ended(command, url)

    assert code == 1
    assert words in says
    assert "WEND_DATABASE_URL" in says


def test_migrate_tells_its_steps_and_is_done_once(empty_database_url: str) -> None:
    """Afterwards a worker finds the tables that it works on."""
    first, told = ended([*WEND, "migrate"], empty_database_url)
    second, nothing = ended([*WEND, "migrate"], empty_database_url)

    assert (first, second) == (0, 0)
    assert "0003: tallies of journeys" in told
    assert "Done" in told
    assert "nothing to do" in nothing
    with closing(Database(empty_database_url)) as database:
        require_newest(database)
