"""Races on PostgreSQL: one transaction is stopped at a named point, another one runs against it, then the first goes on.

Points: `locked` (it holds its contacts, and has not looked yet), `commit` (it has written everything, and not committed).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Event, Thread, current_thread
from typing import Any, Literal

from sqlalchemy import event, text

from engine.store.database import Database

Point = Literal["locked", "commit"]
PATIENCE = 30.0
_LOOK = 0.01


@dataclass
class Stop:
    """A place where the first transaction stands still until it is let go. `skip` lets it pass so many before."""

    point: Point
    skip: int = 0
    reached: Event = field(default_factory=Event)
    go: Event = field(default_factory=Event)

    def pass_by(self, point: Point) -> None:
        """Stand still here, if this is the place."""
        if point != self.point or self.reached.is_set():
            return
        if self.skip > 0:
            self.skip -= 1
            return
        self.reached.set()
        assert self.go.wait(PATIENCE), "nobody let the first transaction go on"


class Racer:
    """What runs in a thread of its own; `stop` is where it stands still, if it does."""

    def __init__(self, run: Callable[[], Any], stop: Stop | None = None) -> None:
        self.result: Any = None
        self.error: BaseException | None = None
        self.stop = stop
        self._run = run
        self.thread = Thread(target=self._guarded, daemon=True)

    def _guarded(self) -> None:
        try:
            self.result = self._run()
        except BaseException as error:
            self.error = error
            if self.stop is not None:
                self.stop.reached.set()

    def join(self) -> Any:
        """Its result, once it is through."""
        self.thread.join(PATIENCE)
        assert not self.thread.is_alive(), "the two wait for each other"
        if self.error is not None:
            raise self.error
        return self.result


class Course:
    """Where races are run: it knows which thread is to be stopped where."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._stops: dict[Thread, Stop] = {}
        event.listen(database.engine, "after_cursor_execute", self._executed)
        event.listen(database.engine, "commit", self._committing)

    def _executed(self, _connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if "FROM contact" in statement and "FOR NO KEY UPDATE" in statement:
            self._pass("locked")

    def _committing(self, _connection: Any) -> None:
        self._pass("commit")

    def _pass(self, point: Point) -> None:
        stop = self._stops.get(current_thread())
        if stop is not None:
            stop.pass_by(point)

    def race(
        self, first: Callable[[], Any], second: Callable[[], Any], point: Point = "commit", skip: int = 0
    ) -> tuple[Any, Any]:
        """Stop the first at the point, let the second run until it is through or waits for a lock, let the first go on.

        Gives both results.
        """
        stop = Stop(point, skip)
        ahead, behind = Racer(first, stop), Racer(second)
        self._stops[ahead.thread] = stop
        ahead.thread.start()
        assert stop.reached.wait(PATIENCE), f"the first never came to the point {point!r}"
        behind.thread.start()
        while behind.thread.is_alive() and not self._somebody_waits():
            behind.thread.join(_LOOK)
        stop.go.set()
        return ahead.join(), behind.join()

    def _somebody_waits(self) -> bool:
        with self.database.engine.connect() as connection:
            waiting = text(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
            )
            return bool(connection.scalar(waiting))
