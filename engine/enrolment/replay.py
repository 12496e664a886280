"""Replay: parked enrolments go on, one alone or all of one cause. Nodes before theirs never run again.

An operation first writes down whom it means, each with the step at which they are parked, and what was asked for; then it
takes them out, page by page, as `replay_how` says, and skips whoever has moved since. Broken off, it is gone on with by the
sweep (`replay_sweep`).
"""

import math
import time
from collections.abc import Callable, Sequence

from sqlalchemy import ColumnElement, Connection, func, insert, literal, select, update

from engine.enrolment.parked import ParkedGroup, parked_groups
from engine.enrolment.plans import Plans
from engine.enrolment.replay_how import (
    RETRY,
    How,
    NotUndecided,
    ReplayUnclear,
    check_way,
    let_go_on,
    undecided_among,
)
from engine.enrolment.takeout import Standing, TellEnded, standing_held
from engine.enrolment.tally import move_tallies
from engine.store.audit import record
from engine.store.database import Database
from engine.store.ids import new_id
from engine.store.sets import among
from engine.store.tables import enrolment, journey, replay, replay_item

__all__ = [
    "How", "NotParked", "NotUndecided", "ParkedGroup", "ReplayUnclear", "begin_replay", "parked_groups", "replay_group",
    "replay_one", "run_replay",
]  # fmt: skip

PAGE = 1000
AGAIN, SKIPPED, DECIDED = "again", "no longer parked", "not undecided"

Progress = Callable[[int], None]


class NotParked(ValueError):
    """The enrolment is not parked, so that there is nothing to try again. Look at its timeline."""


def replay_one(
    database: Database, strand: int, *, now: int, who: str, how: How = RETRY, ended: TellEnded | None = None
) -> int:
    """Let one parked enrolment, or one strand of it, go on. Gives 1, or 0 where it has moved meanwhile. NotParked where it
    does not stand parked; NotUndecided where it is to send again and nothing is undecided; ReplayUnclear where it cannot
    leave by the port."""
    plans = Plans()

    def work(connection: Connection) -> int:
        e = enrolment.c
        row = connection.execute(
            select(e.step, e.plan, e.position).where(e.id == strand, e.place == "parked")
        ).one_or_none()
        if row is None:
            raise NotParked(
                f"Enrolment {strand} is not parked. Look at its timeline, or at the list of causes."
            )
        check_way(plans.get(connection, row.plan), row.position, how)
        if how.action == "send again" and not undecided_among(connection, [strand]):
            raise NotUndecided(
                f"Nothing that enrolment {strand} sends here is unknown, unconfirmed or cancelled, so that there is nothing "
                "to send again. Retry it."
            )
        operation, _ = _begin(connection, how, e.id == strand)
        _audit(connection, operation, now, who, {"strand": str(strand), **how.details()})
        return operation

    return run_replay(database, database.transact(work), now=now, ended=ended)


def replay_group(
    database: Database, group: ParkedGroup, *, now: int, who: str, how: How = RETRY,
    progress: Progress | None = None, ended: TellEnded | None = None,
) -> int:  # fmt: skip
    """Let all enrolments of one cause go on. Gives how many did; whoever is to send again, and has nothing undecided, does
    not. ReplayUnclear where they cannot leave by the port."""
    operation = begin_replay(database, group, now=now, who=who, how=how)
    return run_replay(database, operation, now=now, progress=progress, ended=ended)


def begin_replay(database: Database, group: ParkedGroup, *, now: int, who: str, how: How = RETRY) -> int:
    """Write down who is parked for this cause. Gives the operation's id, with which `run_replay` goes on."""
    e = enrolment.c
    plans = Plans()

    def work(connection: Connection) -> int:
        check_way(plans.get(connection, group.plan), group.node, how)
        operation, count = _begin(
            connection, how, e.plan == group.plan, e.position == group.node, e.reason == group.reason
        )
        details = {"plan": str(group.plan), "node": group.node, "reason": group.reason, "count": count}
        _audit(connection, operation, now, who, {**details, **how.details()})
        return operation

    return database.transact(work)


def run_replay(
    database: Database,
    operation: int,
    *,
    now: int = 0,
    progress: Progress | None = None,
    size: int = PAGE,
    ended: TellEnded | None = None,
    seconds: float = math.inf,
) -> int:
    """Let go on whom the operation means and who still stands where they were parked, as was asked when it was begun. Gives
    how many that were, in all.

    `now` is the business instant at which they leave or end: none of them before its own. `ended` lets others hear of
    whoever ends. No page is begun after so many seconds. Two that run at once take turns.
    """
    plans = Plans()
    ends = time.monotonic() + seconds
    while True:
        done, finished = database.transact(
            lambda connection: _page(connection, plans, operation, size, now, ended), what="replay page"
        )
        if progress is not None:
            progress(done)
        if finished or time.monotonic() >= ends:
            return done


