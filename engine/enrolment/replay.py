"""Replay: parked enrolments go on at their node, one alone or all of one cause. Nodes before it never run again.

An operation first writes down whom it means, each with the step at which they are parked; then it takes them out, page by
page. Run twice, or broken off and begun again, it skips whoever has moved since. Visits, and so send keys, stay.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, func, select, update

from engine.enrolment.plans import Plans
from engine.enrolment.takeout import Standing, by_plan, standing_held
from engine.enrolment.tally import move_tallies
from engine.store.audit import record
from engine.store.bulk import insert_rows
from engine.store.database import Database
from engine.store.ids import new_id
from engine.store.sets import among
from engine.store.tables import enrolment, journey, replay_item

PAGE = 1000
AGAIN, SKIPPED = "again", "no longer parked"

Progress = Callable[[int], None]


class NotParked(ValueError):
    """The enrolment is not parked, so that there is nothing to try again. Look at its timeline."""


@dataclass(frozen=True, slots=True)
class ParkedGroup:
    """Enrolments (or strands) that are parked for one cause: at one node of one plan, for one reason."""

    plan: int
    number: int
    journey: str
    node: str
    label: str
    reason: str
    count: int


def parked_groups(connection: Connection, journey_id: int | None = None) -> list[ParkedGroup]:
    """What is parked, by cause, the largest first; of one journey only, if it is given."""
    e = enrolment.c
    statement = (
        select(e.plan, e.position, e.reason, func.count().label("parked"))
        .where(e.place == "parked")
        .group_by(e.plan, e.position, e.reason)
    )
    if journey_id is not None:
        statement = statement.where(e.journey == journey_id)
    plans = Plans()
    groups = []
    for row in connection.execute(statement):
        published = plans.get(connection, row.plan)
        label = published.plan.nodes[row.position].label
        groups.append(
            ParkedGroup(
                row.plan,
                published.number,
                published.journey_name,
                row.position,
                label,
                row.reason,
                row.parked,
            )
        )
    return sorted(groups, key=lambda one: (-one.count, one.journey, one.number, one.node, one.reason))


def replay_one(database: Database, strand: int, *, now: int, who: str, newest: bool = False) -> None:
    """Let one parked enrolment, or one strand of it, try its node again. NotParked where it does not stand parked.

    `newest` moves it to the journey's newest plan on purpose, where that has its node: with its templates and config.
    """

    def work(connection: Connection) -> int:
        step = connection.scalar(
            select(enrolment.c.step).where(enrolment.c.id == strand, enrolment.c.place == "parked")
        )
        if step is None:
            raise NotParked(
                f"Enrolment {strand} is not parked. Look at its timeline, or at the list of causes."
            )
        operation = new_id()
        _write_items(connection, operation, [(strand, step)])
        _audit(connection, operation, now, who, {"strand": str(strand), "newest": newest})
        return operation

    run_replay(database, database.transact(work), newest=newest)


def replay_group(
    database: Database, group: ParkedGroup, *, now: int, who: str, newest: bool = False,
    progress: Progress | None = None,
) -> int:  # fmt: skip
    """Let all enrolments of one cause try their node again, on the newest plan if asked. Gives how many are on their way."""
    operation = begin_replay(database, group, now=now, who=who, newest=newest)
    return run_replay(database, operation, newest=newest, progress=progress)


def begin_replay(database: Database, group: ParkedGroup, *, now: int, who: str, newest: bool = False) -> int:
    """Write down who is parked for this cause. Gives the operation's id, with which `run_replay` goes on."""
    e = enrolment.c

    def work(connection: Connection) -> int:
        operation = new_id()
        rows = connection.execute(
            select(e.id, e.step).where(
                e.plan == group.plan, e.position == group.node, e.place == "parked", e.reason == group.reason
            )
        ).all()
        _write_items(connection, operation, [(row.id, row.step) for row in rows])
        details = {"plan": str(group.plan), "node": group.node, "reason": group.reason, "count": len(rows),
                   "newest": newest}  # fmt: skip
        _audit(connection, operation, now, who, details)
        return operation

    return database.transact(work)


def run_replay(
    database: Database,
    operation: int,
    *,
    newest: bool = False,
    progress: Progress | None = None,
    size: int = PAGE,
) -> int:
    """Take out whom the operation means and who still stands where they were parked. Gives how many that were, in all."""
    plans = Plans()
    while True:
        left = database.transact(
            lambda connection: _page(connection, plans, operation, size, newest), what="replay page"
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


def _page(connection: Connection, plans: Plans, operation: int, size: int, newest: bool) -> bool:
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
    standing = [
        one
        for one in standing_held(connection, contacts, these, enrolment.c.place == "parked")
        if one.traveller.step == steps[one.traveller.strand]
    ]
    if newest:
        _move_to_newest(connection, plans, standing)
    for scope, members in by_plan(connection, plans.get, standing, "bulk"):
        for one in members:
            one.traveller.attempt = 0
            scope.again(one)
        scope.write()
    again = {one.traveller.strand for one in standing}
    connection.execute(
        update(replay_item)
        .where(replay_item.c.operation == operation, replay_item.c.strand == bindparam("who"))
        .values(result=bindparam("outcome")),
        [{"who": strand, "outcome": AGAIN if strand in again else SKIPPED} for strand in steps],
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
