"""`wend play`: try a journey on a file of contacts, with everything real but the providers."""

import asyncio
import json
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.live import Live
from rich.table import Table

from engine.audience.contact_import import ImportReport
from engine.flow.diagnostic import NotPublishable
from wend.command.journeys import read_document, show
from wend.command.left_out import LeftOutFile
from wend.command.screen import Screen, styled
from wend.play.crowd import Chances
from wend.play.report import Report, Standing
from wend.play.run import Play, Watcher
from wend.play.run import play as run_play


def play(  # noqa: PLR0913  # each is an option of the command line
    file: Annotated[Path, typer.Argument(help="The journey's JSON file.", exists=True, dir_okay=False)],
    contacts: Annotated[Path, typer.Option(help="A CSV file of contacts.", exists=True, dir_okay=False)],
    day: Annotated[float, typer.Option(min=0.1, help="How many seconds a day lasts.")] = 20.0,
    opens: Annotated[float, typer.Option(min=0, max=1, help="Chance that an email is opened at all.")] = 0.3,
    clicks: Annotated[
        float,
        typer.Option(
            min=0, max=1, help="Chance that a message is clicked; of an email, only by those who open it."
        ),
    ] = 0.1,
    visits: Annotated[
        float,
        typer.Option(min=0, max=1, help="Chance that a person visits the landing page, clicking or not."),
    ] = 0.1,
    buys: Annotated[
        float, typer.Option(min=0, max=1, help="Chance that a person buys, visiting or not.")
    ] = 0.02,
    seed: Annotated[int, typer.Option(help="The crowd's seed: the same seed, the same crowd.")] = 1,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the report as one JSON object, on the last line.")
    ] = False,
) -> None:
    """Enter everyone into the journey, let a seeded crowd act in the sandbox, and report when nobody moves any more.

    Everyone enters by a campaign; where the journey begins with an event, everyone does just that. Database and Temporal are
    the run's own, whatever WEND_DATABASE_URL and WEND_TEMPORAL_ADDRESS say, and gone when it ends.
    """
    screen = Screen(stderr=as_json)
    what = Play(read_document(file), contacts, day, Chances(opens, clicks, visits, buys), seed)
    taken = 0
    with LeftOutFile(contacts) as bad, Live(console=screen, refresh_per_second=4, transient=True) as live:

        def progress(stage: str, stand: Standing, to_come: int) -> None:
            live.update(_progress(stage, stand, to_come))

        def imported(read: ImportReport) -> None:
            nonlocal taken
            taken = read.accepted
            if read.rejected:
                screen.say(f"{taken:,} contacts read, {read.rejected:,} rows left out.")
            bad.tell(screen, read)

        try:
            report = asyncio.run(run_play(what, Watcher(progress, imported, bad.take)))
        except NotPublishable as refused:
            live.stop()
            show(refused.diagnostics, screen)
            raise typer.Exit(1) from None
    _print(screen, report)
    if report.contacts < taken:
        screen.say(
            f"{taken - report.contacts:,} of {taken:,} rows entered nobody: the same person again, or somebody whom the "
            "journey's trigger does not let in."
        )
    if as_json:
        sys.stdout.write(json.dumps(report.to_json()) + "\n")


def _progress(stage: str, stand: Standing, to_come: int) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_row(styled((stage, "bold")), f"{to_come:,} acts of the crowd to come" if to_come else "")
    for place in ("admitted", "moving", "resting", "parked", "ended"):
        table.add_row(place, f"{getattr(stand, place):,}")
    return table


def _print(screen: Screen, report: Report) -> None:
    table = Table("edge", "contacts", title="Every edge", title_justify="left")
    for edge, count in report.edges.items():
        table.add_row(edge, f"{count:,}")
    screen.print(table)
    for channel, count in report.messages.items():
        screen.say(f"{channel}: {count:,} messages accepted by the sandbox")
    screen.say(f"send keys accepted more than once: {report.duplicates}")
    for result, count in report.results.items():
        screen.say(f"ended with {result!r}: {count:,}")
    screen.say(
        f"{report.contacts:,} contacts: {report.ended:,} ended, {report.resting:,} resting, {report.parked:,} parked, "
        f"in {report.seconds:.1f} s; {report.temporal_actions_per_contact} Temporal actions a contact"
    )
