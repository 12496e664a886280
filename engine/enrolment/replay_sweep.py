"""The replay sweep: replays that broke off are finished, as was asked when they were begun.

Each page of a replay moves its cursor. One whose cursor stands still for as long as no page takes has lost whoever was at
it; and should it not have, the two take turns.
"""

import time
from dataclasses import dataclass

from sqlalchemy import select

from engine.enrolment.ingest import ended_teller
from engine.enrolment.replay import run_replay
from engine.enrolment.runtime import Runtime
from engine.store.tables import replay

PATIENCE_SECONDS = 10.0
"""For how long a replay that stands still is left to whoever may be at it."""
AT_ONCE_SECONDS = 1.0
"""How long one look goes on with one of them."""


@dataclass(slots=True)
class _Seen:
    """How far a replay had come when it was looked at last, and since when it stands there."""

    cursor: int
    since: float


class ReplaySweep:
    """Goes on with what broke off. What it remembers decides nothing but when."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._seen: dict[int, _Seen] = {}
        self._own: dict[int, int] = {}
        """The replays that this sweep has taken over, each with the cursor at which it left it."""

    def run(self) -> bool:
        """Look, and go on with what has stood still. Gives whether there is more to do of what was taken over. One that
        fails holds up no other."""
        left = self._unfinished()
        now = time.monotonic()
        self._seen = {
            number: seen
            if (seen := self._seen.get(number)) is not None and seen.cursor == cursor
            else _Seen(cursor, now)
            for number, cursor in left.items()
        }
        self._own = {number: cursor for number, cursor in self._own.items() if left.get(number) == cursor}
        failed: Exception | None = None
        for number, seen in self._seen.items():
            if number in self._own or now - seen.since >= PATIENCE_SECONDS:
                try:
                    self._go_on(number)
                except Exception as error:
                    failed = error
        if failed is not None:
            raise failed
        return bool(self._own)

    def _go_on(self, number: int) -> None:
        self._own.pop(number, None)
        runtime = self._runtime
        run_replay(
            runtime.database, number, now=runtime.business_now(), ended=ended_teller(runtime, "bulk"),
            seconds=AT_ONCE_SECONDS,
        )  # fmt: skip
        cursor = self._unfinished().get(number)
        if cursor is not None:
            self._own[number] = cursor

    def _unfinished(self) -> dict[int, int]:
        """The replays in which somebody is left, each with its cursor."""
        query = select(replay.c.id, replay.c.cursor).where(~replay.c.finished).order_by(replay.c.id)
        with self._runtime.database.read() as connection:
            return {row.id: row.cursor for row in connection.execute(query)}
