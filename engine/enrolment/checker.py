"""The invariants of the protocol, as questions to the tables: every test tier asks them, and so may an operator.

Each violation is one line that names the rows. An answer is worth what the moment is: ask in a transaction that sees one
snapshot, or when nothing moves.
"""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, exists, func, or_, select
from sqlalchemy.orm import aliased

from engine.delivery.sandbox import RECOGNISED, sent_too_often
from engine.enrolment.checker_journeys import left_of_journeys
from engine.enrolment.checker_merged import left_behind, over_the_rule
from engine.enrolment.checker_tallies import tallies_wrong
from engine.enrolment.checker_waits import goals_missed, timeouts_too_early, waits_missed
from engine.enrolment.plans import Plans
from engine.store.clock import read_clock
from engine.store.tables import (
    admission,
    cohort,
    consent,
    enrolment,
    entry,
    message,
    sandbox_message,
    step,
    suppression,
)

GRACE_MS = 15_000
"""Real time within which a sweep must have seen what is overdue, and clocks may differ."""
_SHOWN = 20

_e = enrolment.c


def check_invariants(
    connection: Connection, *, business_now: int, real_now: int, open_cohorts: Collection[int] | None = None
) -> list[str]:
    """Every violation, one line each; empty when all is well. `open_cohorts` are those whose workflow is open, None when
    nobody knows."""
    plans = Plans()
    found = [
        *_steps(connection),
        *_admissions(connection),
        *_cohorts(connection, business_now, real_now, open_cohorts),
        *_strands(connection),
        *timeouts_too_early(connection, plans),
        *waits_missed(connection, plans),
        *goals_missed(connection, plans),
        *_provider_log(connection, real_now),
        *_sent_against_the_word(connection),
        *_entries(connection, plans),
        *tallies_wrong(connection),
        *left_behind(connection),
        *left_of_journeys(connection),
    ]
    return [line for lines in found for line in lines]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a strand stood when it was looked at."""

    place: str
    position: str
    step: int


def places(connection: Connection) -> dict[int, Place]:
    """Where everybody stands."""
    rows = connection.execute(select(_e.id, _e.place, _e.position, _e.step))
    return {row.id: Place(row.place, row.position, row.step) for row in rows}


def check_change(before: dict[int, Place], after: dict[int, Place]) -> list[str]:
    """What must hold between two looks: nobody vanishes, the step never falls, and place and position change only with
    it, save from admitted to moving."""
    lines = []
    for strand, was in before.items():
        now = after.get(strand)
        if now is None:
            lines.append(f"1: enrolment {strand} has vanished from {was.position}")
        elif now.step < was.step:
            lines.append(f"1: enrolment {strand} fell from step {was.step} to {now.step}")
        elif now.step == was.step and (now.place, now.position) != (was.place, was.position):
            drained = (was.place, now.place, now.position) == ("admitted", "moving", was.position)
            if not drained:
                lines.append(
                    f"1: enrolment {strand} went from {was.place} at {was.position} to {now.place} at {now.position} "
                    f"without a step"
                )
    return lines


Lines = Iterator[list[str]]


def _said(connection: Connection, statement: Select[Any], line: Callable[[Row[Any]], str]) -> list[str]:
    rows = connection.execute(statement.limit(_SHOWN + 1)).all()
    lines = [line(row) for row in rows[:_SHOWN]]
    return (
        [*lines, f"{lines[0].partition(':')[0]}: ... and more of this kind"] if len(rows) > _SHOWN else lines
    )


def _steps(connection: Connection) -> Lines:
    yield _said(
        connection,
        select(step.c.strand, step.c.no, _e.step)
        .join(enrolment, _e.id == step.c.strand)
        .where(step.c.no >= _e.step),
        lambda row: f"1: step {row.no} of enrolment {row.strand} is not below its step {row.step}",
    )
    yield _said(
        connection,
        select(step.c.strand, step.c.no).where(~exists().where(_e.id == step.c.strand)),
        lambda row: f"1: step {row.no} belongs to enrolment {row.strand}, which is not there",
    )


def _admissions(connection: Connection) -> Lines:
    door = exists().where(admission.c.strand == _e.id, admission.c.step == _e.step)
    yield _said(
        connection,
        select(_e.id, _e.step).where(_e.place == "admitted", ~door),
        lambda row: f"2: enrolment {row.id} is admitted at step {row.step} without an admission",
    )
    yield _said(
        connection,
        select(_e.id, _e.step, _e.place).where(_e.place != "admitted", door),
        lambda row: f"2: enrolment {row.id} is {row.place}, and has an admission for its step {row.step}",
    )


def _cohorts(
    connection: Connection, business_now: int, real_now: int, open_cohorts: Collection[int] | None
) -> Lines:
    yield _said(
        connection,
        select(_e.id, _e.cohort).where(_e.cohort.is_not(None), ~exists().where(cohort.c.id == _e.cohort)),
        lambda row: f"3: enrolment {row.id} is in cohort {row.cohort}, which is not there",
    )
    if open_cohorts is None:
        return
    speed = read_clock(connection).speed
    late = or_(
        _e.place == "moving", and_(_e.place == "resting", _e.wake_at <= business_now - GRACE_MS * speed)
    )
    rows = connection.execute(
        select(_e.cohort, func.count().label("members"))
        .join(cohort, cohort.c.id == _e.cohort)
        .where(late, cohort.c.started, cohort.c.next_at < real_now - GRACE_MS)
        .group_by(_e.cohort)
    )
    yield [
        f"3: cohort {row.cohort} has {row.members} who should move, and no open workflow"
        for row in rows
        if row.cohort not in open_cohorts
    ]


def _strands(connection: Connection) -> Lines:
    parent = aliased(enrolment)
    yield _said(
        connection,
        select(_e.id, _e.root, _e.place)
        .join(parent, or_(parent.c.id == _e.root, parent.c.id == _e.parent))
        .where(_e.place != "ended", parent.c.place == "ended"),
        lambda row: f"4: strand {row.id} is {row.place} under the ended enrolment {row.root}",
    )
    child = aliased(enrolment)
    live = (
        select(func.count())
        .where(
            child.c.parent == _e.id,
            child.c.root.is_not(None),
            child.c.fork == _e.visit,
            child.c.place != "ended",
        )
        .scalar_subquery()
    )
    yield _said(
        connection,
        select(_e.id, _e.pending, live.label("live")).where(
            _e.place == "resting", _e.reason == "strands", or_(live != _e.pending, _e.pending == 0)
        ),
        lambda row: f"4: enrolment {row.id} waits for {row.pending} strands, and {row.live} live",
    )
    yield _said(
        connection,
        select(_e.id, _e.place, _e.pending).where(
            _e.pending > 0, or_(_e.place != "resting", _e.reason.is_(None), _e.reason != "strands")
        ),
        lambda row: f"4: enrolment {row.id} is {row.place} and still waits for {row.pending} strands",
    )


def _provider_log(connection: Connection, real_now: int) -> Lines:
    log = sandbox_message.c
    yield _said(
        connection,
        sent_too_often(),
        lambda row: (
            f"7: the provider has accepted {row.send_key} {row.accepted} times, delivered it {row.delivered} times, and "
            f"the ledger claimed it {row.claimed} times"
        ),
    )
    known = or_(
        message.c.state.in_(["accepted", "unknown", "unconfirmed"]),
        and_(message.c.state == "sending", message.c.deadline > real_now - GRACE_MS),
    )
    yield _said(
        connection,
        select(log.send_key, message.c.state)
        .join(message, message.c.send_key == log.send_key, isouter=True)
        .where(log.address != RECOGNISED, or_(message.c.send_key.is_(None), ~known)),
        lambda row: f"7: the provider has accepted {row.send_key}, which the ledger calls {row.state}",
    )


def _sent_against_the_word(connection: Connection) -> Lines:
    """Business instants are compared with room for clocks that differ; a message is claimed at `created_at` or later."""
    room = int(GRACE_MS * read_clock(connection).speed)
    sent = message.c.state.in_(["sending", "accepted", "unknown", "unconfirmed"])
    yield _said(
        connection,
        select(message.c.send_key, suppression.c.reason)
        .join(
            suppression,
            and_(suppression.c.channel == message.c.channel, suppression.c.address == message.c.address),
        )
        .where(sent, message.c.created_at > suppression.c.at + room),
        lambda row: f"8: {row.send_key} was claimed after its address was suppressed ({row.reason})",
    )
    yield _said(
        connection,
        select(message.c.send_key)
        .join(consent, and_(consent.c.contact == message.c.contact, consent.c.channel == message.c.channel))
        .where(sent, consent.c.state == "refused", message.c.created_at > consent.c.at + room),
        lambda row: f"8: {row.send_key} was claimed after its contact had refused",
    )
    yield _said(
        connection,
        select(message.c.send_key, _e.id, _e.result)
        .join(enrolment, _e.id == message.c.strand)
        .where(sent, _e.place == "ended", message.c.created_at > _e.ended_at + room),
        lambda row: f"8: {row.send_key} was claimed after enrolment {row.id} had ended ({row.result})",
    )


def _entries(connection: Connection, plans: Plans) -> Lines:
    roots = select(_e.journey, _e.contact, func.count().label("roots")).where(_e.root.is_(None))
    counted = roots.group_by(_e.journey, _e.contact).subquery()
    yield _said(
        connection,
        select(entry.c.journey, entry.c.contact, entry.c["count"].label("times"), counted.c.roots)
        .join(
            counted,
            and_(counted.c.journey == entry.c.journey, counted.c.contact == entry.c.contact),
            isouter=True,
        )
        .where(func.coalesce(counted.c.roots, 0) != entry.c["count"]),
        lambda row: (
            f"9: contact {row.contact} entered journey {row.journey} {row.times} times, and has {row.roots} "
            "enrolments"
        ),
    )
    yield _said(
        connection,
        select(counted.c.journey, counted.c.contact, counted.c.roots).where(
            ~exists().where(entry.c.journey == counted.c.journey, entry.c.contact == counted.c.contact)
        ),
        lambda row: (
            f"9: contact {row.contact} has {row.roots} enrolments in journey {row.journey}, and never entered"
        ),
    )
    yield list(over_the_rule(connection, plans))
