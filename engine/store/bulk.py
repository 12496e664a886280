"""Many rows at once, by the driver's own `executemany`: the hot paths' way to write."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import orjson
from sqlalchemy import JSON, Connection, Table


@lru_cache(maxsize=256)
def _statement(table: Table, columns: tuple[str, ...], dialect: str) -> tuple[str, tuple[int, ...]]:
    mark = "?" if dialect == "sqlite" else "%s"
    marks = ", ".join(mark for _ in columns)
    names = ", ".join(f'"{name}"' for name in columns)
    documents = tuple(index for index, name in enumerate(columns) if isinstance(table.c[name].type, JSON))
    return f'INSERT INTO "{table.name}" ({names}) VALUES ({marks})', documents


def insert_rows(
    connection: Connection, table: Table, columns: tuple[str, ...], rows: Sequence[tuple[Any, ...]]
) -> None:
    """Insert rows given as tuples in the order of `columns`. JSON columns take plain values. No defaults are filled."""
    if not rows:
        return
    statement, documents = _statement(table, columns, connection.dialect.name)
    if documents:
        rows = [_with_text(row, documents) for row in rows]
    connection.exec_driver_sql(statement, list(rows))


def _with_text(row: tuple[Any, ...], documents: tuple[int, ...]) -> tuple[Any, ...]:
    cells = list(row)
    for index in documents:
        if cells[index] is not None:
            cells[index] = orjson.dumps(cells[index]).decode()
    return tuple(cells)


def run_many(connection: Connection, statement: str, rows: Sequence[tuple[Any, ...]]) -> None:
    """Run a statement for every row. It marks its parameters with `?`, and holds no other question mark."""
    if rows:
        if connection.dialect.name != "sqlite":
            statement = statement.replace("?", "%s")
        connection.exec_driver_sql(statement, list(rows))
