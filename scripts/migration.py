"""Write a migration from the newest one to the tables as they are: `python scripts/migration.py "what changes"`."""

import sys
import tempfile
from pathlib import Path

from alembic import command

from engine.store.database import Database
from engine.store.migrate import SCRIPTS, configuration, upgrade


def main(message: str) -> None:
    """Compare an up-to-date empty database with the tables, and write what differs. Read it before you commit it."""
    with tempfile.TemporaryDirectory() as place:
        database = Database(f"sqlite:///{Path(place) / 'empty.db'}")
        upgrade(database)
        number = f"{len(list((SCRIPTS / 'versions').glob('*.py'))) + 1:04}"
        command.revision(configuration(database), message=message, autogenerate=True, rev_id=number)
        database.close()


if __name__ == "__main__":
    main(sys.argv[1])
