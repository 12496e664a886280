"""Drain: admissions become cohorts. And the sweep, which starts again whatever should be open and is not."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Connection, and_, bindparam, delete, exists, or_, select, text, update

from engine.enrolment.enter import COHORT_SIZE, new_cohort
from engine.enrolment.tally import Changes, stands, write_changes
from engine.store.sets import among, among_given
from engine.store.tables import admission, cohort, enrolment

_UNSTARTED = (
    select(cohort.c.id, cohort.c.plan, cohort.c.journey, cohort.c.lane)
    # In the index's own words: SQLite uses it for no others, and would look through all cohorts there ever were.
    .where(text("not started"), ~among_given(cohort.c.id, "paused"))
    .order_by(cohort.c.lane.desc(), cohort.c.id)
    .limit(bindparam("most"))
)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A cohort whose workflow is to be started."""

    id: int
    plan: int
    journey: int
    lane: str


def drain(connection: Connection, *, now: int, limit: int = 8 * COHORT_SIZE) -> int:
    """Group waiting admissions by plan and lane into cohorts of up to 1,000. Gives how many were moved.

    Only an admission whose step is its enrolment's counts; stale ones are deleted. `now` is real time.
    """
    rows = connection.execute(
        select(
            admission.c.strand,
            admission.c.lane,
            admission.c.plan,
            enrolment.c.journey,
            enrolment.c.root,
            enrolment.c.position,
        )
        .join(enrolment, and_(enrolment.c.id == admission.c.strand, enrolment.c.step == admission.c.step))
        .where(enrolment.c.place == "admitted")
        .order_by(admission.c.lane.desc(), admission.c.strand)
        .limit(limit)
        .with_for_update(of=enrolment, skip_locked=True, key_share=True)
    ).all()
    groups: dict[tuple[str, int, int], list[int]] = {}
    tallies: dict[int, Changes] = {}
    for row in rows:
        groups.setdefault((row.lane, row.plan, row.journey), []).append(row.strand)
        changes = tallies.setdefault(row.plan, Changes())
        for place, by in (("admitted", -1), ("moving", 1)):
            key = stands(row.root is None, row.position, place, None)
            if key is not None:
                changes[key] += by
    for (lane, plan_id, journey), members in groups.items():
        for start in range(0, len(members), COHORT_SIZE):
            chunk = members[start : start + COHORT_SIZE]
            number = new_cohort(connection, plan_id, journey, lane, now)
            connection.execute(
                update(enrolment).where(among(enrolment.c.id, chunk)).values(place="moving", cohort=number)
            )
    for plan_id, changes in tallies.items():
        write_changes(connection, plan_id, changes)
    _delete(connection, [row.strand for row in rows])
    return len(rows)


def _delete(connection: Connection, strands: list[int]) -> None:
    """Delete the admissions of these strands that are used or stale: none has a step above its enrolment's."""
    if strands:
        connection.execute(delete(admission).where(among(admission.c.strand, strands)))


def delete_stale(connection: Connection) -> int:
    """Delete admissions that no enrolment waits by."""
    current = exists().where(
        enrolment.c.id == admission.c.strand,
        enrolment.c.step == admission.c.step,
        enrolment.c.place == "admitted",
    )
    return connection.execute(delete(admission).where(~current)).rowcount


def unstarted(connection: Connection, paused: Collection[int] = (), limit: int = 200) -> list[Waiting]:
    """Cohorts whose workflow was not started yet, the live lane's first, without those that are left alone."""
    rows = connection.execute(_UNSTARTED, {"paused": paused, "most": limit})
    return [Waiting(*row) for row in rows]


def mark_started(connection: Connection, cohorts: list[int]) -> None:
    """The workflows of these cohorts are open."""
    if cohorts:
        connection.execute(update(cohort).where(among(cohort.c.id, cohorts)).values(started=True))


def overdue(connection: Connection, *, before: int, due: int, limit: int = 200) -> list[Waiting]:
    """Started cohorts whose next move was to be by the real instant `before`, and which indeed have a member that is
    moving, or whose rest has ended by `due` (business time): their workflow should be open. The longest overdue first;
    `put_off` makes room for the next."""
    late = or_(
        enrolment.c.place == "moving", and_(enrolment.c.place == "resting", enrolment.c.wake_at <= due)
    )
    rows = connection.execute(
        select(cohort.c.id, cohort.c.plan, cohort.c.journey, cohort.c.lane)
        .where(
            cohort.c.started,
            cohort.c.next_at < before,
            exists().where(enrolment.c.cohort == cohort.c.id, late),
        )
        .order_by(cohort.c.next_at)
        .limit(limit)
    )
    return [Waiting(*row) for row in rows]


def put_off(connection: Connection, cohorts: list[int], *, before: int, now: int) -> None:
    """Their workflows are open, or were started again, at the real instant `now`: they are overdue again when they have
    not moved a while after it. Those whose leg has ended meanwhile have a time of their own."""
    if cohorts:
        connection.execute(
            update(cohort).where(among(cohort.c.id, cohorts), cohort.c.next_at < before).values(next_at=now)
        )


def behind(connection: Connection, *, before: int) -> bool:
    """Whether some cohort was to move by the real instant `before`, and has not: legs wait for workers."""
    return bool(connection.scalar(select(exists().where(cohort.c.started, cohort.c.next_at < before))))
