"""`wend up`: everything on one machine, stopped by Ctrl-C, and found again."""

from __future__ import annotations

import re
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.acceptance.processes import Wend
from tests.acceptance.world import EXAMPLES

Run = Callable[..., Wend]
NAME = "Coupon for those who did not open"


@pytest.fixture
def wend(tmp_path: Path) -> Iterator[Run]:
    """Calls `wend` in one and the same folder."""
    called: list[Wend] = []

    def call(*arguments: str) -> Wend:
        called.append(Wend(tmp_path, *arguments))
        return called[-1]

    # Not the usual ports: whoever runs the tests may have Wend up beside them.
    (tmp_path / ".wend").mkdir()
    (tmp_path / ".wend" / "stack.json").write_text('{"temporal": 0, "temporal_ui": 0, "api": 0}')
    yield call
    for one in called:
        one.close()


def numbers(address: str) -> dict[str, Any]:
    """Where the people in the one journey stand, as the API says."""
    with httpx.Client(base_url=f"{address}v1") as client:
        (journey,) = client.get("/journeys").raise_for_status().json()["items"]
        assert journey["name"] == NAME
        found: dict[str, Any] = client.get(f"/journeys/{journey['id']}/numbers").raise_for_status().json()
    return {place: found[place] for place in ("entered", "admitted", "moving", "resting", "parked", "ended")}


def address_of(stack: Wend) -> str:
    """Where the designer is, once everything is up."""
    stack.until_said("Ctrl-C stops it.")
    found = re.search(r"Designer +(http://127\.0\.0\.1:\d+/)", stack.said)
    assert found is not None, stack.said
    return found[1]


def test_what_was_stored_is_found_again(wend: Run, tmp_path: Path) -> None:
    """Started, worked on, stopped by Ctrl-C, and started again: the same address, the same journey, the same people in it."""
    stack = wend("up", "--no-browser")
    address = address_of(stack)
    drawn, people = str(EXAMPLES / "coupon" / "journey.json"), str(EXAMPLES / "contacts.csv")
    for call, said in (
        (["check", drawn], "journey.json can be published."),
        (["contacts", "import", people], "5 contacts imported, 0 rows left out."),
        (["publish", drawn], "is published as version 1."),
        (["enter", NAME, "--contacts", people], f"enter {NAME!r}"),
    ):
        run = wend(*call)
        assert run.end() == 0, run.errors
        assert said in run.said
    stack.until_there("entry", lambda: numbers(address)["resting"] == 4)
    before = numbers(address)
    assert stack.interrupt() == 0

    again = wend("up", "--no-browser")

    assert address_of(again) == address
    assert numbers(address) == before
    assert again.interrupt() == 0
    assert "Stopped. Everything is kept" in again.said


def test_ctrl_c_is_heard_while_everything_starts(wend: Run, tmp_path: Path) -> None:
    """Nobody waits for the rest to come up first."""
    stack = wend("up", "--no-browser")
    stack.until_there("log of Temporal", (tmp_path / ".wend" / "temporal.log").exists)

    assert stack.interrupt() == 0

    assert "Wend is up." not in stack.said
    assert "Stopped." in stack.said
    assert not (tmp_path / ".wend" / "api.log").exists()


def test_a_port_that_is_taken_is_refused(wend: Run, tmp_path: Path) -> None:
    """Whoever asks for a port gets that one or hears why not, and nothing is started."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]

        stack = wend("up", "--no-browser", "--port", str(port))

        assert stack.end() == 1
    assert f"Port {port} cannot be listened at" in stack.errors
    assert not (tmp_path / ".wend" / "temporal.log").exists()
