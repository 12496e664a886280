"""Pages: a list is given in parts, and each part says where the next one begins.

A cursor is opaque to whoever holds it: where the last row stood in the list's order, so that rows which come or go
meanwhile neither repeat nor hide others.
"""

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from typing import Annotated, Any, Generic, TypeVar

from fastapi import Query
from pydantic import Field
from sqlalchemy import ColumnElement, Connection, FromClause, func, select

from api.errors import BadCursor
from api.shapes import Shape, storable

MOST = 500
USUAL = 50
MOST_COUNTED = 10_000
T = TypeVar("T")
R = TypeVar("R")
Part = int | str | None


class Page(Shape, Generic[T]):
    """Part of a list. `next` is the cursor of the next part, null at the end."""

    items: list[T]
    next: str | None = Field(description="Pass it as `cursor` for the next part; null when this is the last.")


class Counted(Page[T], Generic[T]):
    """Part of a list, and how long the list is."""

    total: int | None = Field(
        description=f"How many there are in all the parts together; null where they are not counted, being more than {MOST_COUNTED:,} or costly to find."
    )


Limit = Annotated[int, Query(ge=1, le=MOST, description="How many at most.")]
CursorText = Annotated[
    str | None, Query(max_length=1000, description="`next` of the part before; left out for the first part.")
]


def encode_cursor(*parts: Part) -> str:
    """The cursor that says: after the row with these values."""
    text = json.dumps(parts, separators=(",", ":"), ensure_ascii=False)
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def decode_cursor(cursor: str | None, *kinds: type[int] | type[str]) -> tuple[Any, ...] | None:
    """The values that the cursor stands for, of these kinds; None without a cursor. BadCursor for anything else."""
    if cursor is None:
        return None
    try:
        parts = json.loads(base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True))
    except (binascii.Error, ValueError, RecursionError):
        raise _bad() from None
    if not isinstance(parts, list) or len(parts) != len(kinds):
        raise _bad()
    for part, kind in zip(parts, kinds, strict=True):
        if type(part) is not kind:
            raise _bad()
        if isinstance(part, int) and abs(part) >= 2**63:
            raise _bad()
        if isinstance(part, str) and not _is_storable(part):
            raise _bad()
    return tuple(parts)


def page_of(
    rows: Sequence[R], limit: int, item: Callable[[R], T], place: Callable[[R], tuple[Part, ...]]
) -> Page[T]:
    """A page from up to `limit` + 1 rows: the one too many says that there is more. `place` gives a row's cursor."""
    shown = rows[:limit]
    follows = encode_cursor(*place(shown[-1])) if len(rows) > limit and shown else None
    return Page[Any](items=[item(row) for row in shown], next=follows)


def counted(page: Page[T], total: int | None) -> Counted[T]:
    """The page, with how many there are in all."""
    return Counted[Any](items=page.items, next=page.next, total=total)


def count_rows(connection: Connection, table: FromClause, *wanted: ColumnElement[bool]) -> int | None:
    """How many rows of a table fit; None where there are too many to be counted for every look at a list."""
    some = select(table.c[0]).where(*wanted).limit(MOST_COUNTED + 1).subquery()
    found = connection.execute(select(func.count()).select_from(some)).scalar_one()
    return found if found <= MOST_COUNTED else None


def _bad() -> BadCursor:
    return BadCursor("This cursor was not given by this list. Begin without one, then follow `next`.")


def _is_storable(text: str) -> bool:
    try:
        storable(text)
    except ValueError:
        return False
    return True
