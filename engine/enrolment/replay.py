"""Replay: parked enrolments go on, one alone or all of one cause. Nodes before theirs never run again.

An operation first writes down whom it means, each with the step at which they are parked; then it takes them out, page by
page, as `replay_how` says. Run twice, or broken off and begun again, it skips whoever has moved since.
"""

from collections.abc import Callable, Sequence

from sqlalchemy import Connection, bindparam, func, select, update

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
from engine.store.bulk import insert_rows
from engine.store.database import Database
from engine.store.ids import new_id
from engine.store.sets import among
from engine.store.tables import enrolment, journey, replay_item

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
        operation = new_id()
        _write_items(connection, operation, [(strand, row.step)])
        _audit(connection, operation, now, who, {"strand": str(strand), **how.details()})
        return operation

    return run_replay(database, database.transact(work), how=how, now=now, ended=ended)


def replay_group(
    database: Database, group: ParkedGroup, *, now: int, who: str, how: How = RETRY,
    progress: Progress | None = None, ended: TellEnded | None = None,
) -> int:  # fmt: skip
    """Let all enrolments of one cause go on. Gives how many did; whoever is to send again, and has nothing undecided, does
    not. ReplayUnclear where they cannot leave by the port."""
    operation = begin_replay(database, group, now=now, who=who, how=how)
    return run_replay(database, operation, how=how, now=now, progress=progress, ended=ended)


def begin_replay(database: Database, group: ParkedGroup, *, now: int, who: str, how: How = RETRY) -> int:
    """Write down who is parked for this cause. Gives the operation's id, with which `run_replay` goes on."""
    e = enrolment.c
    plans = Plans()

    def work(connection: Connection) -> int:
        check_way(plans.get(connection, group.plan), group.node, how)
        operation = new_id()
        rows = connection.execute(
            select(e.id, e.step).where(
                e.plan == group.plan, e.position == group.node, e.place == "parked", e.reason == group.reason
            )
        ).all()
        _write_items(connection, operation, [(row.id, row.step) for row in rows])
        details = {"plan": str(group.plan), "node": group.node, "reason": group.reason, "count": len(rows)}
        _audit(connection, operation, now, who, {**details, **how.details()})
        return operation

    return database.transact(work)


def run_replay(
    database: Database,
    operation: int,
    *,
    how: How = RETRY,
    now: int = 0,
    progress: Progress | None = None,
    size: int = PAGE,
    ended: TellEnded | None = None,
) -> int:
    """Let go on whom the operation means and who still stands where they were parked. Gives how many that were, in all.

    `now` is the business instant at which they leave or end: none of them before its own. `ended` lets others hear of
    whoever ends.
    """
    plans = Plans()
    while True:
        left = database.transact(
            lambda connection: _page(connection, plans, operation, size, how, now, ended), what="replay page"
        )
        with database.read() as connection:
            done = (
                connection.scalar(
                    select(func.count())
                    .select_from(replay_item)
                    .where(replay_item.c.operation == operation, replay_item.c.result == AGAIN)
                )
                or 0
            )
        if progress is not None:
            progress(done)
        if not left:
            return done


def _page(
    connection: Connection, plans: Plans, operation: int, size: int, how: How, now: int,
    ended: TellEnded | None,
) -> bool:  # fmt: skip
    """Replay the next page; false when none is left."""
    items = connection.execute(
        select(replay_item.c.strand, replay_item.c.step)
        .where(replay_item.c.operation == operation, replay_item.c.result.is_(None))
        .order_by(replay_item.c.strand)
        .limit(size)
    ).all()
    if not items:
        return False
    steps: dict[int, int] = {row.strand: row.step for row in items}
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
    connection.execute(
        update(replay_item)
        .where(replay_item.c.operation == operation, replay_item.c.strand == bindparam("who"))
        .values(result=bindparam("outcome")),
        [{"who": strand, "outcome": outcome} for strand, outcome in outcomes.items()],
    )
    return True


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


def _write_items(connection: Connection, operation: int, items: Sequence[tuple[int, int]]) -> None:
    rows = [(operation, strand, step, None) for strand, step in items]
    insert_rows(connection, replay_item, ("operation", "strand", "step", "result"), rows)


def _audit(connection: Connection, operation: int, now: int, who: str, details: dict[str, object]) -> None:
    record(connection, at=now, who=who, what="replay", subject=f"replay/{operation}", details=details)