def _page(
    connection: Connection, plans: Plans, operation: int, size: int, now: int, ended: TellEnded | None
) -> tuple[int, bool]:
    """Replay the next page. Gives how many have gone on by now, and whether nobody is left."""
    row = connection.execute(
        select(replay.c.how, replay.c.cursor, replay.c.done, replay.c.finished)
        .where(replay.c.id == operation)
        .with_for_update()
    ).one()
    if row.finished:
        return row.done, True
    items = connection.execute(
        select(replay_item.c.strand, replay_item.c.step)
        .where(replay_item.c.operation == operation, replay_item.c.strand > row.cursor)
        .order_by(replay_item.c.strand)
        .limit(size)
    ).all()
    outcomes = _go_on(connection, plans, {row.strand: row.step for row in items}, How(**row.how), now, ended)
    for outcome in sorted(set(outcomes.values())):
        strands = [strand for strand, became in outcomes.items() if became == outcome]
        connection.execute(
            update(replay_item)
            .where(replay_item.c.operation == operation, among(replay_item.c.strand, strands))
            .values(result=outcome)
        )
    done = row.done + sum(outcome == AGAIN for outcome in outcomes.values())
    finished = not items
    cursor = items[-1].strand if items else row.cursor
    connection.execute(
        update(replay).where(replay.c.id == operation).values(cursor=cursor, done=done, finished=finished)
    )
    return done, finished


def _go_on(
    connection: Connection, plans: Plans, steps: dict[int, int], how: How, now: int, ended: TellEnded | None
) -> dict[int, str]:
    """Let go on who still stands parked at the step that was meant. Gives what became of each strand."""
    if not steps:
        return {}
    these = among(enrolment.c.id, steps)
    contacts = connection.scalars(select(enrolment.c.contact).where(these))
    parked = [
        one
        for one in standing_held(connection, contacts, these, enrolment.c.place == "parked")
        if one.traveller.step == steps[one.traveller.strand]
    ]
    standing = parked
    if how.action == "send again":
        undecided = undecided_among(connection, [one.traveller.strand for one in parked])
        standing = [one for one in parked if one.traveller.strand in undecided]
    outcomes = dict.fromkeys(steps, SKIPPED)
    outcomes |= {one.traveller.strand: DECIDED for one in parked}
    outcomes |= {one.traveller.strand: AGAIN for one in standing}
    if how.newest:
        _move_to_newest(connection, plans, standing)
    let_go_on(connection, plans, standing, how, now, ended)
    return outcomes


def _move_to_newest(connection: Connection, plans: Plans, standing: Sequence[Standing]) -> None:
    """Move enrolments to the plan that their journey has published last, where it has their node and they have no
    strands: a strand goes by the plan of its enrolment, which the others go by, too."""
    journeys = {one.journey for one in standing}
    rows = connection.execute(select(journey.c.id, journey.c.plan).where(among(journey.c.id, journeys)))
    current = {row.id: plans.get(connection, row.plan) for row in rows if row.plan is not None}
    moved: dict[tuple[int, int], list[int]] = {}
    for one in standing:
        target, before = current.get(one.journey), plans.get(connection, one.plan)
        position = one.traveller.position
        if target is None or target.id == one.plan or one.traveller.parent is not None:
            continue
        node = target.plan.nodes.get(position)
        if node is not None and node.type == before.plan.nodes[position].type:
            moved.setdefault((one.plan, target.id), []).append(one.traveller.strand)
            one.plan = target.id
    for (old, plan_id), strands in moved.items():
        move_tallies(connection, old, plan_id, strands)
        connection.execute(update(enrolment).where(among(enrolment.c.id, strands)).values(plan=plan_id))


def _begin(connection: Connection, how: How, *tests: ColumnElement[bool]) -> tuple[int, int]:
    """Write down who is meant, each with the step at which they are parked. Gives the operation's id, and how many they
    are."""
    operation, e = new_id(), enrolment.c
    connection.execute(insert(replay).values(id=operation, how=how.kept(), cursor=0, done=0, finished=False))
    meant = select(literal(operation), e.id, e.step).where(e.place == "parked", *tests)
    connection.execute(insert(replay_item).from_select(("operation", "strand", "step"), meant))
    written = select(func.count()).select_from(replay_item).where(replay_item.c.operation == operation)
    return operation, connection.scalar(written) or 0


def _audit(connection: Connection, operation: int, now: int, who: str, details: dict[str, object]) -> None:
    record(connection, at=now, who=who, what="replay", subject=f"replay/{operation}", details=details)
