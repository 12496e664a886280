"""The invariants about waits and goals: nobody waits for what has happened, and no time-out went before its event.

They ask again, of every wait and goal, what the leg and ingestion ask when they lock and look.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Any

from sqlalchemy import Connection, select

from engine.audience.recognition import ANONYMOUS
from engine.enrolment.goal import goal_hit
from engine.enrolment.listeners import heard_by
from engine.enrolment.matching import keys_of, look
from engine.enrolment.merge import CONTACT_MERGED
from engine.enrolment.plans import Plans, Published
from engine.enrolment.rows import MEMBER_COLUMNS, traveller_of
from engine.flow.plan import Wait
from engine.journey.host import Listening
from engine.journey.traveller import Happening, Moment, Traveller
from engine.journey.waits import cancelled_orders, fits, within
from engine.store.clock import read_clock
from engine.store.sets import among
from engine.store.tables import enrolment, event, identity, step

_PAGE = 1000
_MARGIN_MS = 5_000
"""Real time after its receipt in which an event is surely committed."""

_e = enrolment.c
Lines = Iterator[list[str]]


def _pages(connection: Connection, *tests: Any) -> Iterator[list[Any]]:
    after = 0
    while True:
        rows = list(
            connection.execute(
                select(*MEMBER_COLUMNS, _e.plan).where(_e.id > after, *tests).order_by(_e.id).limit(_PAGE)
            )
        )
        if not rows:
            return
        yield rows
        after = rows[-1].id


def waits_missed(connection: Connection, plans: Plans) -> Lines:
    """6: no open wait has a belonging event."""
    for rows in _pages(connection, _e.place == "resting", _e.since.is_not(None)):
        groups: dict[tuple[int, str], list[Traveller]] = {}
        for row in rows:
            groups.setdefault((row.plan, row.position), []).append(traveller_of(row[:-1]))
        for (plan, node), group in groups.items():
            wait = plans.get(connection, plan).plan.nodes[node].operation
            if not isinstance(wait, Wait):
                continue
            listening = [Listening(t, t.since or 0, t.since_order, t.wake_at) for t in group]
            hits = look(connection, wait, listening)
            yield [
                f"6: enrolment {one.traveller.strand} still waits at {node} for event {hit.order} ({hit.port})"
                for one, hit in zip(listening, hits, strict=True)
                if hit is not None
            ]


def goals_missed(connection: Connection, plans: Plans) -> Lines:
    """6: no goal of a live enrolment that has reached none has a belonging event."""
    for rows in _pages(connection, _e.place != "ended", _e.root.is_(None)):
        groups: dict[int, list[Traveller]] = {}
        for row in rows:
            groups.setdefault(row.plan, []).append(traveller_of(row[:-1]))
        for plan, group in groups.items():
            published = plans.get(connection, plan)
            if published.plan.goals:
                yield _missed(connection, published, group)


def _missed(connection: Connection, published: Published, group: Sequence[Traveller]) -> list[str]:
    goals = published.plan.goals
    happenings = _happenings(connection, {t.contact for t in group}, sorted(heard_by(published.plan).goals))
    keys = keys_of(
        connection, [arm for goal in goals for arm in goal.arms], {t.root: t.contact for t in group}
    )
    reached = set(
        connection.scalars(
            select(step.c.strand).where(
                among(step.c.strand, [t.strand for t in group]),
                step.c.node.in_([goal.node for goal in goals]),
            )
        )
    )
    lines = []
    for t in group:
        found = goal_hit(published, t, (), happenings.get(t.contact, ()), keys.get(t.root, {}))
        if found is not None and t.strand not in reached:
            lines.append(
                f"6: enrolment {t.strand} lives on after event {found[1].order} of goal {found[0].node}"
            )
    return lines


def _happenings(
    connection: Connection, contacts: set[int], names: Sequence[str]
) -> dict[int, list[Happening]]:
    rows = connection.execute(
        select(event).where(among(event.c.contact, contacts), event.c.name.in_(list(names)))
    )
    found: dict[int, list[Happening]] = {}
    for row in rows:
        found.setdefault(row.contact, []).append(
            Happening(row.id, row.message_id, row.name, row.at, row.properties, row.send_key)
        )
    return found


def timeouts_too_early(connection: Connection, plans: Plans) -> Lines:
    """5: no time-out of a wait that counts from its beginning, where an event that belongs to it had come in before."""
    margin = _MARGIN_MS * read_clock(connection).speed
    after = (0, 0)
    while True:
        rows = list(
            connection.execute(
                select(step, _e.plan, _e.contact, _e.root)
                .join(enrolment, _e.id == step.c.strand)
                .where(
                    step.c.cause == "timeout",
                    (step.c.strand > after[0]) | ((step.c.strand == after[0]) & (step.c.no > after[1])),
                )
                .order_by(step.c.strand, step.c.no)
                .limit(_PAGE)
            )
        )
        if not rows:
            return
        yield _early(connection, plans, rows, margin)
        after = (rows[-1].strand, rows[-1].no)


def _early(connection: Connection, plans: Plans, rows: Sequence[Any], margin: float) -> list[str]:
    before = _moments_before(connection, rows)
    events: dict[int, list[Any]] = {}
    for row in connection.execute(select(event).where(among(event.c.contact, {row.contact for row in rows}))):
        events.setdefault(row.contact, []).append(row)
    merged = {
        who: max(one.received_at for one in listed if one.name == CONTACT_MERGED)
        for who, listed in events.items()
        if any(one.name == CONTACT_MERGED for one in listed)
    }
    known = _visitors_since(connection, {one.anonymous_id for listed in events.values() for one in listed})
    lines = []
    for row in rows:
        wait = plans.get(connection, row.plan).plan.nodes[row.node].operation
        begun = before.get((row.strand, row.no))
        if not isinstance(wait, Wait) or wait.since != "here" or begun is None:
            continue
        if row.at <= merged.get(row.contact, row.at - 1):  # what the other one had done was not theirs yet
            continue
        happenings = [
            Happening(one.id, one.message_id, one.name, one.at, one.properties, one.send_key)
            for one in events.get(row.contact, ())
        ]
        cancelled = cancelled_orders(happenings)
        for one, happening in zip(events.get(row.contact, ()), happenings, strict=True):
            belongs = within(happening, begun[0], begun[1], row.at) and any(
                arm.message_of is None and fits(arm, happening, {}, cancelled) for arm in wait.arms
            )
            had = max(one.received_at, known.get(one.anonymous_id, one.received_at))
            if belongs and had + margin < row.at:
                lines.append(
                    f"5: enrolment {row.strand} timed out at {row.node}, and event {one.id} had come before"
                )
    return lines


def _visitors_since(connection: Connection, visitors: Iterable[str | None]) -> dict[str | None, int]:
    """When visitors were recognised: what they had done before was nobody's until then."""
    named = [visitor for visitor in visitors if visitor is not None]
    if not named:
        return {}
    rows = connection.execute(
        select(identity.c.value, identity.c.created_at).where(
            identity.c.kind == ANONYMOUS, among(identity.c.value, named)
        )
    )
    return {row.value: row.created_at for row in rows}


def _moments_before(connection: Connection, rows: Sequence[Any]) -> dict[tuple[int, int], Moment]:
    """When each of these strands had come to the node that it then left: the moment of the step before."""
    steps: dict[int, list[tuple[int, Moment]]] = {}
    for row in connection.execute(
        select(step.c.strand, step.c.no, step.c.at, step.c.at_order)
        .where(among(step.c.strand, {row.strand for row in rows}))
        .order_by(step.c.strand, step.c.no)
    ):
        moment = (row.at, -1 if row.at_order is None else row.at_order)
        steps.setdefault(row.strand, []).append((row.no, moment))
    found: dict[tuple[int, int], Moment] = {}
    for strand, listed in steps.items():
        for (_, moment), (no, _) in pairwise(listed):
            found[strand, no] = moment
    return found
