"""Segments, made and filled."""

from collections.abc import Sequence

from sqlalchemy import Connection

from api.house import WHO, House
from api.segments import queries
from api.segments.schemas import SegmentDetail, SegmentIn
from engine.audience import segments
from engine.enrolment.ingest import teller
from engine.enrolment.segment_use import remove_segment, rename_segment
from engine.store.audit import record


def create(house: House, connection: Connection, wanted: SegmentIn) -> SegmentDetail:
    """Make a segment."""
    now = house.now()
    number = segments.create_segment(
        connection, wanted.name, now=now, contacts=_known(connection, wanted.contacts), tag=wanted.tag,
        condition=wanted.condition,
    )  # fmt: skip
    record(connection, at=now, who=WHO, what="create", subject=f"segment/{number}")
    return queries.read_segment(connection, number, now)


def rename(house: House, connection: Connection, number: int, name: str) -> SegmentDetail:
    """Give a segment another name."""
    rename_segment(connection, number, queries.segment_row(connection, number).name, name)
    record(connection, at=house.now(), who=WHO, what="rename", subject=f"segment/{number}")
    return queries.read_segment(connection, number, house.now())


def remove(house: House, connection: Connection, number: int) -> int:
    """Remove a segment. Gives how many were in it, if it was a list."""
    gone = remove_segment(connection, number, queries.segment_row(connection, number).name)
    record(connection, at=house.now(), who=WHO, what="remove", subject=f"segment/{number}")
    return gone


def put_in(house: House, connection: Connection, number: int, contacts: Sequence[int]) -> int:
    """Put contacts into a list; who waits for them to come in hears of it. Gives how many came in."""
    name, now = _list(connection, number), house.now()
    added = segments.add_members(connection, number, _known(connection, contacts), now)
    teller(house.runtime, "bulk")(connection, segments.list_news(name, added, now))
    return len(added)


def take_out(house: House, connection: Connection, number: int, contact: int) -> int:
    """Take a contact out of a list; who waits for it to leave hears of it. Gives how many went."""
    name, now = _list(connection, number), house.now()
    removed = segments.remove_members(connection, number, [contact])
    teller(house.runtime, "bulk")(connection, segments.list_news(name, removed, now, entered=False))
    return len(removed)


def _list(connection: Connection, number: int) -> str:
    row = queries.segment_row(connection, number)
    if row.kind != "list":
        raise segments.NotAList(
            f'"{row.name}" is a segment by {row.kind}, so that nobody is put in or taken out by hand. Change who fits.'
        )
    return str(row.name)


def _known(connection: Connection, contacts: Sequence[int]) -> list[int]:
    """Those of the ids that are contacts."""
    return [member.id for member in queries.read_members(connection, list(contacts))]
