"""The nemesis: at seeded random moments it ends a process of the stack, or all of them, and starts it again; on PostgreSQL
the database server, too, in each way in which one ends.

The same seed plans the same blows. An observer looks at the tables meanwhile, between any two commits.
"""

from __future__ import annotations

import random
import signal
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush

from sqlalchemy.exc import DBAPIError

from engine.enrolment.checker import Place as Standing
from engine.enrolment.checker import check_change, check_invariants, places
from engine.enrolment.runtime import real_now
from engine.store.failures import will_pass
from tests.chaos.stack import ChaosTooLong, Place, Stack

TEMPORAL, EVERYTHING = "temporal", "everything"
KILLED, STOPPED = "database (killed)", "database (stopped at once)"
SESSIONS, SESSION = "database (all sessions ended)", "database (one session killed)"
_ENDS = {KILLED: signal.SIGKILL, STOPPED: signal.SIGQUIT}
DATABASE = (*_ENDS, SESSIONS, SESSION)
"""What a PostgreSQL server may meet. Of the last two it recovers by itself."""
_LONGEST_DOWN = 2.5
_LOOK_SECONDS = 0.05
_OBSERVE_SECONDS = 1.0


@dataclass(frozen=True, order=True)
class Blow:
    """Whom it hits, how many seconds after the beginning, and for how many seconds it stays down."""

    at: float
    victim: str
    down: float

    def __str__(self) -> str:
        return f"{self.victim} at {self.at:.2f} s for {self.down:.2f} s"


def plan_blows(seed: int, victims: Sequence[str], count: int, seconds: float) -> list[Blow]:
    """So many blows within so many seconds: each victim once, then whom the dice say; all of them at once, at the end."""
    dice = random.Random(seed)
    chosen = [*victims, *dice.choices(victims, k=max(0, count - len(victims)))]
    dice.shuffle(chosen)
    blows = [Blow(dice.uniform(0.5, seconds), victim, dice.uniform(0, _LONGEST_DOWN)) for victim in chosen]
    return sorted([*blows, Blow(seconds, EVERYTHING, dice.uniform(0, _LONGEST_DOWN))])


class Observer:
    """Looks at one snapshot after another, in a thread of its own, and keeps what is not as it must be."""

    def __init__(self, place: Place) -> None:
        self.found: list[str] = []
        self.looks = 0
        self._place = place
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._look_on, name="observer")

    def __enter__(self) -> Observer:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def _look_on(self) -> None:
        before: dict[int, Standing] = {}
        while not self._ended.wait(_OBSERVE_SECONDS):
            try:
                before = self._look(before)
            except DBAPIError as error:
                # The server died under this look; the next one asks it again.
                if not will_pass(error):
                    raise
            else:
                self.looks += 1

    def _look(self, before: dict[int, Standing]) -> dict[int, Standing]:
        with self._place.look() as connection:
            after = places(connection)
            self.found += check_change(before, after)
            self.found += check_invariants(connection, business_now=self._place.now(), real_now=real_now())
        return after


def storm(
    stack: Stack, place: Place, blows: Sequence[Blow], until: Callable[[], bool], seconds: float
) -> list[str]:
    """Deal the blows, start again what is down, and wait until it is so. Gives what an observer saw go wrong.

    ChaosTooLong where it is not so after that many seconds.
    """
    begin = time.monotonic()
    coming = list(blows)
    back: list[tuple[float, str]] = []
    down: set[str] = set()
    pause = threading.Event()
    with Observer(place) as observer:
        while coming or back or not until():
            now = time.monotonic() - begin
            if now > seconds:
                raise ChaosTooLong(
                    f"After {seconds:.0f} s it is not over: {place.places()}. Blows: "
                    f"{', '.join(map(str, blows))}. See {place.path}."
                )
            while coming and coming[0].at <= now:
                blow = coming.pop(0)
                for victim in _victims(place, blow.victim):
                    _strike(stack, place, victim)
                    down.add(victim)
                    heappush(back, (now + blow.down, victim))
            while back and back[0][0] <= now:
                victim = heappop(back)[1]
                if victim in down:
                    down.discard(victim)
                    _start(stack, place, victim)
            place.revive(down)
            pause.wait(_LOOK_SECONDS)
    place.tell(f"over; the observer looked {observer.looks} times")
    return observer.found


def _victims(place: Place, victim: str) -> list[str]:
    if victim != EVERYTHING:
        return [victim]
    return [TEMPORAL, *([KILLED] if place.databases.server is not None else []), *place.processes]


def _strike(stack: Stack, place: Place, victim: str) -> None:
    if victim == TEMPORAL:
        place.tell("temporal gets SIGKILL")
        stack.kill_temporal()
    elif victim in DATABASE:
        strike_database(place, victim)
    else:
        place.strike(victim, signal.SIGKILL)


def _start(stack: Stack, place: Place, victim: str) -> None:
    if victim == TEMPORAL:
        stack.start_temporal()
        place.tell("temporal is back")
    elif victim in DATABASE:
        start_database(place)
    else:
        place.start(victim)


def strike_database(place: Place, how: str) -> None:
    """Harm the place's PostgreSQL server, which is its own."""
    server = place.databases.server
    assert server is not None
    place.tell(how)
    if how in _ENDS:
        server.end(_ENDS[how])
    elif how == SESSIONS:
        server.end_sessions()
    else:
        server.kill_a_session()


def start_database(place: Place) -> None:
    """Start it again, if it is down."""
    assert place.databases.server is not None
    place.databases.server.start()
    place.tell("database is back")
