"""Segments, read."""

from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, func, select

from api.errors import NotFound
from api.paging import Counted, Page, count_rows, counted, decode_cursor, encode_cursor, page_of
from api.segments.schemas import Member, Preview, Rule, SegmentDetail, SegmentOut
from engine.audience.condition_sql import segment_count, where
from engine.audience.segments import members
from engine.flow.condition import ConditionError, Tagged, parse_condition
from engine.store.sets import among
from engine.store.tables import contact, segment

SHOWN_IN_PREVIEW = 20
_MEMBER = ("id", "external_id", "email", "phone", "first_name", "last_name")


def _shown(row: Row[Any]) -> SegmentOut:
    return SegmentOut(**row._mapping)


def list_segments(
    connection: Connection, *, search: str | None, name: str | None, cursor: str | None, limit: int
) -> Counted[SegmentOut]:
    """A page of segments, by name."""
    wanted: list[ColumnElement[bool]] = []
    if search:
        wanted.append(func.lower(segment.c.name).contains(search.lower(), autoescape=True))
    if name is not None:
        wanted.append(segment.c.name == name)
    query = select(segment).where(*wanted)
    after = decode_cursor(cursor, str)
    if after is not None:
        query = query.where(segment.c.name > after[0])
    rows = connection.execute(query.order_by(segment.c.name).limit(limit + 1)).all()
    page = page_of(rows, limit, _shown, lambda row: (row.name,))
    return counted(page, count_rows(connection, segment, *wanted))


def segment_row(connection: Connection, number: int) -> Row[Any]:
    """A segment's row. NotFound where there is none."""
    row = connection.execute(select(segment).where(segment.c.id == number)).one_or_none()
    if row is None:
        raise NotFound(f"There is no segment {number}. Look up its id among the segments.")
    return row


def read_segment(connection: Connection, number: int, now: int) -> SegmentDetail:
    """A segment with its count."""
    row = segment_row(connection, number)
    try:
        count = segment_count(connection, row.name, now=now)
    except ConditionError:
        count = None
    return SegmentDetail(**row._mapping, count=count)


def list_members(
    connection: Connection, number: int, *, now: int, cursor: str | None, limit: int
) -> Page[Member]:
    """A page of a segment's contacts, by id."""
    name = segment_row(connection, number).name
    after = decode_cursor(cursor, int)
    ids = members(connection, name, now=now, after=after[0] if after else 0, limit=limit + 1)
    shown = read_members(connection, ids[:limit])
    return Page(items=shown, next=encode_cursor(ids[limit - 1]) if len(ids) > limit else None)


def read_members(connection: Connection, ids: list[int]) -> list[Member]:
    """These contacts, by id."""
    columns = [contact.c[name] for name in _MEMBER]
    rows = connection.execute(select(*columns).where(among(contact.c.id, ids)).order_by(contact.c.id))
    return [Member(**row._mapping) for row in rows]


def preview(connection: Connection, rule: Rule, now: int) -> Preview:
    """Whom a rule would take in now. ConditionError for a condition that cannot be asked."""
    condition = Tagged(tag=rule.tag) if rule.tag is not None else parse_condition(rule.condition)
    inside: Select[Any] = select(contact.c.id).where(
        contact.c.merged_into.is_(None), where(condition, contact, connection=connection, now=now)
    )
    count = connection.scalar(select(func.count()).select_from(inside.subquery())) or 0
    some = list(connection.scalars(inside.order_by(contact.c.id).limit(SHOWN_IN_PREVIEW)))
    return Preview(count=count, members=read_members(connection, some))
