"""The arena: tests that mostly wait run in it several at a time, each in a place of its own.

They share a Temporal server; whoever harms the server too has a stack of its own. A place's threads must live as long as
its server, which ends with the thread that started it.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.chaos.nursery import Nursery
from tests.chaos.stack import Place, Scenery, Stack

AT_ONCE = 8
DEEP = bool(os.environ.get("WEND_CHAOS_DEEP"))
SEED = os.environ.get("WEND_CHAOS_SEED")
DIRECTORY = os.environ.get("WEND_CHAOS_DIR")


def seeds(ordinary: int, deep: int) -> list[int]:
    """The seeds to run: the one asked for, else the first few, or many in a deep run."""
    return [int(SEED)] if SEED else list(range(1, (deep if DEEP else ordinary) + 1))


class Arena:
    """Runs tests in threads. They share what places begin with, and nothing else."""

    def __init__(self, path: Path, places: int, nursery: Nursery) -> None:
        names = [f"place-{number}" for number in range(1, places + 1)]
        self.path = path
        self._free = iter(names)
        self._lock = threading.Lock()
        self._sceneries: dict[str, Scenery] = {}
        self._executor = ThreadPoolExecutor(AT_ONCE, "arena")
        self._running: dict[str, Future[None]] = {}
        self.stack = Stack(path, names, nursery)

    def begin(self, name: str, test: Callable[..., None], values: Mapping[str, Any]) -> None:
        """Let a test run when its turn comes."""
        self._running[name] = self._executor.submit(test, **values, arena=self)

    def outcome(self, name: str) -> None:
        """Wait for a test's end. Raises what it raised."""
        self._running[name].result()

    def scenery(self, name: str, make: Callable[[Path], Scenery]) -> Scenery:
        """What places of this kind begin with, made once."""
        with self._lock:
            if name not in self._sceneries:
                self._sceneries[name] = make(self.path / f"{name}.db")
            return self._sceneries[name]

    @contextmanager
    def place(self, scenery: Scenery, day: float, what: str) -> Iterator[Place]:
        """A place for one test; what goes wrong in it says where its logs are."""
        with self._lock:
            name = next(self._free)
        with self.stack.place(name, scenery, day) as place, _naming(place, what):
            yield place

    @contextmanager
    def stack_of_its_own(self, scenery: Scenery, day: float, what: str) -> Iterator[tuple[Stack, Place]]:
        """A Temporal server for one test, that may be killed, and a place on it."""
        with self._lock:
            folder = self.path / f"stack-{next(self._free)}"
        stack = Stack(folder, ["place"], self.stack.nursery)
        try:
            with stack.place("place", scenery, day) as place, _naming(place, what):
                yield stack, place
        finally:
            stack.close()

    def close(self) -> None:
        """End what still runs."""
        self._executor.shutdown(cancel_futures=True)
        self.stack.close()


@contextmanager
def _naming(place: Place, what: str) -> Iterator[None]:
    place.tell(what)
    try:
        yield
    except BaseException as error:
        error.add_note(f"{what}: logs and database are in {place.path}.")
        raise
