"""What happens in drafts, told to everybody who follows them: one look at the database for all streams of a process.

Several processes may serve one installation, so nothing is told from hand to hand: what one process saves, the others
find in the database half a second later.
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from typing import Any

from fastapi.concurrency import run_in_threadpool
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from api.drafts.queries import people_in, revisions
from api.problems import log_failure
from api.streams import Told
from engine.enrolment.draft_changes import SavedChange, changes_since
from engine.enrolment.runtime import Runtime

GONE = "gone"
"""The last event of a stream: the journey is deleted."""
_EVERY_SECONDS = 0.5
_log = logging.getLogger("wend.api")

People = list[dict[str, Any]]


@dataclass(eq=False)
class _Follower:
    journey: int
    revision: int
    people: People | None = None
    told: asyncio.Queue[Told] = field(default_factory=asyncio.Queue)


@dataclass(frozen=True)
class _Seen:
    """What one look found: the changes since the furthest-back follower (None: not kept), and who is there. A journey
    without a revision is deleted."""

    revision: dict[int, int]
    changes: dict[int, dict[int, list[SavedChange] | None]]
    people: dict[int, People]


class DraftFeed:
    """Everybody who follows a draft by this process."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._followers: set[_Follower] = set()
        self._looking: asyncio.Task[None] | None = None
        self._wanted = asyncio.Event()

    async def follow(self, journey: int, since: int) -> AsyncGenerator[Told]:
        """What happens in a draft after a revision; `gone`, and the end, once its journey is deleted."""
        follower = _Follower(journey, since)
        self._followers.add(follower)
        self._wanted.set()
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._look_on())
        try:
            while True:
                told = await follower.told.get()
                yield told
                if told.name == GONE:
                    return
        finally:
            self._followers.discard(follower)

    async def _look_on(self) -> None:
        """Look while anybody follows."""
        while self._followers:
            self._wanted.clear()
            wanted = {(one.journey, one.revision) for one in self._followers}
            try:
                seen = await run_in_threadpool(self._look, wanted)
            except (DBAPIError, PoolTimeout) as error:
                # The database is away: whoever saves is told so, and the streams go on when it is back.
                _log.warning("drafts cannot be followed for now: %s", type(error).__name__)
            except Exception as error:  # a stream that goes silent is worse than a look that fails
                log_failure(error)
            else:
                for follower in list(self._followers):
                    _tell(follower, seen)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._wanted.wait(), _EVERY_SECONDS)

    def _look(self, wanted: set[tuple[int, int]]) -> _Seen:
        journeys = {journey for journey, _ in wanted}
        with self._runtime.database.read() as connection:
            current = dict(revisions(connection, journeys))
            changes: dict[int, dict[int, list[SavedChange] | None]] = {}
            for journey, revision in wanted:
                if current.get(journey, revision) != revision:
                    found = changes_since(connection, journey, revision)
                    # An older revision than the caller's, or none of the changes in between: only reading helps.
                    lost = not found
                    changes.setdefault(journey, {})[revision] = None if lost else found
            present = people_in(connection, journeys, self._runtime.now())
        people = {journey: [one.model_dump() for one in there] for journey, there in present.items()}
        return _Seen(current, changes, people)


def _tell(follower: _Follower, seen: _Seen) -> None:
    journey = follower.journey
    if journey not in seen.revision:
        if journey in seen.people:  # that is, it was looked for
            follower.told.put_nowait(Told(GONE, {}))
        return
    if follower.revision in seen.changes.get(journey, {}):
        changes = seen.changes[journey][follower.revision]
        if changes is None:
            follower.revision = seen.revision[journey]
            follower.told.put_nowait(Told("behind", {"revision": follower.revision}))
        for change in changes or []:
            follower.revision = change.revision
            follower.told.put_nowait(Told("change", change.model_dump(mode="json"), id=str(change.revision)))
    if journey in seen.people and follower.people != seen.people[journey]:
        follower.people = seen.people[journey]
        follower.told.put_nowait(Told("people", {"people": follower.people}))
