"""`wend node check`: does a package's node keep to the rules that make it usable by others?"""

from typing import Annotated

import typer

from nodes.check import check_package
from wend.command.screen import console

app = typer.Typer(no_args_is_help=True)


@app.callback()
def _node() -> None:
    """Node packages."""


@app.command("check")
def check(
    package: Annotated[str, typer.Argument(help="The package's import name, or a folder with nodes.")],
) -> None:
    """Check a package of nodes: one line for each rule that is broken, with its file and what to do."""
    findings = check_package(package)
    for finding in findings:
        console.say((finding.rule, "red"), f" {finding.file}: {finding.message} {finding.fix}")
    if findings:
        raise typer.Exit(1)
    console.say((f"{package} keeps to every rule.", "green"))
