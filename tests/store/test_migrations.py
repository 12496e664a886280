"""The migrations, run one after the other, give the tables that the code declares."""

from __future__ import annotations

import os
import signal
import traceback
from collections.abc import Callable
from contextlib import closing
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import event, text

from engine.store.database import Database
from engine.store.migrate import SCRIPTS, WrongTables, require_newest, standing, upgrade
from engine.store.tables import METADATA

REVISIONS = sorted(file.name[:4] for file in (SCRIPTS / "versions").glob("*.py"))


def differences(database: Database) -> list[Any]:
    """What the database's tables differ in from those that the code declares."""
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, METADATA))


def at_once(work: Callable[[], None], processes: int = 1) -> list[int]:
    """How processes that do this at once end, as `wait` tells it."""
    children = []
    for _ in range(processes):
        child = os.fork()
        if child == 0:
            try:
                work()
                os._exit(0)
            except BaseException:
                traceback.print_exc()
            finally:
                os._exit(1)
        children.append(child)
    return [os.waitpid(child, 0)[1] for child in children]


def _kill_within(database: Database, revision: str | None) -> None:
    """Kill this process after the first statement that makes something, or before the one that notes the revision."""

    def after(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if (
            revision is None
            and statement.lstrip().startswith(("CREATE", "ALTER"))
            and "version" not in statement
        ):
            os.kill(os.getpid(), signal.SIGKILL)

    def before(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if revision is not None and "alembic_version" in statement and revision in statement:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(database.engine, "after_cursor_execute", after)
    event.listen(database.engine, "before_cursor_execute", before)


def test_migrations_add_up_to_the_tables(empty_database_url: str) -> None:
    """An empty database that was brought to the newest shape differs from the declared tables in nothing."""
    with closing(Database(empty_database_url)) as database:
        upgrade(database)
        assert differences(database) == []


def test_upgrading_twice_changes_nothing(empty_database_url: str) -> None:
    """Every start upgrades: a database that is up to date stays as it is."""
    with closing(Database(empty_database_url)) as database:
        upgrade(database)
        upgrade(database)
        assert differences(database) == []


@pytest.mark.parametrize("last", [False, True], ids=["first statement", "last statement"])
@pytest.mark.parametrize("revision", REVISIONS)
def test_a_kill_within_a_migration_leaves_nothing_of_it(
    empty_database_url: str, revision: str, last: bool
) -> None:
    """The next start finds the tables as they were before, and brings them to the newest shape."""
    before = REVISIONS[REVISIONS.index(revision) - 1] if revision != REVISIONS[0] else None
    if before is not None:
        with closing(Database(empty_database_url)) as database:
            upgrade(database, before)

    def until_killed() -> None:
        with closing(Database(empty_database_url)) as database:
            _kill_within(database, f"'{revision}'" if last else None)
            upgrade(database, revision)

    assert [os.WTERMSIG(end) for end in at_once(until_killed)] == [signal.SIGKILL]

    with closing(Database(empty_database_url)) as database:
        assert standing(database) == before
        upgrade(database)
        require_newest(database)
        assert differences(database) == []


def test_processes_that_start_together_migrate_once(empty_database_url: str) -> None:
    """One does it, the others wait for it and find nothing left to do."""

    def start() -> None:
        with closing(Database(empty_database_url)) as database:
            upgrade(database)

    assert at_once(start, 3) == [0, 0, 0]
    with closing(Database(empty_database_url)) as database:
        assert differences(database) == []


def test_tables_of_another_version_are_named_with_the_next_step(empty_database_url: str) -> None:
    """Whoever does not migrate says so: nothing there yet, older tables, newer ones."""
    with closing(Database(empty_database_url)) as database:
        with pytest.raises(WrongTables, match=r"no tables of Wend yet. Run `wend migrate`"):
            require_newest(database)
        upgrade(database, REVISIONS[-2])
        with pytest.raises(WrongTables, match=rf"older \({REVISIONS[-2]}\).*Run `wend migrate`"):
            require_newest(database)
        said: list[str] = []
        upgrade(database, tell=said.append)
        assert [line[:4] for line in said] == [REVISIONS[-1]]
        require_newest(database)
        with database.write() as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        for meets in (require_newest, upgrade):
            with pytest.raises(WrongTables, match=r"newer \(9999\).*Install the version"):
                meets(database)
