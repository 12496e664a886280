"""The migrations, run one after the other, give the tables that the code declares."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from engine.store.database import Database
from engine.store.migrate import upgrade
from engine.store.tables import METADATA


def test_migrations_add_up_to_the_tables(empty_database_url: str) -> None:
    """An empty database that was brought to the newest shape differs from the declared tables in nothing."""
    database = Database(empty_database_url)
    upgrade(database)
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        differences = compare_metadata(context, METADATA)
    database.close()
    assert differences == []


def test_upgrading_twice_changes_nothing(empty_database_url: str) -> None:
    """Every start upgrades: a database that is up to date stays as it is."""
    database = Database(empty_database_url)
    upgrade(database)
    upgrade(database)
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, METADATA) == []
    database.close()
