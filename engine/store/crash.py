"""Crash points: places before and after each named commit at which a test may have the process killed.

WEND_CRASH="after claim:3" kills this process with SIGKILL right after its third commit named `claim`, as a power cut
would. Without the variable a crash point costs one comparison.
"""

import os
import signal
import threading

POINTS = (
    "campaign opened", "campaign begin", "campaign page", "campaign run", "ingest", "adopt", "drain", "mark started",
    "claim", "sandbox", "scope", "leg end", "lone attempt", "ledger sweep", "reports", "replay page",
    "change page", "tally",
)  # fmt: skip
"""The names of the commits of the send and transition protocols."""


class CrashPlan:
    """Which pass of which crash point ends the process."""

    def __init__(self, text: str) -> None:
        place, _, count = text.rpartition(":")
        self._place = place
        self._left = int(count)
        self._lock = threading.Lock()

    def passes(self, place: str) -> None:
        """Die here, if this is the planned pass."""
        if place != self._place:
            return
        with self._lock:
            self._left -= 1
            if self._left == 0:
                os.kill(os.getpid(), signal.SIGKILL)


def planned_crash() -> CrashPlan | None:
    """The crash that the environment asks for."""
    text = os.environ.get("WEND_CRASH", "")
    return CrashPlan(text) if text else None
