"""`wend check` and `wend publish`: a journey's file."""

import json
import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from engine.enrolment.campaign import NoCampaignTrigger, campaign_node
from engine.enrolment.plans import Published
from engine.enrolment.publishing import check_document, publish_document
from engine.enrolment.runtime import real_now
from engine.flow.diagnostic import Diagnostic, NotPublishable
from engine.store.clock import read_clock
from wend.command.local import database
from wend.command.screen import Screen, console
from workers.assembly import prepare

File = Annotated[Path, typer.Argument(help="The journey's JSON file.", exists=True, dir_okay=False)]


def check(file: File) -> None:
    """Check a journey's file: what keeps it from being published, and what to do about it."""
    document = read_document(file)
    with database() as db:
        prepare(db)
        found = check_document(db, document)
    show(found)
    if any(one.severity == "error" for one in found):
        raise typer.Exit(1)
    console.say((f"{file.name} can be published.", "green"))


def publish(file: File) -> None:
    """Publish a journey's file: a new version, into which contacts can be entered."""
    document = read_document(file)
    with database() as db:
        prepare(db)
        with db.read() as connection:
            now = read_clock(connection).business(real_now())
        try:
            published = publish_document(db, document, now=now, who="wend publish")
        except NotPublishable as refused:
            show(refused.diagnostics)
            raise typer.Exit(1) from None
    name = published.journey_name
    console.say((name, "green"), f" is published as version {published.number}. {_how_to_enter(published)}")


def _how_to_enter(published: Published) -> str:
    try:
        campaign_node(published)
    except NoCampaignTrigger:
        return "Contacts enter by its own triggers."
    return f"Enter contacts with: wend enter {shlex.quote(published.journey_name)} --contacts FILE"


def read_document(file: Path) -> dict[str, Any]:
    """The document in a file. ValueError names the line where it is not JSON."""
    try:
        document = json.loads(file.read_text(encoding="utf-8-sig"))
    except json.JSONDecodeError as error:
        raise ValueError(
            f"{file.name} is not JSON: {error.msg} at line {error.lineno}, column {error.colno}. Correct it there."
        ) from None
    except UnicodeDecodeError as error:
        raise ValueError(
            f"{file.name} is not text in UTF-8: its byte {error.start + 1} cannot be read. Save it in UTF-8."
        ) from None
    except RecursionError:
        raise ValueError(
            f"{file.name} is nested too deeply to be read. Keep its values nearer the top."
        ) from None
    if not isinstance(document, dict):
        raise ValueError(f"{file.name} holds no journey. It begins with {{, and has nodes and edges.")
    return document


def show(diagnostics: Sequence[Diagnostic], screen: Screen = console) -> None:
    """Print diagnostics, each with its place and its next step."""
    for one in diagnostics:
        colour = "red" if one.severity == "error" else "yellow"
        place = " ".join(
            part for part in (one.node and f"node {one.node}", one.field and f"field {one.field}") if part
        )
        screen.say((one.severity, colour), " ", (one.code, "bold"), f" {place}")
        screen.say(f"  {one}")
