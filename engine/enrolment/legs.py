"""One leg of a cohort: what the workflow's activity calls, and the answer that tells the workflow what to do next."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, and_, delete, func, insert, select, update

from engine.enrolment.host import StoreHost
from engine.enrolment.own_events import SIGNS
from engine.enrolment.runtime import Published, Runtime
from engine.journey.leg import run_leg
from engine.journey.time import iso
from engine.journey.traveller import Traveller
from engine.store.sets import lock_contacts
from engine.store.tables import cohort, enrolment, lone_attempt

LONE_FROM_ATTEMPT = 3
"""From this attempt of a leg on, enrolments go one by one."""
DEAD_CODE = "bug: the worker died on it"


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
    published, heard = _published(runtime, cohort_id)
    host = StoreHost(runtime, published, cohort_id, heard)
    due = runtime.clock.business(now)
    moved = 0
    if attempt < LONE_FROM_ATTEMPT:
        members = host.members(due)
        moved = len(members)
        _move(published, host, members, due)
    else:
        for alone in _one_by_one(runtime, host, due):
            moved += 1
            _move(published, host, [alone], due)
            _survived(runtime, alone.strand)
    return _next(runtime, published, host, due, moved)


def _move(published: Published, host: StoreHost, members: Sequence[Traveller], due: int) -> None:
    try:
        run_leg(published.plan, host, members, due)
        host.flush()
    except Exception:
        # The answers of providers are known, whatever became of the steps. Not written they are unknown, as after a death.
        with suppress(Exception):
            host.keep_results()
        raise


def _published(runtime: Runtime, cohort_id: int) -> tuple[Published, frozenset[str]]:
    """The cohort's plan, and which of the events that its leg may bring about somebody could hear of."""
    with runtime.database.read() as connection:
        row = connection.execute(select(cohort.c.plan, *SIGNS).where(cohort.c.id == cohort_id)).one_or_none()
        if row is None:
            raise UnknownCohort(
                f"There is no cohort {cohort_id}. Look whether this is the workflow's own database."
            )
        plan_id, *signs = row
        heard = runtime.listeners.own(connection, tuple(signs))
        return runtime.plans.get(connection, plan_id), heard


def _one_by_one(runtime: Runtime, host: StoreHost, due: int) -> Iterator[Traveller]:
    """Each member alone, marked in a commit before it is moved; one on which two attempts died is parked."""
    for member in host.members(due):
        with runtime.database.write("lone attempt") as connection:
            tries = _mark(connection, member)
        if tries > 2:
            with host.scope([member]) as scope:
                for held in scope.held:
                    scope.park(held, DEAD_CODE)
            continue
        yield from host.members(due, only=member.strand)


def _mark(connection: Connection, member: Traveller) -> int:
    lock_contacts(connection, [member.contact])
    mine = and_(lone_attempt.c.strand == member.strand, lone_attempt.c.step == member.fence)
    tries = connection.scalar(select(lone_attempt.c.tries).where(mine))
    if tries is None:
        connection.execute(insert(lone_attempt).values(strand=member.strand, step=member.fence, tries=1))
        return 1
    connection.execute(update(lone_attempt).where(mine).values(tries=tries + 1))
    return int(tries) + 1


def _survived(runtime: Runtime, strand: int) -> None:
    with runtime.database.write("lone attempt") as connection:
        connection.execute(delete(lone_attempt).where(lone_attempt.c.strand == strand))


def _next(runtime: Runtime, published: Published, host: StoreHost, due: int, moved: int) -> Next:
    """Read the rows, not memory: someone may still be moving under an older attempt."""
    member = enrolment.c
    with runtime.database.write("leg end") as connection:
        rows = connection.execute(
            select(member.position, member.place, member.reason, func.count(), func.min(member.wake_at))
            .where(member.cohort == host.cohort)
            .group_by(member.position, member.place, member.reason)
        ).all()
        again = any(place == "moving" or (wake is not None and wake <= due) for _, place, _, _, wake in rows)
        wakes = [wake for _, _, _, _, wake in rows if wake is not None]
        wake_at = None if again or not wakes else runtime.clock.real(min(wakes))
        next_at = runtime.now() if again else wake_at
        connection.execute(update(cohort).where(cohort.c.id == host.cohort).values(next_at=next_at))
    return Next(again, wake_at, moved, _story(published, host, rows))


def _story(published: Published, host: StoreHost, rows: Sequence[Row[Any]]) -> str:
    nodes, rank = published.plan.nodes, published.plan.rank
    lines = [f"{nodes[node].label}: {count:,} by {port!r}" for (node, port), count in host.passed.items()]
    for row in sorted(rows, key=lambda row: rank[row[0]]):
        position, place, reason, count, wake = tuple(row)
        until = f" until {iso(wake)}" if wake is not None else f" ({reason})" if reason else ""
        lines.append(f"{nodes[position].label}: {count:,} {place}{until}")
    return "\n".join(lines)
