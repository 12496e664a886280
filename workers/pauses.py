"""Pauses: what Temporal has refused is left alone for a while, so that it neither hides the rest nor is asked all the time."""

import time

from temporalio.service import RPCError, RPCStatusCode

_AWAY = frozenset({RPCStatusCode.UNAVAILABLE, RPCStatusCode.DEADLINE_EXCEEDED, RPCStatusCode.CANCELLED})


def is_away(error: RPCError) -> bool:
    """Whether Temporal did not answer at all: that says nothing of what it was asked."""
    return error.status in _AWAY


class Pauses:
    """For how long each is left alone: twice as long each time, in seconds from `first` to `longest`. It is for the pace
    alone: a process that knows nothing of it asks once more."""

    def __init__(self, first: float = 0.5, longest: float = 60.0) -> None:
        self._first = first
        self._longest = longest
        self._until: dict[int, tuple[float, float]] = {}

    def refused(self, number: int) -> None:
        """Leave this one alone."""
        before, _ = self._until.get(number, (self._first / 2, 0.0))
        pause = min(2 * before, self._longest)
        self._until[number] = (pause, time.monotonic() + pause)

    def accepted(self, number: int) -> None:
        """Forget that this one was refused."""
        self._until.pop(number, None)

    def paused(self) -> list[int]:
        """Those who are left alone now. A thread may ask while another one refuses."""
        now = time.monotonic()
        return [number for number, (_, until) in list(self._until.items()) if until > now]
