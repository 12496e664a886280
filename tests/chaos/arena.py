"""The arena: tests that mostly wait run in it several at a time, each in a place of its own, on either database.

They share a Temporal server, and a PostgreSQL server; whoever harms one of these has a stack of its own. A place's threads
must live as long as its servers, which end with the thread that started them.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from tests.chaos.databases import Databases, databases
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
    """What tests on one kind of database share: what places begin with, and nothing else."""

    def __init__(self, kind: str, databases: Databases, stack: Stack, free: Iterator[str]) -> None:
        self.kind = kind
        self.databases = databases
        self.stack = stack
        self._free = free
        self._lock = threading.Lock()
        self._sceneries: dict[str, Scenery] = {}

    def scenery(self, name: str, make: Callable[[str], Scenery]) -> Scenery:
        """What places of this kind begin with, made once."""
        with self._lock:
            if name not in self._sceneries:
                self._sceneries[name] = make(self.databases.new(name))
            return self._sceneries[name]

    @contextmanager
    def place(self, scenery: Scenery, day: float, what: str) -> Iterator[Place]:
        """A place for one test; what goes wrong in it says where its logs are."""
        stack, name = self.stack, next(self._free)
        with stack.place(name, scenery, self.databases, day) as place, self._naming(place, what):
            yield place

    @contextmanager
    def place_with_its_own_database(
        self, make: Callable[[str], Scenery], day: float, what: str
    ) -> Iterator[Place]:
        """A place on a PostgreSQL server that may be harmed."""
        stack, name = self.stack, next(self._free)
        with (
            databases(self.kind, stack.path) as own,
            stack.place(name, make(own.new("scenery")), own, day) as place,
            self._naming(place, what),
        ):
            yield place

    @contextmanager
    def stack_of_its_own(
        self, name: str, make: Callable[[str], Scenery], day: float, what: str
    ) -> Iterator[tuple[Stack, Place]]:
        """Servers for one test, that may be killed, and a place on them."""
        with ExitStack() as held:
            stack = Stack(self.stack.path / f"stack-{next(self._free)}", ["place"], self.stack.nursery)
            held.callback(stack.close)
            own = self.databases
            if own.server is None:
                scenery = self.scenery(name, make)
            else:
                own = held.enter_context(databases(self.kind, stack.path))
                scenery = make(own.new("scenery"))
            with stack.place("place", scenery, own, day) as place, self._naming(place, what):
                yield stack, place

    @contextmanager
    def _naming(self, place: Place, what: str) -> Iterator[None]:
        what = f"{what}, on {self.kind}"
        place.tell(what)
        try:
            yield
        except BaseException as error:
            place.databases.keep(place.settings.database_url, place.path)
            error.add_note(f"{what}: logs and database are in {place.path}.")
            raise


class Together:
    """Runs tests in threads, and starts what they share."""

    def __init__(self, path: Path, places: int, kinds: set[str], nursery: Nursery) -> None:
        names = [f"place-{number}" for number in range(1, places + 1)]
        self._servers = ExitStack()
        stack = Stack(path, names, nursery)
        self._servers.callback(stack.close)
        free = _Shared(names)
        self._arenas = {
            kind: Arena(kind, self._servers.enter_context(databases(kind, path)), stack, free)
            for kind in kinds
        }
        self._executor = ThreadPoolExecutor(AT_ONCE, "arena")
        self._running: dict[str, Future[None]] = {}

    def begin(self, name: str, test: Callable[..., None], kind: str, values: Mapping[str, Any]) -> None:
        """Let a test run on this kind of database when its turn comes."""
        self._running[name] = self._executor.submit(test, **values, arena=self._arenas[kind])

    def outcome(self, name: str) -> None:
        """Wait for a test's end. Raises what it raised."""
        self._running[name].result()

    def close(self) -> None:
        """End what still runs."""
        self._executor.shutdown(cancel_futures=True)
        self._servers.close()


class _Shared(Iterator[str]):
    """The next of them, for one thread at a time."""

    def __init__(self, names: list[str]) -> None:
        self._names = iter(names)
        self._lock = threading.Lock()

    def __next__(self) -> str:
        with self._lock:
            return next(self._names)
