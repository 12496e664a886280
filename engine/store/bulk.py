"""Many rows at once, past the ORM: the hot paths' way to write."""

from collections.abc import Sequence
from functools import lru_cache
from itertools import chain
from typing import Any

import orjson
from sqlalchemy import JSON, Connection, Table

_AT_ONCE = 500
"""Rows of one statement on SQLite. Its `executemany` gives up Python's lock at every row, and takes the write lock along
while it waits to get it back from other threads; a statement of many rows does so once, and is quicker by itself."""


@lru_cache(maxsize=512)
def _statement(
    table: Table, columns: tuple[str, ...], dialect: str, rows: int
) -> tuple[str, tuple[int, ...]]:
    mark = "?" if dialect == "sqlite" else "%s"
    marks = f"({', '.join(mark for _ in columns)})"
    names = ", ".join(f'"{name}"' for name in columns)
    documents = tuple(index for index, name in enumerate(columns) if isinstance(table.c[name].type, JSON))
    return f'INSERT INTO "{table.name}" ({names}) VALUES {", ".join([marks] * rows)}', documents


def insert_rows(
    connection: Connection, table: Table, columns: tuple[str, ...], rows: Sequence[tuple[Any, ...]]
) -> None:
    """Insert rows given as tuples in the order of `columns`. JSON columns take plain values. No defaults are filled."""
    if not rows:
        return
    dialect = connection.dialect.name
    statement, documents = _statement(table, columns, dialect, 1)
    for index in documents:
        rows = [
            row
            if row[index] is None
            else (*row[:index], orjson.dumps(row[index]).decode(), *row[index + 1 :])
            for row in rows
        ]
    full = len(rows) - len(rows) % _AT_ONCE if dialect == "sqlite" else 0
    if full:
        many, _ = _statement(table, columns, dialect, _AT_ONCE)
        pages = (rows[start : start + _AT_ONCE] for start in range(0, full, _AT_ONCE))
        connection.exec_driver_sql(many, [tuple(chain.from_iterable(page)) for page in pages])
    if full < len(rows):
        connection.exec_driver_sql(statement, list(rows[full:]))
