"""Tallies: how many entered, stand, left and ended, counted by the transactions that move them.

Each transaction appends what it changed, a few rows however many it moved; no two ever write one row. The sweep adds the
changes up, and a reading takes the sums and what has come since, in one statement.

| kind | node | name | counts |
|---|---|---|---|
| entered | | | enrolments, by the hour of their entry |
| left | node | port | steps, by their hour |
| ended | | result | enrolments, by the hour of their end |
| root | node | place | enrolments that stand there now |
| strand | node | place | strands that stand there now |
| forked | node | resting | enrolments whose strands are under way: they do the standing |

They go by the plan that a row names, and move with it.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, Select, and_, delete, func, or_, select, text, union_all

from engine.store.bulk import insert_rows
from engine.store.database import Database
from engine.store.ids import new_ids
from engine.store.sets import among
from engine.store.tables import enrolment, step, tally, tally_change
from engine.store.tables.tallies import EVER

HOUR = 3_600_000
STANDING = ("root", "strand", "forked")
Key = tuple[int, str, str, str]
"""(hour, kind, node, name)."""
Changes = Counter[Key]

_COLUMNS = ("id", "plan", "hour", "kind", "node", "name", "count")
_FOLD = 20_000
_SUM = text(
    "INSERT INTO tally (plan, hour, kind, node, name, count) VALUES (:plan, :hour, :kind, :node, :name, :count)"
    " ON CONFLICT (plan, hour, kind, node, name) DO UPDATE SET count = tally.count + excluded.count"
)


def hour_of(at: int) -> int:
    """The hour of a business instant."""
    return max(at // HOUR, 0)


def entered(at: int) -> Key:
    """What an entry counts under."""
    return (hour_of(at), "entered", "", "")


def left(node: str, port: str, at: int) -> Key:
    """What a step counts under."""
    return (hour_of(at), "left", node, port)


def ended(result: str, at: int) -> Key:
    """What the end of an enrolment counts under."""
    return (hour_of(at), "ended", "", result)


def stands(is_root: bool, node: str, place: str, reason: str | None) -> Key | None:
    """What a live row counts under; None for a strand that has strands of its own."""
    if reason == "strands":
        return (EVER, "forked", node, place) if is_root else None
    return (EVER, "root" if is_root else "strand", node, place)


def write_changes(connection: Connection, plan: int, changes: Mapping[Key, int]) -> None:
    """Add changes to a plan's tallies."""
    counted = [(key, count) for key, count in changes.items() if count]
    rows = [
        (number, plan, *key, count)
        for number, (key, count) in zip(new_ids(len(counted)), counted, strict=True)
    ]
    insert_rows(connection, tally_change, _COLUMNS, rows)


def move_tallies(connection: Connection, before: int, after: int, strands: Iterable[int]) -> None:
    """Enrolments without strands go from one plan to another: what they count for goes along."""
    listed = list(strands)
    changes = Changes()
    e = enrolment.c
    for row in connection.execute(
        select(e.entered_at, e.position, e.place, e.reason).where(among(e.id, listed))
    ):
        changes[entered(row.entered_at)] += 1
        key = stands(True, row.position, row.place, row.reason)
        if key is not None:
            changes[key] += 1
    for passed in connection.execute(
        select(step.c.node, step.c.port, step.c.at).where(among(step.c.strand, listed))
    ):
        changes[left(*passed)] += 1
    write_changes(connection, after, changes)
    write_changes(connection, before, {key: -count for key, count in changes.items()})


# ------------------------------------------------------------------------------------------------ adding up


def fold_tallies(database: Database) -> int:
    """Add changes to the sums, page by page. Gives how many there were. Two may do so at once."""
    done = 0
    with database.read() as connection:
        some = connection.scalar(select(tally_change.c.id).limit(1)) is not None
    while some:
        with database.write("tally") as connection:
            count = _fold(connection)
        done += count
        some = count == _FOLD
    return done


def _fold(connection: Connection) -> int:
    change = tally_change.c
    page = select(change.id).order_by(change.id).limit(_FOLD).with_for_update(skip_locked=True)
    rows = connection.execute(
        delete(tally_change)
        .where(change.id.in_(page))
        .returning(change.plan, change.hour, change.kind, change.node, change.name, change.count)
    ).all()
    sums: Counter[tuple[int, int, str, str, str]] = Counter()
    for plan, hour, kind, node, name, count in rows:
        sums[plan, hour, kind, node, name] += count
        if hour != EVER:
            sums[plan, EVER, kind, node, name] += count
    if sums:
        connection.execute(
            _SUM,
            [
                {"plan": plan, "hour": hour, "kind": kind, "node": node, "name": name, "count": count}
                for (plan, hour, kind, node, name), count in sorted(sums.items())
            ],
        )
    return len(rows)


# ------------------------------------------------------------------------------------------------ reading


@dataclass(frozen=True, slots=True)
class Period:
    """From the business instant `since` until before `until`, by whole hours; None: without that end."""

    since: int | None = None
    until: int | None = None

    @property
    def whole(self) -> bool:
        """Whether it is all of time."""
        return self.since is None and self.until is None

    def holds(self, hour: ColumnElement[int]) -> ColumnElement[bool]:
        """The condition on an hour."""
        tests = [hour > EVER]
        if self.since is not None:
            tests.append(hour >= hour_of(self.since))
        if self.until is not None:
            tests.append(hour < -(-self.until // HOUR))
        return and_(*tests)


EVERYTHING = Period()


@dataclass(frozen=True, slots=True)
class Count:
    """One number of one plan."""

    plan: int
    kind: str
    node: str
    name: str
    count: int


def read_tallies(
    connection: Connection, plans: Select[tuple[int]], period: Period = EVERYTHING, kinds: Iterable[str] = ()
) -> list[Count]:
    """The numbers of the plans that a query gives: who entered, left and ended within the period; who stands now.

    `kinds` asks for some only.
    """
    wanted = list(kinds)
    parts = []
    for table in (tally, tally_change):
        c = table.c
        now = and_(c.hour == EVER, c.kind.in_(STANDING))
        if not period.whole:
            when = or_(now, period.holds(c.hour))
        else:  # sums of all time exist; changes are each of their hour
            when = c.hour == EVER if table is tally else c.hour >= EVER
        part = select(c.plan, c.kind, c.node, c.name, c.count).where(c.plan.in_(plans), when)
        parts.append(part.where(c.kind.in_(wanted)) if wanted else part)
    both = union_all(*parts).subquery()
    keys = (both.c.plan, both.c.kind, both.c.node, both.c.name)
    total = func.sum(both.c.count)
    rows = connection.execute(select(*keys, total).group_by(*keys).having(total != 0).order_by(*keys))
    return [Count(plan, kind, node, name, int(count)) for plan, kind, node, name, count in rows]
