"""Bringing a database to the newest shape of the tables."""

from pathlib import Path

from alembic import command
from alembic.config import Config

from engine.store.database import Database

SCRIPTS = Path(__file__).parent / "migrations"


def configuration(database: Database) -> Config:
    """Alembic's configuration for this database."""
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    config.attributes["engine"] = database.engine
    return config


def upgrade(database: Database, revision: str = "head") -> None:
    """Run the migrations that are missing. Safe to run at every start."""
    command.upgrade(configuration(database), revision)
