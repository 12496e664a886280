"""What an operator does with a whole journey: pause, resume, stop, and the kill switch.

The journey's row is held alone while it changes, so that no claim, entry or pause that is under way rests on its old state.
Then, page by page, those whom the change concerns are taken out; broken off, it is begun again and goes on, and what nobody
begins again the sweep finishes (`control_sweep`): it goes by the sign of life that each page gives.
"""

import math
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Protocol

from sqlalchemy import ColumnElement, Connection, select, update

from engine.enrolment.plans import Plans
from engine.enrolment.takeout import Standing, TellEnded, by_plan, standing_held, strands_of
from engine.store.audit import record
from engine.store.database import Database
from engine.store.heartbeats import beat, forget_beats
from engine.store.sets import among, lock_journeys
from engine.store.tables import enrolment, journey

STOPPED = "stopped"
"""The result of enrolments that were inside when their journey was stopped."""
PAGE = 1000
SIGNS = "control/"

Progress = Callable[[int], None]


class Page(Protocol):
    """Works on the next page behind `after`; gives how many it moved, and the last one that it looked at."""

    def __call__(self, connection: Connection, after: int) -> tuple[int, int | None]: ...


class NotRunning(ValueError):
    """The journey is not in a state in which this can be done. Look at its state."""


def pause_journey(database: Database, journey_id: int, *, now: int, who: str) -> None:
    """Hold everyone before their next act. Nobody enters meanwhile; waits and delays go on."""
    _change(database, journey_id, ("running",), "paused", now=now, who=who)


def resume_journey(
    database: Database, journey_id: int, *, now: int, who: str, progress: Progress | None = None
) -> int:
    """End the pause, and set moving whom it held. Gives how many. Begun again after a crash, it goes on."""
    _change(database, journey_id, ("paused",), "running", now=now, who=who)
    sign = sign_of(journey_id)
    return set_moving(database, enrolment.c.journey == journey_id, progress=progress, sign=sign)


def sign_of(journey_id: int) -> str:
    """The name of the sign of life that a stop or a resume of a journey gives with each page: how far it came."""
    return f"{SIGNS}{journey_id}"


def held_by_pause(*tests: ColumnElement[bool]) -> tuple[ColumnElement[bool], ...]:
    """The conditions on an enrolment or strand that a pause holds, besides these."""
    return (*tests, enrolment.c.place == "resting", enrolment.c.reason == "paused")


def set_moving(
    database: Database,
    *tests: ColumnElement[bool],
    progress: Progress | None = None,
    seconds: float = math.inf,
    sign: str | None = None,
) -> int:
    """Set moving whom a pause held that has ended, of those to whom the tests apply. Gives how many. No page is begun after
    so many seconds. `sign` is the sign of life that each page gives, if any."""
    held = held_by_pause(*tests)
    plans = Plans()

    def page(connection: Connection, after: int) -> tuple[int, int | None]:
        found = _found(connection, after, *held)
        these = among(enrolment.c.id, [row.id for row in found])
        standing = standing_held(connection, {row.contact for row in found}, these, *held)
        for scope, members in by_plan(connection, plans.get, standing, "bulk"):
            for one in members:
                scope.again(one)
            scope.write()
        return len(standing), found[-1].id if found else None

    return _pages(database, page, progress, seconds, sign)


def stop_journey(
    database: Database, journey_id: int, *, now: int, who: str, progress: Progress | None = None,
    ended: TellEnded | None = None,
) -> int:  # fmt: skip
    """End the journey: nobody enters any more, and everyone inside ends with the result `stopped`. Gives how many that
    were. Begun again after a crash, it goes on. Publishing the journey again lets contacts enter again. `ended` lets
    others hear of it."""
    _change(database, journey_id, ("running", "paused"), STOPPED, now=now, who=who)
    return end_inside(database, journey_id, now=now, progress=progress, ended=ended, sign=sign_of(journey_id))


