"""`wend contacts import`: a file of contacts."""

from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from engine.audience.contact_import import ImportReport, import_contacts
from engine.enrolment.ingest import teller, uniter
from engine.enrolment.runtime import Runtime
from wend.command.left_out import LeftOutFile
from wend.command.local import database
from wend.command.screen import console
from workers.assembly import assemble

app = typer.Typer(no_args_is_help=True)


@app.command("import")
def import_file(
    file: Annotated[Path, typer.Argument(help="A CSV file with a header.", exists=True, dir_okay=False)],
    segment: Annotated[str, typer.Option(help="Put them into this segment, made if it is not there.")] = "",
) -> None:
    """Import contacts from a CSV file.

    Columns: external_id, email, phone, first_name, last_name, timezone, locale; any other becomes an attribute.
    Stopped in the middle, it goes on from there when it is run again. Good rows are kept; bad rows are reported, and written
    beside the file with their reasons. Journeys that begin with a segment hear of who comes into it.
    """
    with database() as db:
        report = import_with_bar(assemble(db), file, segment)
    console.say(f"{report.accepted:,} contacts imported, {report.rejected:,} rows left out.")
    if not report.accepted:
        raise typer.Exit(1)


def import_with_bar(runtime: Runtime, file: Path, segment: str) -> ImportReport:
    """Import a file, with a bar by lines, and tell of its bad rows."""
    with file.open("rb") as handle:
        lines = sum(block.count(b"\n") for block in iter(lambda: handle.read(1 << 20), b""))
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed:,} lines"),
        TimeRemainingColumn(),
    )
    bar = Progress(*columns, console=console, transient=True)
    with LeftOutFile(file) as bad, bar as progress:
        task = progress.add_task("Importing", total=lines)
        report = import_contacts(
            runtime.database, file, runtime.business_now(), segment=segment or None,
            progress=lambda done: progress.update(task, completed=done),
            tell=teller(runtime, "bulk"), unite=uniter(runtime, "bulk"), left_out=bad.take,
        )  # fmt: skip
    bad.tell(console, report)
    return report
