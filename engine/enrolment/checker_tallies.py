"""The checker's questions about tallies: what was counted along the way is what there is."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, case, func, literal, literal_column, or_, select

from engine.enrolment.tally import HOUR
from engine.store.tables import enrolment, step, tally, tally_change
from engine.store.tables.tallies import EVER

_SHOWN = 20
_e = enrolment.c
_Key = tuple[int, int, str, str, str]


def tallies_wrong(connection: Connection) -> Iterator[list[str]]:
    """Each number that differs from the rows that it counts."""
    there = Counter[_Key]()
    for statement in _counted():
        for row in connection.execute(statement):
            plan, hour, kind, node, name, count = tuple(row)
            there[plan, hour, kind, node, name] += count
            if hour != EVER:
                there[plan, EVER, kind, node, name] += count
    said = Counter[_Key]()
    for table in (tally, tally_change):
        c = table.c
        for plan, hour, kind, node, name, count in connection.execute(
            select(c.plan, c.hour, c.kind, c.node, c.name, c.count)
        ):
            said[plan, hour, kind, node, name] += count
            if table is tally_change and hour != EVER:
                said[plan, EVER, kind, node, name] += count
    wrong = [
        f"10: the tally of plan {key[0]} says {said[key]} for {' '.join(map(str, key[2:]))}"
        f"{'' if key[1] == EVER else f' in hour {key[1]}'}, and there are {there[key]}"
        for key in sorted(there.keys() | said.keys())
        if there[key] != said[key]
    ]
    yield [*wrong[:_SHOWN], *(["10: ... and more of this kind"] if len(wrong) > _SHOWN else [])]


def _counted() -> list[Select[Any]]:
    """What there is, by the keys of `engine.enrolment.tally`."""
    root, forked = _e.root.is_(None), _e.reason == "strands"
    kind = case((_e.root.is_not(None), "strand"), (forked, "forked"), else_="root")
    nothing = literal("")
    return [
        _grouped(_e.entered_at // HOUR, literal("entered"), nothing, nothing).where(root),
        _grouped(_e.ended_at // HOUR, literal("ended"), nothing, _e.result).where(root, _e.place == "ended"),
        _grouped(step.c.at // HOUR, literal("left"), step.c.node, step.c.port).join(
            step, step.c.strand == _e.id
        ),
        _grouped(literal(EVER), kind, _e.position, _e.place).where(
            _e.place != "ended", or_(root, _e.reason.is_(None), ~forked)
        ),
    ]


def _grouped(*keys: ColumnElement[Any]) -> Select[Any]:
    """Rows counted by their plan and these keys, named by their number: an expression with a parameter equals no other."""
    named = [key.label(f"k{number}") for number, key in enumerate(keys)]
    return (
        select(_e.plan, *named, func.count())
        .select_from(enrolment)
        .group_by(_e.plan, *(literal_column(one.name) for one in named))
    )
