"""Turns: of the legs of a lane, in one process, only one computes at a time; while it waits for others' machines, the next.

On SQLite all the work of a leg is done in this process, by threads that take Python's lock and the database's write lock from
each other. Two legs at once then finish later than one after the other.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Turn:
    """Held by whoever computes. `free`: nobody waits for it, as on PostgreSQL, which does its part of a leg elsewhere."""

    def __init__(self, *, free: bool = True) -> None:
        self._lock = None if free else threading.Lock()

    @contextmanager
    def mine(self) -> Iterator[None]:
        """Compute."""
        if self._lock is None:
            yield
            return
        with self._lock:
            yield

    @contextmanager
    def elsewhere(self) -> Iterator[None]:
        """Within one's own turn: let the next compute, and wait for one's turn again at the end."""
        if self._lock is None:
            yield
            return
        self._lock.release()
        try:
            yield
        finally:
            self._lock.acquire()
