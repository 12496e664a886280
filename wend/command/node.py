"""`wend node check`: does a package's node keep to the rules that make it usable by others?"""

from typing import Annotated

import typer
from rich.console import Console

from nodes.check import check_package

console = Console()
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
        console.print(
            f"[red]{finding.rule}[/] {finding.file}: {finding.message} {finding.fix}", highlight=False
        )
    if findings:
        raise typer.Exit(1)
    console.print(f"[green]{package} keeps to every rule.[/]")
