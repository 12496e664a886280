"""The command line: `wend`."""

import sys

import typer
from sqlalchemy.exc import SQLAlchemyError

from wend.command import contacts, enter, journeys, migrate, node, operate, play, up

app = typer.Typer(
    name="wend",
    help="Journeys for contacts: drawn as flowcharts, run on Temporal.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
app.command("up")(up.up)
app.command("migrate")(migrate.migrate)
app.command("check")(journeys.check)
app.command("publish")(journeys.publish)
app.command("enter")(enter.enter)
app.command("status")(operate.status)
app.command("timeline")(operate.timeline)
app.command("replay")(operate.replay)
app.command("play")(play.play)
app.add_typer(contacts.app, name="contacts", help="Contacts: import them from a file.")
app.add_typer(node.app, name="node", help="Node packages: check one.")


def main() -> None:
    """Run the command. What a person can mend is told in two sentences, without a trace."""
    try:
        app()
    except (LookupError, ValueError, RuntimeError, OSError, SQLAlchemyError) as error:
        from wend.command.failure import tell

        sys.exit(tell(error))
