"""`wend enter`: a segment, or a file of contacts, into a journey."""

import hashlib
from itertools import count
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import Connection, select

from engine.audience.segments import MAX_NAME, read_segment
from engine.enrolment.campaign import campaign_entry, create_campaign
from engine.store.database import Database
from engine.store.tables import import_run, segment
from wend.command.contacts import import_with_bar
from wend.command.follow import follow
from wend.command.local import database
from wend.command.operate import Name, journey_named
from wend.command.screen import console
from workers.assembly import assemble

_HASH = 8


def enter(
    journey: Name,
    segment: Annotated[str, typer.Option(help="Everyone in this segment.")] = "",
    contacts: Annotated[
        Path | None, typer.Option(help="Everyone in this CSV file.", exists=True, dir_okay=False)
    ] = None,
    rate: Annotated[float | None, typer.Option(help="Contacts a second, at most.")] = None,
) -> None:
    """Enter a segment, or a file of contacts, into a journey: a campaign that starts now.

    A file is imported into a list of its own, so that nobody else enters. It is told how many entered, how many did not, and
    why; Ctrl-C ends the telling, not the campaign.
    """
    if bool(segment) == (contacts is not None):
        raise ValueError("Say who enters: either --segment NAME or --contacts FILE. Both or none is unclear.")
    if rate is not None and not rate > 0:
        raise ValueError(f"{rate} contacts a second never gets done. Give a --rate above 0, or leave it out.")
    with database() as db:
        # Before the file is read: a mistyped name must not leave a list behind.
        with db.read() as connection:
            number = journey_named(connection, journey)
            campaign_entry(connection, number)
            if segment:
                read_segment(connection, segment)
        runtime = assemble(db)
        name = segment
        if contacts is not None:
            name = _list_for(db, contacts)
            report = import_with_bar(runtime, contacts, name)
            console.say(
                f"{report.accepted:,} contacts imported, {report.rejected:,} rows left out. "
                f"Those taken are the new list {name!r}."
            )
            if not report.accepted:
                console.say("Nobody enters: correct the file, and enter it again.")
                raise typer.Exit(1)
        with db.write() as connection:
            made = create_campaign(
                connection, number, name, now=runtime.business_now(), name=f"Enter {name}", who="wend enter",
                rate=rate,
            )  # fmt: skip
        console.say(f"Campaign {made} lets everyone in {name!r} enter {journey!r}.")
        follow(db, made)


def _list_for(db: Database, file: Path) -> str:
    """The name of a list that holds this file's contacts and nobody else: a new one, or that of the same file where an
    earlier call was broken off while it read it."""
    with file.open("rb") as handle:
        digest = hashlib.file_digest(handle, "sha256").hexdigest()
    with db.read() as connection:
        for number in count(1):
            end = f" {digest[:_HASH]}" + (f" ({number})" if number > 1 else "")
            name = file.name[: MAX_NAME - len(end)].strip() + end
            if _is_free(connection, name, digest):
                return name
    raise AssertionError("Numbers do not end.")


def _is_free(connection: Connection, name: str, digest: str) -> bool:
    begun = select(import_run.c.finished).where(
        import_run.c.file_hash == digest, import_run.c.segment == name
    )
    finished = connection.scalar(begun)
    if connection.scalar(select(segment.c.id).where(segment.c.name == name)) is None:
        return finished is not False
    return finished is False
