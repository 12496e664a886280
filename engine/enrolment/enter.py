"""Enter: the transition by which a contact begins a journey, at most as often as the re-entry rule allows."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, bindparam, select, update

from engine.enrolment.goal import look_back
from engine.enrolment.plans import Published
from engine.enrolment.refusals import Refused
from engine.enrolment.tally import Changes, entered, stands, write_changes
from engine.flow.document import Reentry
from engine.journey.time import after, zone
from engine.journey.traveller import Moment, Traveller
from engine.store.bulk import insert_rows
from engine.store.ids import new_id, new_ids
from engine.store.sets import among, among_given, lock_journeys, lock_living
from engine.store.tables import admission, cohort, enrolment, entry, journey

COHORT_SIZE = 1000
_STATE = select(journey.c.state).where(journey.c.id == bindparam("journey"))
_ENTRIES = select(entry.c.contact, entry.c.count, entry.c.last_at).where(
    entry.c.journey == bindparam("of_journey"), among_given(entry.c.contact, "contacts")
)
_NEVER: Moment = (-1 << 62, -1)

_COLUMNS = (
    "id", "journey", "plan", "contact", "cause", "lane", "single", "place", "step", "position", "visit", "attempt",
    "cohort", "pending", "at", "at_order", "entered_at", "entered_order", "trigger",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Entering:
    """One contact who is to enter at a trigger node. `cause` makes a repeat harmless; `at` is when it happened. `lane` is
    given where it is not that of all who enter with them."""

    contact: int
    cause: str
    at: int
    node: str
    at_order: int | None = None
    trigger: dict[str, Any] | None = None
    lane: str | None = None

    @property
    def moment(self) -> Moment:
        """When it happened."""
        return (self.at, -1 if self.at_order is None else self.at_order)


@dataclass(frozen=True, slots=True)
class Entered:
    """What an entry gave: the enrolments, each with what caused it, and whom the rule, a repeat or the journey's state
    kept out. `over` are those that ended at once, with their results."""

    enrolments: tuple[int, ...]
    refused: Sequence[Refused] = ()
    who: Sequence[Entering] = ()
    over: Sequence[tuple[Traveller, str]] = ()


def enter(
    connection: Connection, published: Published, entering: Sequence[Entering], *, lane: str, now: int,
    straight_into_cohorts: bool = False, left: Mapping[int, Moment] | None = None,
) -> Entered:  # fmt: skip
    """Let contacts enter, each if the journey is running and its rule allows. `now` is real time.

    `left` says who went out of the journey within this transaction, and when: whoever was to enter before that, was inside.
    Events that are there already may have reached a goal.

    Straight into cohorts: a whole page of a campaign travels together anyway, so that entering and draining are one
    transaction; the cohort stands unstarted until the relay starts it.
    """
    lock_journeys(connection, [published.journey])
    state = connection.scalar(_STATE, {"journey": published.journey})
    if state != "running" or not entering:
        return Entered(
            (), [Refused(one.contact, "paused" if state == "paused" else "stopped") for one in entering]
        )
    living = lock_living(connection, {one.contact for one in entering})
    entering = [
        one if living[one.contact] == one.contact else replace(one, contact=living[one.contact])
        for one in entering
    ]
    allowed, refused = _allowed(connection, published, entering, left or {})
    ids = new_ids(len(allowed))
    if straight_into_cohorts:
        cohorts = _new_cohorts(connection, published, lane, len(allowed), now)
        place = "moving"
    else:
        cohorts = [None] * len(allowed)
        place = "admitted"
    single = published.plan.settings.reentry.rule != "every_event"
    insert_rows(
        connection,
        enrolment,
        _COLUMNS,
        [
            (number, published.journey, published.id, one.contact, one.cause, one.lane or lane, single, place, 1, one.node, 1, 0,
             group, 0, one.at, one.at_order, one.at, one.at_order, one.trigger)
            for number, one, group in zip(ids, allowed, cohorts, strict=True)
        ],
    )  # fmt: skip
    _count(connection, published, allowed, place)
    if not straight_into_cohorts:
        rows = [(number, 1, one.lane or lane, published.id) for number, one in zip(ids, allowed, strict=True)]
        insert_rows(connection, admission, ("strand", "step", "lane", "plan"), rows)
    over = look_back(connection, published, dict(zip(ids, (one.contact for one in allowed), strict=True)))
    return Entered(tuple(ids), refused, allowed, over)


def _count(connection: Connection, published: Published, who: Sequence[Entering], place: str) -> None:
    changes = Changes()
    for one in who:
        changes[entered(one.at)] += 1
        key = stands(True, one.node, place, None)
        if key is not None:
            changes[key] += 1
    write_changes(connection, published.id, changes)


def _new_cohorts(
    connection: Connection, published: Published, lane: str, count: int, now: int
) -> list[int | None]:
    cohorts: list[int | None] = []
    while len(cohorts) < count:
        size = min(COHORT_SIZE, count - len(cohorts))
        cohorts += [new_cohort(connection, published.id, published.journey, lane, now)] * size
    return cohorts


def new_cohort(connection: Connection, plan: int, journey_id: int, lane: str, now: int) -> int:
    """A cohort that is not started yet; `now` is real time."""
    number = new_id()
    insert_rows(
        connection,
        cohort,
        ("id", "plan", "journey", "lane", "started", "next_at", "created_at"),
        [(number, plan, journey_id, lane, False, now, now)],
    )
    return number


def _allowed(
    connection: Connection, published: Published, entering: Sequence[Entering], left: Mapping[int, Moment]
) -> tuple[list[Entering], list[Refused]]:
    """Those whom the re-entry rule lets in, with their entries counted, and the others; all of it under the contacts' locks."""
    contacts = {one.contact for one in entering}
    rows = connection.execute(_ENTRIES, {"of_journey": published.journey, "contacts": contacts})
    entries: dict[int, tuple[int, int]] = {row[0]: (row[1], row[2]) for row in rows}
    live, causes = _inside(connection, published.journey, entries)
    before = dict(entries)
    allowed: list[Entering] = []
    refused: list[Refused] = []
    for one in entering:
        known = entries.get(one.contact)
        if (one.contact, one.cause) in causes:
            refused.append(Refused(one.contact, "repeated"))
            continue
        inside = one.contact in live or one.moment <= left.get(one.contact, _NEVER)
        kept_out = _kept_out(published.plan.settings.reentry, known, one, inside, published)
        if kept_out is not None:
            refused.append(kept_out)
            continue
        allowed.append(one)
        causes.add((one.contact, one.cause))
        live.add(one.contact)
        entries[one.contact] = ((known[0] if known else 0) + 1, max(one.at, known[1] if known else one.at))
    _write_entries(connection, published.journey, before, entries)
    return allowed, refused


