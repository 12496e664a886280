"""`wend up`: everything on this machine, until Ctrl-C."""

import signal
import threading
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from engine.store.database import Database
from engine.store.migrate import upgrade
from wend.stack.crew import READY, crew
from wend.stack.folder import DEFAULT, Addresses, Folder, environment
from wend.stack.processes import Child, python, temporal_server

console = Console()
_LOOK_SECONDS = 1.0
_RESTARTS = 20


def up(
    folder: Annotated[Path, typer.Option(help="Where the state is kept, and found again.")] = DEFAULT,
    port: Annotated[int | None, typer.Option(help="The API's port.")] = None,
) -> None:
    """Start Wend on this machine: database, Temporal, a worker, the API. Ctrl-C stops it; its state stays in ./.wend."""
    place = Folder(folder)
    place.make()
    with place.locked():
        addresses = place.addresses(api=port)
        stopping = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stopping.set())
        children = _children(place, addresses)
        try:
            _start(place, addresses, children)
            _tell(place, addresses)
            _watch(children, stopping)
        finally:
            console.print("Stopping: legs under way are finished first.")
            for child in reversed(children):
                child.stop()
            console.print("Stopped. Everything is kept; `wend up` goes on where this ended.")


def _children(place: Folder, addresses: Addresses) -> list[Child]:
    env = environment(place.settings())
    children = []
    if place.settings().temporal_address == f"127.0.0.1:{addresses.temporal}":
        children.append(temporal_server(place, addresses.temporal, addresses.temporal_ui))
    children += crew(place, env)
    children.append(python("api", "api", "--port", str(addresses.api), folder=place, env=env))
    return children


def _start(place: Folder, addresses: Addresses, children: list[Child]) -> None:
    with console.status("Preparing the database"):
        database = Database(place.settings().database_url)
        upgrade(database)
        database.close()
    for child in children:
        with console.status(f"Starting {child.name}"):
            child.start()
            if child.name == "temporal":
                child.wait_for_port(addresses.temporal)
            elif child.name == "api":
                child.wait_for_port(addresses.api)
            else:
                child.wait_for_line(READY)


def _tell(place: Folder, addresses: Addresses) -> None:
    console.print("[bold green]Wend is up.[/]")
    console.print(f"  API           http://127.0.0.1:{addresses.api}/docs")
    console.print(f"  Temporal      http://127.0.0.1:{addresses.temporal_ui}")
    console.print(f"  state, logs   {place.path.name}/")
    console.print("Ctrl-C stops it.")


def _watch(children: list[Child], stopping: threading.Event) -> None:
    """Start again what ended by itself, until the stop; nothing is lost by it."""
    restarts = 0
    while not stopping.wait(_LOOK_SECONDS):
        for child in children:
            code = child.exit_code()
            if code is None:
                continue
            restarts += 1
            if restarts > _RESTARTS:
                raise RuntimeError(
                    f"{child.name} keeps ending (code {code}). Read {child.log.name} in the folder."
                )
            console.print(
                f"[yellow]{child.name} ended (code {code}); it is started again. See {child.log.name}.[/]"
            )
            child.start()
