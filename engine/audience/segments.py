"""Segments: a list of contacts, whoever carries a tag, or whoever fits a condition."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from engine.audience.condition_sql import MAX_SEGMENT_DEPTH, segment_count, segment_members, where
from engine.audience.tags import checked_tag
from engine.flow.condition import Condition, InSegment, condition_json, parse_condition, walk
from engine.store.batch import News
from engine.store.bulk import insert_rows
from engine.store.ids import new_id
from engine.store.sets import among, lock_contacts
from engine.store.tables import contact, membership, segment
from engine.store.tables import tag as tags

MAX_NAME = 200


class UnknownSegment(LookupError):
    """There is no such segment. Check its name, or make it first."""


class SegmentNameTaken(ValueError):
    """Another segment has this name. Choose another one."""


class NotAList(ValueError):
    """The segment is not a list, so nobody is put in or taken out by hand. Change its tag or condition instead."""


@dataclass(frozen=True, slots=True)
class StoredSegment:
    """A segment's row. `kind` is list, tag or condition."""

    id: int
    name: str
    kind: str
    tag: str | None
    condition: dict[str, Any] | None
    created_at: int


def create_segment(
    connection: Connection, name: str, *, now: int, contacts: Iterable[int] = (), tag: str | None = None,
    condition: Condition | Mapping[str, Any] | None = None,
) -> int:  # fmt: skip
    """Make a segment: whoever carries `tag`, whoever fits `condition`, else the list of `contacts`. Gives its id.

    ValueError for a name that cannot be one, SegmentNameTaken, ConditionError, UnknownSegment for one that the condition
    names. `now` is a business instant.
    """
    name = name.strip()
    if not name or len(name) > MAX_NAME:
        raise ValueError(f'"{name[:40]}" cannot name a segment. Write a name of 1 to {MAX_NAME} characters.')
    if connection.scalar(select(segment.c.id).where(segment.c.name == name)) is not None:
        raise SegmentNameTaken(f'There is a segment called "{name}" already. Choose another name.')
    kind = "tag" if tag is not None else "condition" if condition is not None else "list"
    number = new_id()
    connection.execute(
        insert(segment).values(
            id=number,
            name=name,
            kind=kind,
            tag=None if tag is None else checked_tag(tag),
            condition=None if condition is None else _checked(connection, condition),
            created_at=now,
        )
    )
    if kind == "list":
        add_members(connection, number, contacts, now)
    return number


def _checked(connection: Connection, condition: Condition | Mapping[str, Any]) -> dict[str, Any]:
    parsed = parse_condition(condition) if isinstance(condition, Mapping) else condition
    for part in walk(parsed):
        if isinstance(part, InSegment):
            read_segment(connection, part.segment)
    # Asked of nobody, for its complaints: of an event or an anchor, for instance, a segment knows nothing.
    where(parsed, contact, connection=connection, now=0, deepest=MAX_SEGMENT_DEPTH)
    return condition_json(parsed)


def read_segment(connection: Connection, name: str) -> StoredSegment:
    """The segment of this name; UnknownSegment where there is none."""
    row = connection.execute(select(segment).where(segment.c.name == name)).one_or_none()
    if row is None:
        raise UnknownSegment(f'There is no segment "{name[:60]}". Check its name, or make it first.')
    return StoredSegment(row.id, row.name, row.kind, row.tag, row.condition, row.created_at)


def list_segments(connection: Connection, after: str = "", limit: int = 100) -> list[StoredSegment]:
    """Segments by name, from behind `after` on."""
    rows = connection.execute(
        select(segment).where(segment.c.name > after).order_by(segment.c.name).limit(limit)
    )
    return [StoredSegment(row.id, row.name, row.kind, row.tag, row.condition, row.created_at) for row in rows]


def ensure_list(connection: Connection, name: str, now: int) -> int:
    """The list of this name, made if it is not there. NotAList where another kind of segment has the name."""
    try:
        found = read_segment(connection, name)
    except UnknownSegment:
        return create_segment(connection, name, now=now)
    if found.kind != "list":
        raise NotAList(
            f'"{found.name}" is a segment by {found.kind}, so nobody is put into it by hand. Choose another name.'
        )
    return found.id


def count(connection: Connection, name: str, *, now: int) -> int:
    """How many contacts are in the segment at the business instant `now`."""
    read_segment(connection, name)
    return segment_count(connection, name, now=now)


def members(
    connection: Connection, name: str, *, now: int, after: int = 0, limit: int = 1000, upto: int | None = None
) -> list[int]:
    """A page of the segment's contacts, by id: the first `limit` behind `after`, not beyond `upto`."""
    kind = read_segment(connection, name).kind
    # Paged by the index that the members stand in, not by that of all contacts.
    who = {"list": membership.c.contact, "tag": tags.c.contact}.get(kind, contact.c.id)
    page = segment_members(connection, name, now=now).where(who > after)
    if upto is not None:
        page = page.where(who <= upto)
    return list(connection.scalars(page.order_by(who).limit(limit)))


def add_members(connection: Connection, number: int, contacts: Iterable[int], at: int) -> list[int]:
    """Put contacts into a list. Gives those who were not in it, in order. Locks the contacts."""
    wanted = sorted(set(contacts))
    lock_contacts(connection, wanted)
    inside = _inside(connection, number, wanted)
    added = [who for who in wanted if who not in inside]
    insert_rows(connection, membership, ("segment", "contact", "at"), [(number, who, at) for who in added])
    return added


def remove_members(connection: Connection, number: int, contacts: Iterable[int]) -> list[int]:
    """Take contacts out of a list. Gives those who were in it, in order. Locks the contacts."""
    wanted = sorted(set(contacts))
    lock_contacts(connection, wanted)
    removed = sorted(_inside(connection, number, wanted))
    if removed:
        connection.execute(
            delete(membership).where(membership.c.segment == number, among(membership.c.contact, removed))
        )
    return removed


def _inside(connection: Connection, number: int, contacts: list[int]) -> set[int]:
    if not contacts:
        return set()
    return set(
        connection.scalars(
            select(membership.c.contact).where(
                membership.c.segment == number, among(membership.c.contact, contacts)
            )
        )
    )


def list_news(name: str, contacts: Iterable[int], at: int, *, entered: bool = True) -> list[News]:
    """The events of contacts really put into a list, or taken out."""
    what = "segment.entered" if entered else "segment.left"
    return [News(who, what, at, {"segment": name}) for who in contacts]
