"""The control sweep: stops and resumes that broke off between two pages are finished.

What is left to do is what the tables say: somebody inside a journey that is stopped, or held by the pause of one that runs.
Nobody joins either once the journey's state is committed, so that each has an end. What is found once may still be
under way elsewhere, as the sign of life of each of its pages says: what is found again seconds later, and has given none
since, is taken up.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, Select, select

from engine.enrolment.control import SIGNS, end_inside, held_by_pause, set_moving
from engine.enrolment.ingest import ended_teller
from engine.enrolment.runtime import Runtime
from engine.enrolment.tally import Count, read_tallies
from engine.flow.plan import Act
from engine.store.heartbeats import beats, forget_beats
from engine.store.sets import among
from engine.store.tables import enrolment, journey, plan

PATIENCE_SECONDS = 10.0
"""For how long what is left to do, and gives no sign of life, is left to whoever may be at it: longer than a page takes."""
AT_ONCE_SECONDS = 1.0
"""How long one look goes on finishing one of them; the next look goes on where it ended."""
LOOK_AGAIN_SECONDS = 600.0
"""After how long a place at which nobody was found is looked at again: many may rest at an act for its account's rate."""

Place = tuple[int, str]
"""A plan and a node of it."""


@dataclass(frozen=True, slots=True)
class Finished:
    """How many were ended by stops, and set moving by resumes, that had broken off."""

    ended: int
    resumed: int


@dataclass(frozen=True, slots=True)
class _Found:
    """Since when somebody is found there, and what the sign of life of whoever may be at it was then."""

    since: float
    sign: int | None


class ControlSweep:
    """Finishes what broke off. What it remembers spares it looks, and decides nothing."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._found: dict[int | Place, _Found] = {}
        """What was found in stopped journeys, and at acts of running ones."""
        self._looked: dict[int | Place, float] = {}
        """Until when a stopped journey, or an act of a running one, at which nobody was found is not looked at."""

    def run(self) -> Finished:
        """Look, and finish what was found some time ago, too."""
        runtime = self._runtime
        with runtime.database.read() as connection:
            self._forget(connection)
            stopping, held = self._left_inside(connection), self._left_held(connection)
            left: set[int | Place] = {*stopping, *held}
            journeys = {key: self._journey(connection, key) for key in left}
            signs = beats(connection, SIGNS)
        now = time.monotonic()
        before, self._found = self._found, {}
        for key, number in journeys.items():
            found = before.get(key)
            sign = signs.get(str(number))
            self._found[key] = found if found is not None and found.sign == sign else _Found(now, sign)
        waited = {
            key
            for key, found in self._found.items()
            if key in before and now - found.since >= PATIENCE_SECONDS
        }
        self._forget_signs(set(signs) - {str(number) for number in journeys.values()})
        ended = sum(self._end(one) for one in sorted(stopping) if one in waited)
        resumed = sum(
            set_moving(runtime.database, *_at(one), seconds=AT_ONCE_SECONDS)
            for one in sorted(held)
            if one in waited
        )
        return Finished(ended, resumed)

    def _forget(self, connection: Connection) -> None:
        """Forget looks that are old, and those at journeys that are paused now: their end may break off, too."""
        now = time.monotonic()
        paused = {*connection.scalars(_plans_of("paused"))}
        self._looked = {
            key: until
            for key, until in self._looked.items()
            if until > now and (isinstance(key, int) or key[0] not in paused)
        }

    def _journey(self, connection: Connection, key: int | Place) -> int:
        return key if isinstance(key, int) else self._runtime.plans.get(connection, key[0]).journey

    def _forget_signs(self, journeys: set[str]) -> None:
        """Forget the signs of what died with nothing left to do; what is still under way gives another one."""
        if journeys:
            with self._runtime.database.write() as connection:
                forget_beats(connection, [SIGNS + number for number in journeys])

    def _end(self, number: int) -> int:
        runtime = self._runtime
        count = end_inside(
            runtime.database, number, now=runtime.business_now(), ended=ended_teller(runtime, "bulk"),
            seconds=AT_ONCE_SECONDS,
        )  # fmt: skip
        if count == 0:
            self._looked[number] = time.monotonic() + LOOK_AGAIN_SECONDS
        return count

    def _left_inside(self, connection: Connection) -> set[int]:
        """The stopped journeys in which somebody still is."""
        counts = _standing(connection, "stopped", ("root", "forked"))
        plans = [one.plan for one in counts]
        owners = select(plan.c.journey).where(among(plan.c.id, plans))
        return set(connection.scalars(owners)) - self._looked.keys() if plans else set()

    def _left_held(self, connection: Connection) -> set[Place]:
        """The acts of running journeys at which a pause that has ended still holds somebody."""
        held: set[Place] = set()
        for one in _standing(connection, "running", ("root", "strand")):
            place = (one.plan, one.node)
            if one.name != "resting" or place in self._looked or not self._is_act(connection, place):
                continue
            some = select(enrolment.c.id).where(*held_by_pause(*_at(place))).limit(1)
            if connection.scalar(some) is not None:
                held.add(place)
            else:
                self._looked[place] = time.monotonic() + LOOK_AGAIN_SECONDS
        return held

    def _is_act(self, connection: Connection, place: Place) -> bool:
        node = self._runtime.plans.get(connection, place[0]).plan.nodes.get(place[1])
        return node is not None and isinstance(node.operation, Act)


def _standing(connection: Connection, state: str, kinds: Sequence[str]) -> list[Count]:
    """Who stands where in the journeys of a state, as their tallies say."""
    return read_tallies(connection, _plans_of(state), kinds=kinds)


def _plans_of(state: str) -> Select[tuple[int]]:
    return select(plan.c.id).join(journey, journey.c.id == plan.c.journey).where(journey.c.state == state)


def _at(place: Place) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return (enrolment.c.plan == place[0], enrolment.c.position == place[1])
