"""Enrolments, read."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, and_, or_, select

from api.enrolments.schemas import EnrolmentDetail, EnrolmentOut, LineOut, StrandOut
from api.errors import BadCursor
from api.paging import Page, decode_cursor, encode_cursor, page_of
from engine.enrolment.plans import Plans
from engine.enrolment.timeline import Line, NoPlace, UnknownEnrolment, Until
from engine.store.tables import enrolment

_e = enrolment.c
Tell = Callable[[Until], Sequence[Line]]


@dataclass(frozen=True)
class Wanted:
    """Which enrolments are asked for."""

    journey: int | None = None
    plan: int | None = None
    contact: int | None = None
    place: str | None = None
    node: str | None = None
    reason: str | None = None
    result: str | None = None


def list_enrolments(
    connection: Connection, plans: Plans, wanted: Wanted, *, cursor: str | None, limit: int
) -> Page[EnrolmentOut]:
    """A page of enrolments, the newest first. A node or reason is that of the enrolment or of one of its strands."""
    query = select(enrolment).where(_e.root.is_(None), *_tests(wanted))
    after = decode_cursor(cursor, int)
    if after is not None:
        query = query.where(_e.id < after[0])
    rows = connection.execute(query.order_by(_e.id.desc()).limit(limit + 1)).all()
    return page_of(rows, limit, lambda row: _shown(connection, plans, row), lambda row: (row.id,))


def _tests(wanted: Wanted) -> list[Any]:
    tests: list[Any] = []
    for column, value in (
        (_e.journey, wanted.journey),
        (_e.plan, wanted.plan),
        (_e.contact, wanted.contact),
        (_e.result, wanted.result),
    ):
        if value is not None:
            tests.append(column == value)
    standing = [
        (name, value)
        for name, value in (("place", wanted.place), ("position", wanted.node), ("reason", wanted.reason))
        if value is not None
    ]
    if standing:
        strand = enrolment.alias("strand")
        here = and_(*(enrolment.c[name] == value for name, value in standing))
        below = select(strand.c.id).where(
            strand.c.root == _e.id,
            strand.c.place != "ended",
            *(strand.c[name] == value for name, value in standing),
        )
        # Whose strands are under way stands nowhere itself.
        alone = or_(_e.reason.is_(None), _e.reason != "strands")
        tests.append(or_(and_(here, alone), below.exists()))
    return tests


def _shown(connection: Connection, plans: Plans, row: Row[Any]) -> EnrolmentOut:
    published = plans.get(connection, row.plan)
    return EnrolmentOut(
        id=row.id,
        journey=row.journey,
        journey_name=published.journey_name,
        version=published.number,
        contact=row.contact,
        cause=row.cause,
        place=row.place,
        reason=row.reason,
        node=row.position,
        label=published.plan.nodes[row.position].label,
        entered_at=row.entered_at,
        wake_at=row.wake_at,
        ended_at=row.ended_at,
        result=row.result,
    )


def read_enrolment(connection: Connection, plans: Plans, number: int) -> EnrolmentDetail:
    """One enrolment with its strands. UnknownEnrolment where there is none."""
    row = connection.execute(select(enrolment).where(_e.id == number, _e.root.is_(None))).one_or_none()
    if row is None:
        raise UnknownEnrolment(f"There is no enrolment {number}. Look up its id among the enrolments.")
    shown = _shown(connection, plans, row)
    nodes = plans.get(connection, row.plan).plan.nodes
    strands = connection.execute(
        select(enrolment).where(_e.root == number, _e.place != "ended").order_by(_e.id)
    ).all()
    return EnrolmentDetail(
        **dict(shown),
        strands=[
            StrandOut(
                id=one.id, place=one.place, reason=one.reason, node=one.position,
                label=nodes[one.position].label, wake_at=one.wake_at,
            )
            for one in strands
        ],
    )  # fmt: skip


def parked_strands(connection: Connection, number: int) -> list[int]:
    """The parked ones of an enrolment and its strands."""
    return list(
        connection.scalars(
            select(_e.id).where(or_(_e.id == number, _e.root == number), _e.place == "parked").order_by(_e.id)
        )
    )


def timeline_page(tell: Tell, *, cursor: str | None, limit: int) -> Page[LineOut]:
    """A page of a timeline, the newest line first."""
    after = decode_cursor(cursor, int, str)
    before = None if after is None else (int(after[0]), str(after[1]))
    try:
        part = Until(limit + 1, before)
    except NoPlace:
        raise BadCursor(
            "This cursor was not given by this list. Begin without one, then follow `next`."
        ) from None
    lines = tell(part)
    shown = lines[:limit]
    return Page(
        items=[line_out(line) for line in shown],
        next=encode_cursor(*shown[-1].place) if len(lines) > limit else None,
    )


def line_out(line: Line) -> LineOut:
    """A line as it goes out."""
    return LineOut(
        at=line.at, kind=line.kind, words=line.words, enrolment=line.enrolment, journey=line.journey, node=line.node,
        port=line.port, journey_id=line.journey_id, message=line.message,
    )  # fmt: skip
