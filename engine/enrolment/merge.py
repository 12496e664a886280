"""Merge contacts: two who turn out to be one, with all that they are in the middle of.

Enrolments, their strands and their messages go to the survivor where they stand: place, step and cohort stay, so that the
next leg finds them as they are. A leg that is under way, and holds the contact whom they had, drops them and leaves them to
the next one. Then look: what the one did may end a wait, or reach a goal, of the other.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, update

from engine.audience.events import recorded_of
from engine.audience.merging import merge_rows
from engine.enrolment.match import hear
from engine.enrolment.runtime import Published, Runtime
from engine.enrolment.takeout import Over, TellEnded, by_plan, standing_where, strands_of
from engine.journey.traveller import MERGED
from engine.store.batch import News, Tell
from engine.store.sets import among
from engine.store.tables import enrolment, entry, event, journey

CONTACT_MERGED = "contact.merged"
"""The event of the survivor: its property `contact` is the id of the one who is no more."""

_e = enrolment.c


def merge_contacts(
    connection: Connection, runtime: Runtime, pairs: Sequence[tuple[int, int]], now: int, tell: Tell,
    tell_ended: TellEnded,
) -> None:  # fmt: skip
    """Make contacts one, pair by pair: (who goes, who stays). Both are locked; `now` is a business instant. Who listens is
    told of it by `tell`, and of the enrolments that end by it by `tell_ended`, as the survivors'."""
    into = dict(pairs)
    over: list[tuple[Published, Over]] = []
    for goes, stays in pairs:
        over += _end_surplus(connection, runtime, _surplus(connection, runtime, goes, stays), now)
        _move_enrolments(connection, goes, stays)
        _add_entries(connection, goes, stays)
        merge_rows(connection, goes, stays, now)
    news = [News(_last(into, goes), CONTACT_MERGED, now, {"contact": str(goes)}) for goes in into]
    for who in sorted(set(into.values()) - into.keys()):
        news += _look(connection, runtime, who)
    for published, ended in over:
        for root, _ in ended:
            root.contact = _last(into, root.contact)
        tell_ended(connection, published, ended)
    tell(connection, news)


def _last(into: Mapping[int, int], who: int) -> int:
    """Whom a contact became, at the end of all."""
    while who in into:
        who = into[who]
    return who


def _surplus(connection: Connection, runtime: Runtime, goes: int, stays: int) -> list[int]:
    """Of live enrolments that one contact could not have beside others, all but the one that entered first: they would
    not have been let in. Where two entered by one cause, the later one's is written as that of its contact."""
    surplus: list[int] = []
    for members in _shared(connection, goes, stays):
        causes: set[str] = set()
        inside = False
        for row in members:
            first = row is members[0]
            once = runtime.plans.get(connection, row.plan).plan.settings.reentry.rule == "once"
            again = row.cause in causes
            causes.add(row.cause)
            if again:
                cause = f"{row.cause} (contact {row.contact})"
                connection.execute(update(enrolment).where(_e.id == row.id).values(cause=cause))
            if row.place == "ended":
                continue
            if again or (row.single and inside) or (once and not first):
                surplus.append(row.id)
            else:
                inside = inside or row.single
    return surplus


def _end_surplus(
    connection: Connection, runtime: Runtime, surplus: Sequence[int], now: int
) -> list[tuple[Published, Over]]:
    """End enrolments, and their strands. Gives those who ended, by plan."""
    if not surplus:
        return []
    over: list[tuple[Published, Over]] = []
    roots = standing_where(connection, among(_e.id, surplus))
    strands = strands_of(connection, [one.traveller.strand for one in roots if one.pending > 0])
    for scope, members in by_plan(connection, runtime.plans.get, [*roots, *strands], "live"):
        for one in members:
            if one.traveller.parent is None:
                scope.stop(one.traveller, MERGED, now)
        scope.write()
        over.append((runtime.plans.get(connection, members[0].plan), scope.over))
    return over


def _shared(connection: Connection, goes: int, stays: int) -> list[list[Any]]:
    """The enrolments of both in journeys that both have been in, journey by journey, the first to enter first."""
    rows = connection.execute(
        select(_e.id, _e.journey, _e.plan, _e.contact, _e.cause, _e.single, _e.place)
        .where(among(_e.contact, [goes, stays]), _e.root.is_(None))
        .order_by(_e.journey, _e.entered_at, func.coalesce(_e.entered_order, -1), _e.id)
    )
    found: dict[int, list[Any]] = {}
    for row in rows:
        found.setdefault(row.journey, []).append(row)
    return [members for members in found.values() if len({row.contact for row in members}) == 2]


def _move_enrolments(connection: Connection, goes: int, stays: int) -> None:
    roots = list(connection.scalars(select(_e.id).where(_e.contact == goes, _e.root.is_(None))))
    if not roots:
        return
    moved = {"contact": stays, "origin": func.coalesce(_e.origin, goes)}
    connection.execute(update(enrolment).where(among(_e.id, roots)).values(moved))
    connection.execute(update(enrolment).where(among(_e.root, roots)).values(moved))


def _add_entries(connection: Connection, goes: int, stays: int) -> None:
    """Count what the one entered to what the other did."""
    # Entries are found by journey and contact: that is their key, and they may be millions.
    both = [entry.c.journey.in_(select(journey.c.id)), among(entry.c.contact, [goes, stays])]
    rows = connection.execute(select(entry).where(*both)).all()
    known = {row.journey: row for row in rows if row.contact == stays}
    for row in rows:
        if row.contact != goes:
            continue
        other = known.get(row.journey)
        if other is None:
            connection.execute(
                insert(entry).values(
                    journey=row.journey, contact=stays, count=row._mapping["count"], last_at=row.last_at
                )
            )
            continue
        connection.execute(
            update(entry)
            .where(entry.c.journey == row.journey, entry.c.contact == stays)
            .values(count=entry.c["count"] + row._mapping["count"], last_at=max(other.last_at, row.last_at))
        )
    for row in rows:
        if row.contact == goes:
            connection.execute(delete(entry).where(entry.c.journey == row.journey, entry.c.contact == goes))


def _look(connection: Connection, runtime: Runtime, who: int) -> list[News]:
    """Then look: let the live enrolments hear of all that happened to either contact since the first of them entered.
    What they heard of before is no news to them. Nobody enters by it. Gives what there is to tell of those who ended."""
    inside = select(func.min(_e.entered_at)).where(_e.contact == who, _e.root.is_(None), _e.place != "ended")
    since = connection.scalar(inside)
    if since is None:
        return []
    listening = runtime.listeners.current(connection, runtime.plans)
    rows = connection.execute(
        select(event).where(
            event.c.contact == who, event.c.name.in_(sorted(listening.names)), event.c.at >= since
        )
    )
    matched, _ = hear(connection, runtime, listening, [recorded_of(row) for row in rows])
    return matched.news
