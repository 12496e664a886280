"""Bringing a database to the newest shape of the tables, and saying where it stands.

All that is missing runs in one transaction: it is done wholly, or not at all, wherever the process is killed. Whoever
comes meanwhile waits, and then finds nothing left to do.
"""

from collections.abc import Callable
from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from engine.store.database import Database
from engine.store.failures import WrongTables

__all__ = [
    "HEAD",
    "SCRIPTS",
    "WrongTables",
    "configuration",
    "newest",
    "require_newest",
    "standing",
    "upgrade",
]

SCRIPTS = Path(__file__).parent / "migrations"
HEAD = "head"


def configuration(database: Database, tell: Callable[[str], None] | None = None) -> Config:
    """Alembic's configuration for this database. `tell` is called after each step, with its number and words."""
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    config.attributes["database"] = database
    config.attributes["tell"] = tell
    return config


def upgrade(database: Database, revision: str = HEAD, tell: Callable[[str], None] | None = None) -> None:
    """Run the migrations that are missing. Safe to run at every start, by any number of processes at once.

    WrongTables for a database that a newer Wend has brought further.
    """
    wanted = newest() if revision == HEAD else revision
    present = standing(database)
    if present == wanted:
        return
    if present is not None and present not in _known():
        raise WrongTables(_too_new(present))
    command.upgrade(configuration(database, tell), revision)


def require_newest(database: Database) -> None:
    """WrongTables where the database's tables are older or newer than this code, with what to do."""
    present = standing(database)
    if present == newest():
        return
    if present is None:
        raise WrongTables("The database has no tables of Wend yet. Run `wend migrate`, then start again.")
    if present in _known():
        raise WrongTables(
            f"The database's tables are older ({present}) than this version of Wend ({newest()}). "
            "Run `wend migrate`, then start again."
        )
    raise WrongTables(_too_new(present))


def standing(database: Database) -> str | None:
    """The revision at which the database's tables are; None where there are none."""
    with database.read() as connection:
        return MigrationContext.configure(connection).get_current_revision()


@cache
def newest() -> str:
    """The revision that this code works on."""
    return _known()[0]


@cache
def _known() -> tuple[str, ...]:
    """All revisions, the newest first."""
    return tuple(script.revision for script in ScriptDirectory(str(SCRIPTS)).walk_revisions())


def _too_new(present: str) -> str:
    return (
        f"The database's tables are newer ({present}) than this version of Wend ({newest()}). "
        "Install the version of Wend that made them, or a newer one."
    )
