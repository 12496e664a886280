"""Two contacts turn out to be one: what is known of the one becomes the other's.

Tags, places in lists and words of the one who goes are copied: their own rows stay, as they were, with the row of the
contact. A campaign that has yet to come to them finds them so, and whom they are now.
"""

from typing import Any

from sqlalchemy import Connection, Row, Table, delete, func, literal, select, update

from engine.store.bulk import insert_rows
from engine.store.sets import among
from engine.store.tables import (
    consent,
    contact,
    coupon,
    event,
    identity,
    membership,
    message,
    recognition,
    segment,
    tag,
)

_OWNED = (identity, recognition, event, message, coupon)
"""Whose rows change hands. Each has an index on its contact."""
REFUSED = "refused"


def merge_rows(connection: Connection, goes: int, stays: int, now: int) -> None:
    """Give all that is known of one contact to another, enrolments and entries left aside. Both are locked."""
    for table in _OWNED:
        connection.execute(update(table).where(table.c.contact == goes).values(contact=stays))
    _copy(connection, tag, "name", goes, stays)
    _copy(connection, membership, "segment", goes, stays)
    _agree(connection, goes, stays, now)
    first = select(func.min(contact.c.created_at)).where(among(contact.c.id, [goes, stays]))
    connection.execute(
        update(contact).where(contact.c.id == stays).values(created_at=connection.scalar(first))
    )
    connection.execute(update(contact).where(contact.c.id == goes).values(merged_into=stays, updated_at=now))


def _copy(connection: Connection, table: Table, what: str, goes: int, stays: int) -> None:
    """Who is in a list, or carries a tag, as one of the two, is and does as the one who stays; since the earlier."""
    # What a campaign wrote down for itself is left alone: it goes by the contacts whom it found.
    lists = select(segment.c.id)
    known = select(table.c[what]).where(table.c.contact == stays)
    wanted = [table.c.contact == goes, table.c[what].not_in(known)]
    if table is membership:
        wanted.append(table.c[what].in_(lists))
    added = select(table.c[what], literal(stays), table.c.at).where(*wanted)
    rows = [tuple(row) for row in connection.execute(added)]
    insert_rows(connection, table, (what, "contact", "at"), rows)


def _agree(connection: Connection, goes: int, stays: int, now: int) -> None:
    """One word on each channel: the newest of two alike; a refusal goes before an allowance, and holds from now on, since
    the one who had not refused may have been written to until now."""
    said: dict[str, dict[int, Row[Any]]] = {}
    for row in connection.execute(select(consent).where(among(consent.c.contact, [goes, stays]))):
        said.setdefault(row.channel, {})[row.contact] = row
    agreed = []
    for channel, words in sorted(said.items()):
        last = max(words.values(), key=lambda row: (row.state == REFUSED, row.at))
        both = len(words) == 2 and len({row.state for row in words.values()}) == 1
        at = now if last.state == REFUSED and not both else last.at
        agreed.append((stays, channel, last.state, last.source, at))
    connection.execute(delete(consent).where(consent.c.contact == stays))
    insert_rows(connection, consent, ("contact", "channel", "state", "source", "at"), agreed)
