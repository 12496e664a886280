"""Enrolments, read."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, Select, func, literal, literal_column, or_, select, union_all

from api.enrolments.schemas import EnrolmentDetail, EnrolmentOut, LineOut, ParkedAt, StrandOut
from api.errors import BadCursor
from api.paging import Page, decode_cursor, encode_cursor, page_of
from engine.enrolment.parked import may_be_undecided, ways_out
from engine.enrolment.plans import Plans
from engine.enrolment.reasons import parked_words
from engine.enrolment.tally import read_tallies
from engine.enrolment.timeline import Line, NoPlace, UnknownEnrolment, Until
from engine.store.sets import among
from engine.store.tables import contact, enrolment, plan, step

_e = enrolment.c
_AT_ONCE = 50
"""Versions and places that are looked through one by one: a statement holds only so many parts."""
Tell = Callable[[Until], Sequence[Line]]


@dataclass(frozen=True)
class Wanted:
    """Which enrolments are asked for. With a `port`, those that have left the `node` by it; else those that stand there."""

    journey: int | None = None
    plan: int | None = None
    contact: int | None = None
    place: str | None = None
    node: str | None = None
    port: str | None = None
    reason: str | None = None
    result: str | None = None

    @property
    def of_standing(self) -> bool:
        """Whether it is asked who stands somewhere, by themselves or on a parallel path."""
        somewhere = (self.place, self.reason, None if self.port else self.node) != (None, None, None)
        return somewhere and self.place != "ended"


def list_enrolments(
    connection: Connection, plans: Plans, wanted: Wanted, *, cursor: str | None, limit: int
) -> Page[EnrolmentOut]:
    """A page of enrolments, the newest first; where parallel paths stand, by the age of these."""
    after = decode_cursor(cursor, int)
    before = None if after is None else int(after[0])
    if wanted.of_standing:
        statement = _standing(wanted, _somewhere(connection, wanted), before, limit + 1)
    else:
        # No more are looked for than there can be: whoever took a way that few take is found by looking through all.
        most = limit + 1 if wanted.port is None else min(limit + 1, _times(connection, wanted))
        statement = _entered(wanted, before, most)
    # The row that was found, and its enrolment: another one where a parallel path was found.
    found = connection.execute(statement).all()
    rows = {
        row.id: row
        for row in connection.execute(select(enrolment).where(among(_e.id, {one.root for one in found})))
    }
    names = _names(connection, {row.contact for row in rows.values()})
    parked = _parked(connection, rows.values())
    page = page_of(found, limit, lambda one: rows[one.root], lambda one: (one.id,))
    shown = {row.id: row for row in page.items}.values()
    items = [_shown(connection, plans, row, names, parked.get(row.id, [])) for row in shown]
    return Page(items=items, next=page.next)


def _plans(wanted: Wanted) -> Select[tuple[int]]:
    """The versions whose enrolments are asked for."""
    plans = select(plan.c.id)
    if wanted.plan is not None:
        return plans.where(plan.c.id == wanted.plan)
    return plans if wanted.journey is None else plans.where(plan.c.journey == wanted.journey)


def _somewhere(connection: Connection, wanted: Wanted) -> list[tuple[int, str]]:
    """The versions and places in which anybody stands where it is asked, as their tallies say."""
    counts = read_tallies(connection, _plans(wanted), kinds=("root", "strand"))
    return sorted(
        {
            (one.plan, one.name)
            for one in counts
            if wanted.node in (None, one.node) and wanted.place in (None, one.name)
        }
    )


def _times(connection: Connection, wanted: Wanted) -> int:
    """How often the node was left by the port, as the tallies say."""
    counts = read_tallies(connection, _plans(wanted), kinds=("left",))
    return sum(one.count for one in counts if (one.node, one.name) == (wanted.node, wanted.port))


def _standing(
    wanted: Wanted, somewhere: Sequence[tuple[int, str]], before: int | None, limit: int
) -> Select[Any]:
    """Who stands there: the newest of each version and place, by an index of its own where they stay, then the newest of
    these."""
    # Whose strands are under way stands nowhere itself: they do.
    tests: list[Any] = [or_(_e.reason.is_(None), _e.reason != "strands")]
    asked = ((_e.position, wanted.node), (_e.reason, wanted.reason), (_e.contact, wanted.contact))
    tests += [column == value for column, value in asked if value is not None]
    if before is not None:
        tests.append(_e.id < before)
    query = select(_e.id, func.coalesce(_e.root, _e.id).label("root")).where(*tests)
    if not 0 < len(somewhere) <= _AT_ONCE:
        every = query.where(
            among(_e.plan, {one for one, _ in somewhere}), _e.place.in_({place for _, place in somewhere})
        )
        return every.order_by(_e.id.desc()).limit(limit)
    # The place stands in the statement's text: an index on a part of the rows is not used for a parameter.
    newest = [
        select(
            query.where(_e.plan == one, _e.place == literal_column(f"'{place}'"))
            .order_by(_e.id.desc())
            .limit(limit)
            .subquery()
        )
        for one, place in somewhere
    ]
    both = union_all(*newest).subquery()
    return select(both.c.id, both.c.root).order_by(both.c.id.desc()).limit(limit)


def _entered(wanted: Wanted, before: int | None, limit: int) -> Select[Any]:
    """Who entered, the newest first, by the index `enrolment_journey`; and has been where it is asked for."""
    tests: list[Any] = [_e.root.is_(None)]
    asked = ((_e.journey, wanted.journey), (_e.plan, wanted.plan), (_e.contact, wanted.contact), (_e.result, wanted.result),
             (_e.place, wanted.place), (_e.position, None if wanted.port else wanted.node))  # fmt: skip
    tests += [column == value for column, value in asked if value is not None]
    if before is not None:
        tests.append(_e.id < before)
    if wanted.port is not None:
        strand = enrolment.alias("strand")
        passed = select(literal(1)).where(step.c.node == wanted.node, step.c.port == wanted.port)
        own = passed.where(step.c.strand == _e.id).limit(1).scalar_subquery()
        theirs = passed.where(step.c.strand == strand.c.id, strand.c.root == _e.id).limit(1).scalar_subquery()
        # Asked of one enrolment after the other, until the page is full: not of all steps that there are.
        tests.append(func.coalesce(own, theirs).is_not(None))
    return select(_e.id, _e.id.label("root")).where(*tests).order_by(_e.id.desc()).limit(limit)


def _names(connection: Connection, contacts: Collection[int]) -> dict[int, str]:
    """What each contact is called: by their name, else by the first address or id that there is."""
    c = contact.c
    rows = connection.execute(
        select(c.id, c.first_name, c.last_name, c.email, c.phone, c.external_id).where(among(c.id, contacts))
    )
    return {
        row.id: " ".join(filter(None, (row.first_name, row.last_name)))
        or row.email or row.phone or row.external_id or f"Contact {row.id}"
        for row in rows
    }  # fmt: skip


def _parked(connection: Connection, rows: Collection[Row[Any]]) -> dict[int, list[Row[Any]]]:
    """What is parked of each enrolment: itself, or parallel paths of it."""
    found = {row.id: [row] for row in rows if row.place == "parked"}
    parted = {row.id for row in rows if row.reason == "strands"}
    if parted:
        theirs = select(enrolment).where(among(_e.root, parted), _e.place == "parked").order_by(_e.id)
        for one in connection.execute(theirs):
            found.setdefault(one.root, []).append(one)
    return found


def _shown(
    connection: Connection, plans: Plans, row: Row[Any], names: Mapping[int, str], parked: Sequence[Row[Any]]
) -> EnrolmentOut:
    published = plans.get(connection, row.plan)
    nodes = published.plan.nodes
    return EnrolmentOut(
        id=row.id,
        journey=row.journey,
        journey_name=published.journey_name,
        version=published.number,
        contact=row.contact,
        contact_name=names[row.contact],
        cause=row.cause,
        place=row.place,
        reason=row.reason,
        node=row.position,
        label=nodes[row.position].label,
        entered_at=row.entered_at,
        wake_at=row.wake_at,
        ended_at=row.ended_at,
        result=row.result,
        parked=[
            ParkedAt(
                node=one.position,
                label=nodes[one.position].label,
                reason=one.reason,
                words=parked_words(one.reason),
            )
            for one in parked
        ],
    )


def read_enrolment(connection: Connection, plans: Plans, number: int) -> EnrolmentDetail:
    """One enrolment with its strands. UnknownEnrolment where there is none."""
    row = connection.execute(select(enrolment).where(_e.id == number, _e.root.is_(None))).one_or_none()
    if row is None:
        raise UnknownEnrolment(f"There is no enrolment {number}. Look up its id among the enrolments.")
    nodes = plans.get(connection, row.plan).plan.nodes
    strands = connection.execute(
        select(enrolment).where(_e.root == number, _e.place != "ended").order_by(_e.id)
    ).all()
    parked = [one for one in (row, *strands) if one.place == "parked"]
    shown = _shown(connection, plans, row, _names(connection, [row.contact]), parked)
    return EnrolmentDetail(
        **dict(shown),
        ways=sorted({way for one in parked for way in ways_out(nodes[one.position])}),
        undecided=any(may_be_undecided(one.reason) for one in parked),
        strands=[
            StrandOut(
                id=one.id, place=one.place, reason=one.reason,
                words=parked_words(one.reason) if one.place == "parked" else None, node=one.position,
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
