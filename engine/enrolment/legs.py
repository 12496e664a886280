"""One leg of a cohort: what the workflow's activity calls, and the answer that tells the workflow what to do next."""

import logging
import traceback
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, and_, bindparam, delete, func, insert, select, update

from engine.enrolment.host import StoreHost
from engine.enrolment.own_events import SIGNS
from engine.enrolment.runtime import Published, Runtime
from engine.journey.leg import run_leg
from engine.journey.time import LATEST, iso
from engine.journey.traveller import Traveller
from engine.store.failures import will_pass
from engine.store.sets import lock_contacts
from engine.store.tables import cohort, enrolment, lone_attempt

LONE_FROM_ATTEMPT = 3
"""From this attempt of a leg on, enrolments go one by one: who fails is parked, and who dies with the worker is marked."""
LONGEST_SLEEP_MS = 3_653 * 86_400_000
"""Ten years of real time: for how long a workflow sleeps, at most."""
DEAD_CODE = "bug: the worker died on it"


_COHORT = select(cohort.c.plan, cohort.c.lane, *SIGNS).where(cohort.c.id == bindparam("cohort"))
_m = enrolment.c
_STANDING = (
    select(_m.position, _m.place, _m.reason, func.count(), func.min(_m.wake_at))
    .where(_m.cohort == bindparam("of_cohort"))
    .group_by(_m.position, _m.place, _m.reason)
)
_GO_ON = update(cohort).where(cohort.c.id == bindparam("cohort")).values(next_at=bindparam("new_next_at"))

_log = logging.getLogger(__name__)


class UnknownCohort(LookupError):
    """There is no such cohort. Look whether the database is the one that the workflow was started with."""


@dataclass(frozen=True, slots=True)
class Next:
    """What a cohort's workflow does next: run the leg again, sleep until a real instant, or end. `story` says in words
    where its contacts stand, `moved` how many there were to move."""

    again: bool
    wake_at: int | None
    moved: int
    story: str


def run_cohort_leg(runtime: Runtime, cohort_id: int, now: int, attempt: int = 1) -> Next:
    """Move everyone of the cohort who is due. `now` is the workflow's clock, `attempt` counts this activity's tries."""
    with runtime.turn.mine():
        return _run(runtime, cohort_id, now, attempt)


def _run(runtime: Runtime, cohort_id: int, now: int, attempt: int) -> Next:
    published, lane, heard = _published(runtime, cohort_id)
    host = StoreHost(runtime, published, cohort_id, heard, lane)
    due = runtime.clock.business(now)
    moved = 0
    if attempt < LONE_FROM_ATTEMPT:
        members = host.members(due)
        moved = len(members)
        _move(published, host, members, due)
    else:
        for alone in _one_by_one(runtime, host, due):
            moved += 1
            _move_alone(published, host, alone, due)
            _survived(runtime, alone.strand)
    return _next(runtime, published, host, due, moved)


def _move_alone(published: Published, host: StoreHost, alone: Traveller, due: int) -> None:
    """Move one member. An error that its journey, its data or a node's code brings about parks it, and it alone."""
    try:
        _move(published, host, [alone], due)
    except Exception as error:
        if will_pass(error):
            # Nobody's fault, so that it is not counted against the one who was on his way.
            with suppress(Exception):
                _survived(host.runtime, alone.strand)
            raise
        _note(error, host, alone.strand)
        host.forget()
        # Where it stands now: what it did before it failed is committed.
        left = host.members(due, only=alone.strand)
        if left:
            with host.scope(left) as scope:
                for held in scope.held:
                    scope.park(held, f"bug:{type(error).__name__}")


def _note(error: Exception, host: StoreHost, strand: int) -> None:
    """Log where an error came from, without its text, which may quote a contact."""
    frames = traceback.extract_tb(error.__traceback__)
    path = " < ".join(f"{frame.name} ({frame.filename}:{frame.lineno})" for frame in reversed(frames[-5:]))
    _log.error(
        "enrolment %s of cohort %s is parked: %s in %s", strand, host.cohort, type(error).__name__, path
    )


