"""Many rows at once, for the hot paths: on SQLite as one document, elsewhere as they are.

SQLite's driver gives up Python's lock at every row that it steps to, and gets it back only when another thread lets go:
a leg that reads a thousand rows beside another thread can so wait a thousand times, for most of them with the database's
write lock in its hand. A query that gathers its rows into one JSON text does so once, and is quicker by itself.
"""

from collections.abc import Sequence
from typing import Any

import orjson
from sqlalchemy import JSON, Connection, Float, Select, func


class Query:
    """A select of columns that is put together once and run often. Putting one together and looking up its text takes ten
    times as long as running it; a leg of one contact does little else.

    Raises TypeError for a column of floats, which would lose digits on the way. An order or a limit of the select is void.
    """

    def __init__(self, statement: Select[Any]) -> None:
        self._rows = statement
        self._document = _gathered(statement)

    def rows(self, connection: Connection, **given: Any) -> Sequence[Sequence[Any]]:
        """Its rows, in no certain order, JSON columns as plain values. `given` are its parameters."""
        if connection.dialect.name != "sqlite":
            return connection.execute(self._rows, given).all()
        return _rows_of(connection.execute(self._document, given).scalar_one())


def fetch(connection: Connection, statement: Select[Any]) -> Sequence[Sequence[Any]]:
    """The rows of a select that is different each time; see `Query`."""
    if connection.dialect.name != "sqlite":
        return connection.execute(statement).all()
    return _rows_of(connection.execute(_gathered(statement)).scalar_one())


def _rows_of(document: str) -> list[list[Any]]:
    rows: list[list[Any]] = orjson.loads(document)
    return rows


def _gathered(statement: Select[Any]) -> Select[Any]:
    cells = [_cell(column) for column in statement.selected_columns]
    return statement.with_only_columns(func.json_group_array(func.json_array(*cells)))


def _cell(column: Any) -> Any:
    if isinstance(column.type, Float):
        raise TypeError(
            f"{column.name} holds floats, which lose digits in JSON text. Read it with execute()."
        )
    return func.json(column) if isinstance(column.type, JSON) else column
