"""Many rows at once, for the hot paths: on SQLite as one document, elsewhere as they are.

SQLite's driver gives up Python's lock at every row that it steps to, and gets it back only when another thread lets go:
a leg that reads a thousand rows beside another thread can so wait a thousand times, for most of them with the database's
write lock in its hand. A query that gathers its rows into one JSON text does so once, and is quicker by itself.
"""

from collections.abc import Sequence
from typing import Any

import orjson
from sqlalchemy import JSON, Connection, Float, Select, func


def fetch(connection: Connection, statement: Select[Any]) -> Sequence[Sequence[Any]]:
    """The rows of a select of columns, in no certain order; JSON columns as plain values.

    Raises TypeError for a column of floats, which would lose digits on the way, or a select with an order or a limit.
    """
    if connection.dialect.name != "sqlite":
        return connection.execute(statement).all()
    cells = [_cell(column) for column in statement.selected_columns]
    gathered = statement.with_only_columns(func.json_group_array(func.json_array(*cells)))
    rows: list[list[Any]] = orjson.loads(connection.execute(gathered).scalar_one())
    return rows


def _cell(column: Any) -> Any:
    if isinstance(column.type, Float):
        raise TypeError(
            f"{column.name} holds floats, which lose digits in JSON text. Read it with execute()."
        )
    return func.json(column) if isinstance(column.type, JSON) else column
