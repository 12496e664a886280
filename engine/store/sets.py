"""Set-based SQL that reads alike on both databases."""

import json
import zlib
from collections.abc import Iterable, Sequence
from typing import Any

import orjson
from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Connection,
    Dialect,
    Text,
    TypeDecorator,
    bindparam,
    select,
    text,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.elements import BindParameter
from sqlalchemy.sql.visitors import InternalTraversal
from sqlalchemy.types import Boolean, TypeEngine

from engine.store.tables.people import contact

_NAME_LOCKS, _BUCKETS = 0x57454E44_00000000, 256


class _Values(TypeDecorator[Sequence[Any]]):
    """Whole numbers, or texts, however many, as one parameter: an array on PostgreSQL, a JSON text on SQLite."""

    impl = Text
    cache_ok = True

    def __init__(self, *, textual: bool) -> None:
        super().__init__()
        self.textual = textual

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """How the database takes them."""
        if dialect.name == "sqlite":
            return Text()
        return ARRAY(Text() if self.textual else BigInteger())

    def process_bind_param(self, value: Iterable[Any] | None, dialect: Dialect) -> Any:
        """The values, given as any collection."""
        listed = list(value or ())
        return _document(listed) if dialect.name == "sqlite" else listed


class _Among(ColumnElement[bool]):
    """`column` is one of the values, which travel as a single parameter, so that the statement's text never varies."""

    __visit_name__ = "among"
    inherit_cache = True
    type = Boolean()
    _traverse_internals = [  # noqa: RUF012  # an instance variable in SQLAlchemy's own typing
        ("column", InternalTraversal.dp_clauseelement),
        ("values", InternalTraversal.dp_clauseelement),
    ]

    def __init__(self, column: ColumnElement[Any], values: BindParameter[Any]) -> None:
        self.column = column
        self.values = values

    def self_group(self, against: Any = None) -> Any:
        """Itself: it is a test already, and `= 1` after it would keep SQLite from using an index."""
        return self


def _document(values: Sequence[Any]) -> str:
    try:
        return orjson.dumps(values).decode()
    except TypeError:  # half a character, which no text in the database has: it is looked for, and not found
        return json.dumps(values)


@compiles(_Among, "sqlite")
def _among_sqlite(element: _Among, compiler: SQLCompiler, **options: Any) -> str:
    column = compiler.process(element.column, **options)
    return f"{column} IN (SELECT value FROM json_each({compiler.process(element.values, **options)}))"


@compiles(_Among)
def _among(element: _Among, compiler: SQLCompiler, **options: Any) -> str:
    column = compiler.process(element.column, **options)
    return f"{column} = ANY({compiler.process(element.values, **options)})"


def among(column: ColumnElement[Any], values: Iterable[int] | Iterable[str]) -> ColumnElement[bool]:
    """A condition: `column` is one of `values` (all whole numbers, or all text), however many there are."""
    listed = list(values)
    textual = bool(listed) and isinstance(listed[0], str)
    return _Among(column, bindparam(None, listed, type_=_Values(textual=textual), unique=True))


def among_given(column: ColumnElement[Any], name: str) -> ColumnElement[bool]:
    """`among` for a statement that is put together once: its values are given as the parameter `name` when it is run."""
    return _Among(column, bindparam(name, type_=_Values(textual=column.type.python_type is not int)))


_merges = select(contact.c.id, contact.c.merged_into).where(among_given(contact.c.id, "contacts"))
_LOCKED = _merges.order_by(contact.c.id).with_for_update(key_share=True)
_MERGED = _merges.where(contact.c.merged_into.is_not(None))


def lock_contacts(connection: Connection, contacts: Iterable[int]) -> dict[int, int]:
    """Lock, then look: hold the contacts' rows until the transaction ends. What is decided on is read after this.

    Gives those who were merged into another one while they were waited for, each with that one, who is not locked. On
    SQLite nobody is: a write transaction holds the whole database already.
    """
    if connection.dialect.name == "sqlite":
        return {}
    ids = sorted(set(contacts))
    if not ids:
        return {}
    rows = connection.execute(_LOCKED, {"contacts": ids})
    return {row[0]: row[1] for row in rows if row[1] is not None}


def lock_living(connection: Connection, contacts: Iterable[int]) -> dict[int, int]:
    """Lock contacts of whom was read before this transaction, and whomever they were merged into: {contact: who it is}."""
    living = {who: who for who in contacts}
    wanted = set(living)
    while wanted:
        merged = _merged(connection, wanted)
        living = {who: merged.get(one, one) for who, one in living.items()}
        wanted = set(merged.values())
    return living


def _merged(connection: Connection, contacts: set[int]) -> dict[int, int]:
    if connection.dialect.name != "sqlite":
        return lock_contacts(connection, contacts)
    rows = connection.execute(_MERGED, {"contacts": contacts})
    return {row[0]: row[1] for row in rows}


def lock_journeys(connection: Connection, journeys: Iterable[int], *, shared: bool = True) -> None:
    """Hold journeys' rows: shared for an entry, a claim, a leg that asks for a pause; alone for who changes them."""
    if connection.dialect.name == "sqlite":
        return
    ids = sorted(set(journeys))
    if ids:
        mode = "SHARE" if shared else "UPDATE"
        connection.execute(
            text(f"SELECT id FROM journey WHERE id = ANY(:ids) ORDER BY id FOR {mode}"), {"ids": ids}
        )


def lock_names(connection: Connection, names: Iterable[str], *, shared: bool) -> None:
    """Hold names that may have no row yet, such as those of visitors, until the transaction ends.

    Several names share one lock, so that a transaction holds few of them.
    """
    if connection.dialect.name == "sqlite":
        return
    buckets = sorted({_NAME_LOCKS + zlib.crc32(name.encode()) % _BUCKETS for name in names})
    if buckets:
        mode = "_shared" if shared else ""
        connection.execute(
            text(
                f"SELECT pg_advisory_xact_lock{mode}(bucket) FROM unnest(CAST(:buckets AS bigint[])) AS bucket"
            ),
            {"buckets": buckets},
        )
