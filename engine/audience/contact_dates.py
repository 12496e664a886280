"""The dates that contacts' attributes hold, kept so that who is due on a day is found without looking at everybody.

Only attributes that somebody has asked for are kept (`keep`). Whoever writes contacts keeps them from then on
(`write_dates`); what was there before is looked up page by page (`fill`).
"""

import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache, partial
from typing import Any

import orjson
from sqlalchemy import Connection, delete, select, text, update

from engine.flow.condition_field import FieldPath, value_at
from engine.store.bulk import insert_rows
from engine.store.database import Database
from engine.store.sets import among, lock_contacts
from engine.store.tables import contact, contact_date, date_attribute

_PAGE = 1000
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_COLUMNS = ("contact", "attribute", "month_day", "day", "timezone")
_LOCK = 0x64617465
_KEEP = text(
    "INSERT INTO date_attribute (name, cursor, filled) VALUES (:name, 0, false) ON CONFLICT DO NOTHING"
)


@dataclass(frozen=True, slots=True)
class Dated:
    """A contact with all that may hold a date: its columns, `timezone` among them, and its attributes."""

    columns: Mapping[str, Any]
    attributes: Mapping[str, Any]


def name_of(path: FieldPath) -> str:
    """How the attribute or column under a path is called in the tables."""
    return f"@{path.column}" if path.column else orjson.dumps(path.keys).decode()


def day_of(value: Any) -> str | None:
    """The day that a value begins with, if it is a text that begins with one: 1984-03-07."""
    if not isinstance(value, str) or _DAY.match(value) is None:
        return None
    try:
        return date.fromisoformat(value[:10]).isoformat()
    except ValueError:
        return None


def may_hold_dates(value: Any) -> bool:
    """Whether a value, or something in it, may be a date: asked of every value that is written, so it only glances."""
    if isinstance(value, str):
        return len(value) >= 10 and value[4] == "-" and value[7] == "-"
    return isinstance(value, Mapping)


# ------------------------------------------------------------------------------------------------ who writes contacts


def write_dates(connection: Connection, written: Mapping[int, Dated], known: Sequence[int]) -> None:
    """Keep the dates of contacts that were written: those whose zone, or something that may hold a date, has changed.
    `known` are those that were there before. The contacts are locked, or new."""
    if not written:
        return
    _hold(connection, alone=False)
    names = connection.scalars(select(date_attribute.c.name)).all()
    if names:
        _write(connection, written, known, names)


def _write(
    connection: Connection, written: Mapping[int, Dated], known: Sequence[int], names: Sequence[str]
) -> None:
    if known:
        connection.execute(
            delete(contact_date).where(
                among(contact_date.c.contact, known), among(contact_date.c.attribute, names)
            )
        )
    rows = []
    for number, dated in written.items():
        for name in names:
            day = day_of(_value(name, dated))
            if day is not None:
                rows.append((number, name, day[5:], day, dated.columns.get("timezone") or ""))
    insert_rows(connection, contact_date, _COLUMNS, sorted(rows))


def _value(name: str, dated: Dated) -> Any:
    if name.startswith("@"):
        return dated.columns.get(name[1:])
    return value_at(dated.attributes, _keys(name))


@lru_cache(maxsize=1_024)
def _keys(name: str) -> tuple[str, ...]:
    return tuple(orjson.loads(name))


def _hold(connection: Connection, *, alone: bool) -> None:
    """Hold the list of attributes: shared by those who write contacts, alone by who adds to it. So a contact is either
    written with the attribute, or seen by the look-up that follows."""
    if connection.dialect.name != "sqlite":
        mode = "" if alone else "_shared"
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock{mode}({_LOCK})")


# ------------------------------------------------------------------------------------------------ who asks for dates


def keep(database: Database, paths: Sequence[FieldPath], seconds: float) -> set[str]:
    """Keep the dates under these paths from now on, and look up those that are there, for so long at most, a page of each in
    turn. Gives the names of those of which all are: for the others another call goes on."""
    end = time.monotonic() + seconds
    wanted = {name_of(path): path for path in paths}
    with database.read() as connection:
        rows = connection.execute(select(date_attribute.c.name, date_attribute.c.filled))
        filled = {row.name: row.filled for row in rows}
    fresh = [{"name": name} for name in wanted if name not in filled]
    if fresh:
        database.transact(partial(_add, names=fresh))
    left = [name for name in wanted if not filled.get(name)]
    while left:
        left = [name for name in left if not _fill_page(database, name, wanted[name])]
        if time.monotonic() >= end:
            break
    return wanted.keys() - left


def _add(connection: Connection, names: list[dict[str, str]]) -> None:
    _hold(connection, alone=True)
    connection.execute(_KEEP, names)


def _fill_page(database: Database, name: str, path: FieldPath) -> bool:
    """Look up the next page of contacts who have something there. Gives whether it was the last."""
    with database.read() as connection:
        after = connection.scalar(select(date_attribute.c.cursor).where(date_attribute.c.name == name)) or 0
        page = connection.scalars(
            select(contact.c.id)
            .where(contact.c.id > after, _held(path).is_not(None))
            .order_by(contact.c.id)
            .limit(_PAGE)
        ).all()
    filling = _Filling(name, path, after, page)
    database.transact(partial(_fill, filling=filling))
    return filling.last


@dataclass(frozen=True, slots=True)
class _Filling:
    """A page of a look-up: of what, after which contact, and whom it found."""

    name: str
    path: FieldPath
    after: int
    page: Sequence[int]

    @property
    def last(self) -> bool:
        return len(self.page) < _PAGE


def _fill(connection: Connection, filling: _Filling) -> None:
    name, page = filling.name, filling.page
    lock_contacts(connection, page)
    value = _held(filling.path).label("value")
    rows = connection.execute(
        select(contact.c.id, contact.c.timezone, value).where(among(contact.c.id, page))
    )
    found = [
        (row.id, name, day[5:], day, row.timezone or "")
        for row in rows
        if (day := day_of(row.value)) is not None
    ]
    connection.execute(
        delete(contact_date).where(among(contact_date.c.contact, page), contact_date.c.attribute == name)
    )
    insert_rows(connection, contact_date, _COLUMNS, sorted(found))
    attribute = date_attribute.c
    connection.execute(
        update(date_attribute)
        .where(attribute.name == name, attribute.cursor == filling.after, ~attribute.filled)
        .values(cursor=page[-1] if page else filling.after, filled=filling.last)
    )


def _held(path: FieldPath) -> Any:
    if path.column:
        return contact.c[path.column]
    # The one key of nearly all stands alone: for PostgreSQL a path is another operator.
    return contact.c.attributes[path.keys if len(path.keys) > 1 else path.keys[0]].as_string()