def _move(published: Published, host: StoreHost, members: Sequence[Traveller], due: int) -> None:
    try:
        run_leg(published.plan, host, members, due, halted=host.runtime.stopping.is_set)
        host.flush()
    except Exception:
        # The answers of providers are known, whatever became of the steps. Not written they are unknown, as after a death.
        with suppress(Exception):
            host.keep_results()
        raise


def _published(runtime: Runtime, cohort_id: int) -> tuple[Published, str, frozenset[str]]:
    """The cohort's plan and lane, and which of the events that its leg may bring about somebody could hear of."""
    with runtime.database.read() as connection:
        row = connection.execute(_COHORT, {"cohort": cohort_id}).one_or_none()
        if row is None:
            raise UnknownCohort(
                f"There is no cohort {cohort_id} in this database, as after a restored backup. Nobody travels in it: let its "
                "workflow end, or look whether the worker has the right database."
            )
        plan_id, lane, *signs = row
        heard = runtime.listeners.own(connection, tuple(signs))
        return runtime.plans.get(connection, plan_id), lane, heard


def _one_by_one(runtime: Runtime, host: StoreHost, due: int) -> Iterator[Traveller]:
    """Each member alone, marked in a commit before it is moved; one on which two attempts died is parked."""
    for member in host.members(due):
        if runtime.stopping.is_set():
            return
        outlived = runtime.outlived.get(member.strand) == member.fence
        # Noted before: the commit may be done although nobody says so.
        runtime.outlived[member.strand] = member.fence
        with runtime.database.write("lone attempt") as connection:
            tries = _mark(connection, member, outlived=outlived)
        if tries > 2:
            with host.scope([member]) as scope:
                for held in scope.held:
                    scope.park(held, DEAD_CODE)
            continue
        yield from host.members(due, only=member.strand)


def _mark(connection: Connection, member: Traveller, *, outlived: bool) -> int:
    """Count an attempt, save where the last one was this process's own, and `outlived`. Gives how many there were."""
    lock_contacts(connection, [member.contact])
    mine = and_(lone_attempt.c.strand == member.strand, lone_attempt.c.step == member.fence)
    tries = connection.scalar(select(lone_attempt.c.tries).where(mine))
    if tries is None:
        connection.execute(insert(lone_attempt).values(strand=member.strand, step=member.fence, tries=1))
        return 1
    if outlived:
        return int(tries)
    connection.execute(update(lone_attempt).where(mine).values(tries=tries + 1))
    return int(tries) + 1


def _survived(runtime: Runtime, strand: int) -> None:
    with runtime.database.write("lone attempt") as connection:
        connection.execute(delete(lone_attempt).where(lone_attempt.c.strand == strand))
    runtime.outlived.pop(strand, None)


def _next(runtime: Runtime, published: Published, host: StoreHost, due: int, moved: int) -> Next:
    """Read the rows, not memory: someone may still be moving under an older attempt."""
    with runtime.database.write("leg end") as connection:
        rows = connection.execute(_STANDING, {"of_cohort": host.cohort}).all()
        again = any(place == "moving" or (wake is not None and wake <= due) for _, place, _, _, wake in rows)
        wakes = [wake for _, _, _, _, wake in rows if wake is not None]
        # Nobody can sleep for ever: who is to wake later than that is looked at in between.
        latest = runtime.now() + LONGEST_SLEEP_MS
        wake_at = None if again or not wakes else min(runtime.clock.real(min(wakes)), latest)
        next_at = runtime.now() if again else wake_at
        connection.execute(_GO_ON, {"cohort": host.cohort, "new_next_at": next_at})
    return Next(again, wake_at, moved, _story(published, host, rows))


def _story(published: Published, host: StoreHost, rows: Sequence[Row[Any]]) -> str:
    nodes, rank = published.plan.nodes, published.plan.rank
    lines = [f"{nodes[node].label}: {count:,} by {port!r}" for (node, port), count in host.passed.items()]
    for row in sorted(rows, key=lambda row: rank[row[0]]):
        position, place, reason, count, wake = tuple(row)
        until = f" until {iso(min(wake, LATEST))}" if wake is not None else f" ({reason})" if reason else ""
        lines.append(f"{nodes[position].label}: {count:,} {place}{until}")
    return "\n".join(lines)