def _inside(
    connection: Connection, journey_id: int, entries: Iterable[int]
) -> tuple[set[int], set[tuple[int, str]]]:
    """Of contacts who entered before: who is still inside, and by which causes they entered."""
    wanted = list(entries)
    if not wanted:
        return set(), set()
    rows = connection.execute(
        select(enrolment.c.contact, enrolment.c.cause, enrolment.c.place).where(
            among(enrolment.c.contact, wanted), enrolment.c.journey == journey_id, enrolment.c.root.is_(None)
        )
    ).all()
    return {row[0] for row in rows if row[2] != "ended"}, {(row[0], row[1]) for row in rows}


def _kept_out(
    reentry: Reentry, known: tuple[int, int] | None, one: Entering, inside: bool, published: Published
) -> Refused | None:
    """By which part of the re-entry rule a contact may not enter; None where it may."""
    if known is None or reentry.rule == "every_event":
        return None
    if reentry.rule == "once":
        return Refused(one.contact, "once")
    if inside:
        return Refused(one.contact, "inside")
    if reentry.rule == "after_end":
        return None
    assert reentry.after is not None
    until = after(known[1], reentry.after, zone(None, published.plan.settings.timezone))
    return Refused(one.contact, "too_soon", until) if until > one.at else None


def _write_entries(
    connection: Connection,
    journey_id: int,
    before: dict[int, tuple[int, int]],
    now: dict[int, tuple[int, int]],
) -> None:
    fresh = [(journey_id, contact, *now[contact]) for contact in now if contact not in before]
    insert_rows(connection, entry, ("journey", "contact", "count", "last_at"), fresh)
    changed = [
        {"who": contact, "n": now[contact][0], "moment": now[contact][1]}
        for contact in before
        if before[contact] != now[contact]
    ]
    if changed:
        connection.execute(
            update(entry)
            .where(entry.c.journey == journey_id, entry.c.contact == bindparam("who"))
            .values(count=bindparam("n"), last_at=bindparam("moment")),
            changed,
        )
