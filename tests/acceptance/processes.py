"""`wend` as a process of its own, in a folder of its own: for what lasts longer than a call."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from itertools import count
from pathlib import Path

from tests.acceptance.world import HOUSE

_PATIENCE_SECONDS = 240
_LOOK_SECONDS = 0.05
_numbers = count(1)
_COMMAND = [sys.executable, "-c", "from wend.command import main; main()"]


class Wend:
    """A call of `wend` in a folder. What it says goes to files beside it."""

    def __init__(self, folder: Path, *arguments: str, environment: Mapping[str, str] | None = None) -> None:
        folder.mkdir(exist_ok=True)
        number = next(_numbers)
        self._out, self._errors = folder / f"said-{number}.txt", folder / f"errors-{number}.txt"
        with self._out.open("wb") as out, self._errors.open("wb") as errors:
            self._process = subprocess.Popen(
                [*_COMMAND, *arguments], cwd=folder, stdin=subprocess.DEVNULL, stdout=out, stderr=errors,
                env=_clean() | dict(environment or {}),
            )  # fmt: skip

    @property
    def said(self) -> str:
        """What it has said until now."""
        return self._out.read_text(encoding="utf-8")

    @property
    def errors(self) -> str:
        """What it has said on stderr until now."""
        return self._errors.read_text(encoding="utf-8")

    def until_said(self, words: str) -> None:
        """Wait until it has said this."""
        self.until_there(words, lambda: words in self.said)

    def until_there(self, what: str, there: Callable[[], bool]) -> None:
        """Wait until something is there that it makes."""
        pause = threading.Event()
        limit = time.monotonic() + _PATIENCE_SECONDS
        while not there():
            assert self._process.poll() is None, f"It ended without {what}: {self.said}{self.errors}"
            assert time.monotonic() < limit, f"There was no {what}: {self.said}{self.errors}"
            pause.wait(_LOOK_SECONDS)

    def interrupt(self) -> int:
        """Press Ctrl-C, and wait for its end. Gives its exit code."""
        self._process.send_signal(signal.SIGINT)
        return self.end()

    def end(self) -> int:
        """Wait for its end. Gives its exit code."""
        return self._process.wait(_PATIENCE_SECONDS)

    def close(self) -> None:
        """End it, however far it is."""
        if self._process.poll() is None:
            self._process.terminate()
            self._process.wait(_PATIENCE_SECONDS)


def _clean() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("WEND_")}
    return kept | {"PYTHONPATH": str(HOUSE), "COLUMNS": "200", "CI": "true"}
