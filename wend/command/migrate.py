"""`wend migrate`: the database's tables brought to the newest shape."""

from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer

from engine.store.database import Database
from engine.store.migrate import newest, standing, upgrade
from wend.command.local import settings
from wend.command.screen import console
from wend.stack.folder import DEFAULT, Folder


def migrate(
    folder: Annotated[
        Path, typer.Option(help="Where the state is kept, unless WEND_DATABASE_URL is set.")
    ] = DEFAULT,
) -> None:
    """Bring the database's tables to the shape that this version works on, before its workers and API are started.

    It is done wholly or not at all. Stop workers and API of an older version first: they do not know the new tables.
    """
    url = settings(folder).database_url
    if url.startswith("sqlite"):
        Folder(folder).make()
    with closing(Database(url)) as database:
        if standing(database) == newest():
            console.say(f"The tables are those of this version ({newest()}); there is nothing to do.")
            return
        console.say("Bringing the tables to the newest shape; with many contacts this takes a while.")
        upgrade(database, tell=lambda step: console.say(f"  {step}"))
    console.say(f"Done: the tables are at {newest()}. Workers and API can be started.")
