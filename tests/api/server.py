"""An API process of a test's own, and the streams that it answers with."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx

from engine.store.database import Database

_PATIENCE_SECONDS = 60


@contextmanager
def serving(database: Database) -> Iterator[tuple[httpx.Client, subprocess.Popen[bytes]]]:
    """An API process of its own on the database, and a client of it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    env = {**os.environ, "WEND_DATABASE_URL": database.url}
    process = subprocess.Popen([sys.executable, "-m", "api", "--port", str(port)], env=env)
    with httpx.Client(base_url=f"http://127.0.0.1:{port}/v1", timeout=20) as client:
        try:
            _wait_for(client)
            yield client, process
        finally:
            process.kill()
            process.wait()


def _wait_for(client: httpx.Client) -> None:
    limit = time.monotonic() + _PATIENCE_SECONDS
    while True:
        try:
            client.get("/health")
            return
        except httpx.TransportError:
            assert time.monotonic() < limit, "the API did not come up"


class Stream:
    """The events of a stream, one after another."""

    def __init__(self, answer: httpx.Response) -> None:
        assert answer.status_code == 200
        self._lines = answer.iter_lines()

    def next(self, name: str) -> Any:
        """The data of the next event of this name."""
        event = ""
        limit = time.monotonic() + _PATIENCE_SECONDS
        for line in self._lines:
            assert time.monotonic() < limit, f"no event {name} came"
            if line.startswith("event: "):
                event = line.removeprefix("event: ")
            elif line.startswith("data: ") and event == name:
                return json.loads(line.removeprefix("data: "))
        raise AssertionError(f"the stream ended before an event {name}")

    def drain(self) -> None:
        """Wait until the server ends the stream."""
        for _ in self._lines:
            pass
