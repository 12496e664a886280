"""`wend up`: everything on this machine, until Ctrl-C."""

import os
import signal
import sys
import threading
import webbrowser
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from engine.store.database import Database
from engine.store.migrate import upgrade
from wend.command.screen import console
from wend.stack.crew import READY, crew
from wend.stack.folder import DEFAULT, Addresses, Folder, environment
from wend.stack.processes import Child, GivenUp, python, temporal_server

_LOOK_SECONDS = 1.0
_RESTARTS = 20


def up(
    folder: Annotated[Path, typer.Option(help="Where the state is kept, and found again.")] = DEFAULT,
    port: Annotated[int | None, typer.Option(min=1, max=65535, help="The API's port.")] = None,
    browser: Annotated[
        bool, typer.Option(help="Open the designer in the browser, where there is a screen.")
    ] = True,
) -> None:
    """Start Wend on this machine: database, Temporal, a worker, the API with the designer. Ctrl-C stops it; its state stays
    in ./.wend."""
    place = Folder(folder)
    place.make()
    with place.locked():
        wanted = place.read_addresses()
        addresses = place.addresses(api=port)
        if port is None and wanted is not None and wanted.api != addresses.api:
            console.say(
                (f"Port {wanted.api} of the last run is taken; the API takes {addresses.api}.", "yellow")
            )
        stopping = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stopping.set())
        children: list[Child] = []
        try:
            children += _children(place, addresses)
            _start(place, addresses, children, stopping)
            tell_addresses(place, addresses)
            if browser and has_screen(os.environ, sys.platform) and sys.stdout.isatty():
                webbrowser.open(_designer(addresses))
            _watch(children, stopping)
        except GivenUp:
            console.say("It had not come up yet.")
        finally:
            console.say("Stopping: legs under way are finished first.")
            for child in reversed(children):
                child.stop()
            console.say("Stopped. Everything is kept; `wend up` goes on where this ended.")


def _children(place: Folder, addresses: Addresses) -> list[Child]:
    env = environment(place.settings())
    children = []
    if _is_local(place, addresses):
        children.append(temporal_server(place, addresses.temporal, addresses.temporal_ui, tell=console.say))
    children += crew(place, env)
    children.append(python("api", "api", "--port", str(addresses.api), folder=place, env=env))
    return children


def _is_local(place: Folder, addresses: Addresses) -> bool:
    """Whether the Temporal server is this stack's own."""
    return place.settings().temporal_address == f"127.0.0.1:{addresses.temporal}"


def _start(place: Folder, addresses: Addresses, children: list[Child], stopping: threading.Event) -> None:
    """Start one after the other. GivenUp as soon as it is to stop."""
    with console.status("Preparing the database"):
        database = Database(place.settings().database_url)
        upgrade(database)
        database.close()
    for child in children:
        if stopping.is_set():
            raise GivenUp(f"{child.name} was not started any more.")
        with console.status(f"Starting {child.name}"):
            child.come_up(partial(_wait, child, addresses, stopping))


def _wait(child: Child, addresses: Addresses, stopping: threading.Event) -> None:
    if child.name == "temporal":
        child.wait_for_port(addresses.temporal, given_up=stopping.is_set)
    elif child.name == "api":
        child.wait_for_port(addresses.api, given_up=stopping.is_set)
    else:
        child.wait_for_line(READY, given_up=stopping.is_set)


def tell_addresses(place: Folder, addresses: Addresses) -> None:
    """Print where everything is."""
    console.say(("Wend is up.", "bold green"))
    console.say((f"  Designer      {_designer(addresses)}", "bold"))
    console.say(f"  Tour          {_designer(addresses)}#/tour   be Mario for five minutes")
    console.say(f"  API           {_designer(addresses)}docs")
    if _is_local(place, addresses):
        console.say(f"  Temporal      http://127.0.0.1:{addresses.temporal_ui}")
    else:
        console.say(f"  Temporal      {place.settings().temporal_address}, as WEND_TEMPORAL_ADDRESS says")
    console.say(f"  state, logs   {place.path.name}/")
    console.say("Ctrl-C stops it.")


def _designer(addresses: Addresses) -> str:
    return f"http://127.0.0.1:{addresses.api}/"


def has_screen(env: Mapping[str, str], platform: str) -> bool:
    """Whether a browser that is opened here would be seen: not on a server, in CI, or over SSH."""
    if env.get("CI") or env.get("SSH_CONNECTION"):
        return False
    if env.get("BROWSER") or platform in ("darwin", "win32"):
        return True
    return bool(env.get("DISPLAY") or env.get("WAYLAND_DISPLAY"))


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
            console.say(
                (f"{child.name} ended (code {code}); it is started again. See {child.log.name}.", "yellow")
            )
            child.start()