def end_inside(
    database: Database, journey_id: int, *, now: int, progress: Progress | None = None,
    ended: TellEnded | None = None, seconds: float = math.inf, sign: str | None = None,
) -> int:  # fmt: skip
    """End everyone who is inside a journey that was stopped. Gives how many. No page is begun after so many seconds. `sign`
    is the sign of life that each page gives, if any."""
    inside = (
        enrolment.c.journey == journey_id,
        enrolment.c.root.is_(None),
        enrolment.c.place != "ended",
    )
    plans = Plans()

    def page(connection: Connection, after: int) -> tuple[int, int | None]:
        found = _found(connection, after, *inside)
        these = among(enrolment.c.id, [row.id for row in found])
        roots = standing_held(connection, {row.contact for row in found}, these, *inside)
        forked = [one.traveller.strand for one in roots if one.pending > 0]
        standing: list[Standing] = [*roots, *strands_of(connection, forked)]
        for scope, members in by_plan(connection, plans.get, standing, "bulk"):
            for one in members:
                if one.traveller.parent is None:
                    scope.stop(one.traveller, STOPPED, now)
            scope.write()
            if ended is not None:
                ended(connection, plans.get(connection, members[0].plan), scope.over)
        return len(roots), found[-1].id if found else None

    return _pages(database, page, progress, seconds, sign)


def switch_sending(database: Database, journey_id: int, *, on: bool, now: int, who: str) -> None:
    """The kill switch. Off: once this returns, no message of the journey is claimed until it is switched on again."""

    def work(connection: Connection) -> None:
        _hold(connection, journey_id)
        connection.execute(update(journey).where(journey.c.id == journey_id).values(sending=on))
        what = "sending on" if on else "sending off"
        record(connection, at=now, who=who, what=what, subject=f"journey/{journey_id}")

    database.transact(work)


def _change(
    database: Database, journey_id: int, before: tuple[str, ...], after: str, *, now: int, who: str
) -> None:
    """Change a journey's state; nothing is done where it is in that state already."""

    def work(connection: Connection) -> None:
        state = _hold(connection, journey_id)
        if state == after:
            return
        if state not in before:
            raise NotRunning(f"The journey is {state}, so it cannot become {after}. Publish it first.")
        connection.execute(update(journey).where(journey.c.id == journey_id).values(state=after))
        what = {"paused": "pause", "running": "resume", STOPPED: "stop"}[after]
        record(connection, at=now, who=who, what=what, subject=f"journey/{journey_id}")

    database.transact(work)


def _hold(connection: Connection, journey_id: int) -> str:
    """Hold the journey's row alone, and read its state."""
    lock_journeys(connection, [journey_id], shared=False)
    state = connection.scalar(select(journey.c.state).where(journey.c.id == journey_id))
    if state is None:
        raise NotRunning(f"There is no journey {journey_id}. Look up its id among the journeys.")
    return str(state)


def _found(connection: Connection, after: int, *tests: ColumnElement[bool]) -> Sequence[Any]:
    """The next page of enrolments behind `after`, and their contacts: each row is looked at once, however many there are."""
    return connection.execute(
        select(enrolment.c.id, enrolment.c.contact)
        .where(enrolment.c.id > after, *tests)
        .order_by(enrolment.c.id)
        .limit(PAGE)
    ).all()


def _pages(
    database: Database, page: Page, progress: Progress | None, seconds: float, sign: str | None
) -> int:
    done, after = 0, 0
    ends = time.monotonic() + seconds
    while True:
        work = partial(_page, page=page, after=after, sign=sign)
        count, last = database.transact(work, what="change page")
        done += count
        if progress is not None:
            progress(done)
        if last is None or time.monotonic() >= ends:
            return done
        after = last


def _page(connection: Connection, page: Page, after: int, sign: str | None) -> tuple[int, int | None]:
    count, last = page(connection, after)
    if sign is not None and last is None:
        forget_beats(connection, [sign])
    elif sign is not None and last is not None:
        beat(connection, sign, last)
    return count, last
