"""The library, changed."""

from typing import Any

from sqlalchemy import Connection, Table, delete, insert, select, update

from api.house import WHO
from api.library.queries import read_row
from engine.store.audit import record


def put(connection: Connection, table: Table, name: str, content: dict[str, Any], now: int) -> None:
    """Write something under a name, over what stood there."""
    known = connection.scalar(select(table.c.name).where(table.c.name == name))
    if known is None:
        connection.execute(insert(table).values(name=name, content=content, updated_at=now))
    else:
        connection.execute(update(table).where(table.c.name == name).values(content=content, updated_at=now))
    record(connection, at=now, who=WHO, what="save", subject=f"{table.name}/{name}")


def remove(connection: Connection, table: Table, name: str, now: int) -> None:
    """Take something out of the library. Plans that were published with it keep it."""
    read_row(connection, table, name)
    connection.execute(delete(table).where(table.c.name == name))
    record(connection, at=now, who=WHO, what="remove", subject=f"{table.name}/{name}")
