"""The queue of those who write to one SQLite file: threads of this process in the order in which they came, then processes.

Only the first thread of a process stands at the lock file. So a process with forty threads has one place there, as has one
with a single thread, and the kernel wakes one waiter a process.
"""

import fcntl
import os
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager


class Writers:
    """The queue at the lock file `path`; None for a database that no other process can open."""

    def __init__(self, path: str | None) -> None:
        self._path = path
        self._file: int | None = None
        self._gate = threading.Lock()
        self._taken = False
        self._waiting: deque[threading.Lock] = deque()

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Be the only writer of all processes. A process that is killed frees the file's lock."""
        self._enter()
        try:
            if self._path is None:
                yield
                return
            if self._file is None:
                self._file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            fcntl.flock(self._file, fcntl.LOCK_EX)
            try:
                yield
            finally:
                fcntl.flock(self._file, fcntl.LOCK_UN)
        finally:
            self._leave()

    def waiting(self) -> int:
        """How many threads of this process queue behind the one whose turn it is."""
        with self._gate:
            return len(self._waiting)

    def close(self) -> None:
        """Give back the file. It is opened again where somebody writes after all."""
        self._enter()
        try:
            if self._file is not None:
                os.close(self._file)
                self._file = None
        finally:
            self._leave()

    def _enter(self) -> None:
        with self._gate:
            if not self._taken:
                self._taken = True
                return
            ticket = threading.Lock()
            ticket.acquire()
            self._waiting.append(ticket)
        try:
            ticket.acquire()
        except BaseException:  # Ctrl-C: whoever comes next must not wait for this one
            self._abandon(ticket)
            raise

    def _abandon(self, ticket: threading.Lock) -> None:
        with self._gate:
            if ticket in self._waiting:
                self._waiting.remove(ticket)
                return
        self._leave()

    def _leave(self) -> None:
        with self._gate:
            if self._waiting:
                self._waiting.popleft().release()  # handed on: nobody slips in between
            else:
                self._taken = False
