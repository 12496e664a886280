"""`wend contacts import`: a file of contacts."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from engine.audience.contact_import import ImportReport, import_contacts
from engine.enrolment.runtime import real_now
from engine.store.clock import read_clock
from engine.store.database import Database
from wend.command.local import database

console = Console()
app = typer.Typer(no_args_is_help=True)
_SHOWN = 20


@app.command("import")
def import_file(
    file: Annotated[Path, typer.Argument(help="A CSV file with a header.", exists=True, dir_okay=False)],
    segment: Annotated[str, typer.Option(help="Put them into this segment, made if it is not there.")] = "",
) -> None:
    """Import contacts from a CSV file.

    Columns: external_id, email, phone, first_name, last_name, timezone, locale; any other becomes an attribute.
    Stopped in the middle, it goes on from there when it is run again. Bad rows are reported; good rows are kept.
    """
    with database() as db:
        report = import_with_bar(db, file, segment)
    for row in report.bad_rows[:_SHOWN]:
        console.print(f"[yellow]line {row.line}[/]: {row.reason}", highlight=False)
    if len(report.bad_rows) > _SHOWN:
        console.print(f"... and {len(report.bad_rows) - _SHOWN:,} further rows")
    console.print(f"{report.accepted:,} contacts imported, {report.rejected:,} rows left out.")


def import_with_bar(db: Database, file: Path, segment: str) -> ImportReport:
    """Import a file, with a bar by lines."""
    with file.open("rb") as handle:
        lines = sum(block.count(b"\n") for block in iter(lambda: handle.read(1 << 20), b""))
    with db.read() as connection:
        now = read_clock(connection).business(real_now())
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed:,} lines"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("Importing", total=lines)
        return import_contacts(
            db,
            file,
            now,
            segment=segment or None,
            progress=lambda done: progress.update(task, completed=done),
        )
