"""`wend status`, `timeline`, `replay`: where people stand, what happened to them, and what failed."""

from typing import Annotated

import typer
from rich.table import Table
from sqlalchemy import Connection, select

from api.house import runtime_of
from api.journeys.queries import read_journey
from api.numbers.queries import read_numbers
from engine.enrolment.drafts import find_journey
from engine.enrolment.ingest import ended_teller
from engine.enrolment.parked import ParkedGroup, cause_named, parked_groups
from engine.enrolment.plans import Plans
from engine.enrolment.reasons import parked_words
from engine.enrolment.replay import How, replay_group, replay_one
from engine.enrolment.replay_how import Action
from engine.enrolment.runtime import real_now
from engine.enrolment.timeline import timeline_of
from engine.flow.plan import UNDRAWN
from engine.journey.time import iso
from engine.store.clock import read_clock
from engine.store.database import Database
from engine.store.tables import journey as journeys
from wend.command.local import database
from wend.command.screen import console

Name = Annotated[str, typer.Argument(help="The journey's name.")]


def status(
    journey: Annotated[str, typer.Argument(help="The journey's name; all of them without it.")] = "",
) -> None:
    """Where everybody stands: counts for each node and port of a journey, or all journeys in short."""
    with database() as db, db.read() as connection:
        if journey:
            _show_journey(connection, journey)
            return
        table = Table("journey", "state", "version", "entered", "moving", "resting", "parked", "ended")
        plans = Plans()
        for row in connection.execute(select(journeys.c.id, journeys.c.name).order_by(journeys.c.name)):
            shown, count = read_journey(connection, row.id), read_numbers(connection, plans, row.id)
            version = "–" if shown.plan is None else str(shown.plan.number)
            places = (count.entered, count.admitted + count.moving, count.resting, count.parked, count.ended)
            table.add_row(shown.name, shown.state, version, *(f"{n:,}" for n in places))
        console.print(table)


def _show_journey(connection: Connection, name: str) -> None:
    number = journey_named(connection, name)
    shown, count = read_journey(connection, number), read_numbers(connection, Plans(), number)
    console.say(
        (shown.name, "bold"),
        f" ({shown.state}): {count.entered:,} entered, {count.admitted + count.moving:,} moving, "
        f"{count.resting:,} resting, {count.parked:,} parked, {count.ended:,} ended",
    )
    table = Table("node", "here now", "left by")
    for node, here in count.nodes.items():
        places = {"moving": here.admitted + here.moving, "resting": here.resting, "parked": here.parked}
        standing = ", ".join(f"{n:,} {place}" for place, n in places.items() if n)
        if node.startswith(UNDRAWN):
            if not standing:
                continue
            node = f"{here.label} ({node.partition(':')[2]})"
        table.add_row(node, standing, ", ".join(f"{port} {n:,}" for port, n in here.left.items()))
    console.print(table)
    for result, n in count.results.items():
        console.say(f"  ended with {result!r}: {n:,}")


def journey_named(connection: Connection, name: str) -> int:
    """The journey of this name; ValueError lists the names that there are."""
    number = find_journey(connection, name)
    if number is None:
        known = ", ".join(repr(other) for other in connection.scalars(select(journeys.c.name).limit(10)))
        raise ValueError(
            f"There is no journey {name!r}. Publish it, or choose one of: {known or 'none yet'}."
        )
    return number


def timeline(contact: Annotated[str, typer.Argument(help="External id, email or phone.")]) -> None:
    """What a contact did and got, and why: events, steps and messages of all journeys in the order of time."""
    with database() as db, db.read() as connection:
        for line in timeline_of(connection, contact):
            console.say((iso(line.at), "dim"), f"  {line.journey or '':<24} {line.words}")


def replay(
    enrolment: Annotated[
        int | None, typer.Option(min=1, max=2**63 - 1, help="One parked enrolment, by its id.")
    ] = None,
    cause: Annotated[str, typer.Option(help="All of one cause, by its id in the list.")] = "",
    send_again: Annotated[
        bool,
        typer.Option(
            "--send-again",
            help="Send what may have been sent once more, as a message of its own: it may arrive twice. Only where that is "
            "unknown, unconfirmed or cancelled.",
        ),
    ] = False,
    port: Annotated[
        str, typer.Option(help="Let them leave their node by this port; its code does not run.")
    ] = "",
    result: Annotated[
        str, typer.Option(help="End them with this result, with all their parallel paths.")
    ] = "",
    newest: Annotated[
        bool,
        typer.Option(
            "--newest", help="Move them to the newest version, with its templates, where it has their node."
        ),
    ] = False,
) -> None:
    """What is parked, by cause; with --cause or --enrolment, let it go on: try its node again, or as the options say.
    Earlier nodes never run again."""
    how = _how(send_again, port, result, newest)
    with database() as db:
        now = _now(db)
        ended = ended_teller(runtime_of(db), "bulk")
        if enrolment is not None:
            replay_one(db, enrolment, now=now, who="wend replay", how=how, ended=ended)
            console.print(f"Enrolment {enrolment} {'has ended' if result else 'is on its way again'}.")
            return
        with db.read() as connection:
            groups = parked_groups(connection)
        if not cause:
            _show_groups(groups)
            return
        with console.status("Replaying") as live:
            done = replay_group(
                db,
                cause_named(groups, cause),
                now=now,
                who="wend replay",
                how=how,
                ended=ended,
                progress=lambda n: live.update(f"Replaying: {n:,}"),
            )
        console.print(_gone_on(done, how))


def _gone_on(done: int, how: How) -> str:
    """What became of a cause, in words."""
    if not done and how.action == "send again":
        return "Nothing of this cause is unknown, unconfirmed or cancelled, so nothing is sent again. Retry without it."
    if how.action == "exit":
        said = "has ended" if done == 1 else "have ended"
    else:
        said = "is on its way again" if done == 1 else "are on their way again"
    words = f"{done:,} {'enrolment' if done == 1 else 'enrolments'} {said}."
    return (
        f"{words} Those whose first message did go out get it twice." if how.action == "send again" else words
    )


def _how(send_again: bool, port: str, result: str, newest: bool) -> How:
    """What the options ask for."""
    if send_again + bool(port) + bool(result) > 1:
        raise ValueError(
            "Choose one: --send-again, --port or --result. Without any, the node is tried again."
        )
    action: Action = "send again" if send_again else "leave" if port else "exit" if result else "retry"
    return How(action, port, result, newest)


def _now(db: Database) -> int:
    with db.read() as connection:
        return read_clock(connection).business(real_now())


def _show_groups(groups: list[ParkedGroup]) -> None:
    if not groups:
        console.print("Nothing is parked.")
        return
    table = Table("cause", "journey", "node", "why", "parked", "ports")
    for group in groups:
        ports = ", ".join(group.ways)
        why = parked_words(group.reason)
        table.add_row(group.short, group.journey, group.label, why, f"{group.count:,}", ports)
    console.print(table)
    console.print("Mend the cause, then: wend replay --cause ID. Or add --send-again, --port or --result.")
