"""What every command begins with: the installation's database and settings."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from engine.store.database import Database
from engine.store.migrate import upgrade
from engine.store.settings import Settings
from wend.stack.folder import DEFAULT, Folder


def settings(folder: Path | None = None) -> Settings:
    """The environment's settings, and for the rest those of the local folder."""
    return Folder(folder or DEFAULT).settings()


@contextmanager
def database(folder: Path | None = None) -> Iterator[Database]:
    """The installation's database, brought to its newest shape."""
    place = Folder(folder or DEFAULT)
    chosen = place.settings()
    if chosen.database_url.startswith("sqlite"):
        place.make()
    opened = Database(chosen.database_url)
    try:
        upgrade(opened)
        yield opened
    finally:
        opened.close()
