"""One field's comparison in SQL: on SQLite and PostgreSQL what `engine.flow.condition_eval` gives in Python.

Every comparison is guarded by the type of the value, so that no data makes a query fail. A test may come out NULL where
Python says false: whoever negates it writes IS NOT TRUE.
"""

import json
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import Any, cast

from sqlalchemy import (
    ColumnElement,
    TableValuedAlias,
    Text,
    and_,
    case,
    false,
    func,
    literal,
    null,
    or_,
    select,
    true,
)
from sqlalchemy import cast as sql_cast
from sqlalchemy import column as sql_column
from sqlalchemy.dialects.postgresql import JSONB

from engine.audience.condition_texts import PostgresText, SqliteText, Texts, ordering
from engine.flow.condition import Ago, Compare, OneOf, Presence
from engine.flow.condition_moment import before
from engine.store.sets import among

Leaf = Compare | OneOf | Presence
Plain = bool | int | float | str
Test = ColumnElement[bool]

_ITEM = "item"


def field_test(
    leaf: Leaf, column: ColumnElement[Any], keys: tuple[str, ...], *, dialect: str, now: int
) -> Test:
    """Whether the leaf holds for a text column (no `keys`), or for what lies under `keys` in a JSON column."""
    if not keys:
        found = _positive(leaf, _Column(column, _texts(dialect)), now)
    elif dialect != "sqlite":
        found = _positive(leaf, _Jsonb(column, keys), now)
    elif all(map(_is_plain, keys)):
        path = _path(keys)
        kind = func.json_type(column, path)
        found = _positive(leaf, _SqliteJson(kind, func.json_extract(column, path)), now)
    else:
        found = _walked(column, keys, lambda value: _positive(leaf, value, now))
    return found.is_not(true()) if leaf.op in ("is_not", "missing") else found


def items_of(
    column: ColumnElement[Any], keys: tuple[str, ...], dialect: str
) -> tuple[TableValuedAlias, ColumnElement[Any]]:
    """The items of the list under keys in a JSON column, none where there is no list: their rows, and each item as a JSON
    document, an empty object for one that is none."""
    if dialect != "sqlite":
        value = _Jsonb(column, keys)
        held = case((value.kind == "array", value.value), else_=_jsonb([]))
        rows = func.jsonb_array_elements(held).table_valued(sql_column("value", JSONB()), name=_ITEM)
        return rows, rows.c.value
    rows = func.json_each(_sqlite_list(column, keys)).table_valued("value", "type", name=_ITEM)
    return rows, case((rows.c.type == "object", rows.c.value), else_="{}")


def _sqlite_list(column: ColumnElement[Any], keys: tuple[str, ...]) -> ColumnElement[Any]:
    if all(map(_is_plain, keys)):
        path = _path(keys)
        found = func.json_extract(column, path)
        return case((func.json_type(column, path) == "array", found), else_="[]")
    levels, met = _levels(column, keys)
    last = levels[-1].c
    held = select(last.value).select_from(*levels).where(*met, last.type == "array").limit(1)
    return func.coalesce(held.correlate_except(*levels).scalar_subquery(), "[]")


def order_id(properties: ColumnElement[Any], dialect: str) -> ColumnElement[Any]:
    """The order's id as text, a text or the digits of a whole number; NULL if there is none."""
    if dialect == "sqlite":
        kind = func.json_type(properties, "$.order_id")
        # -> gives a number as it is written, where json_extract would round a long one.
        digits = properties.op("->", return_type=Text())(literal("$.order_id", Text()))
        text = func.json_extract(properties, "$.order_id")
        return case((kind == "text", text), (kind == "integer", digits), else_=null())
    value = _Jsonb(properties, ("order_id",))
    whole = and_(value.kind == "number", value.texts.text.regexp_match("^-?[0-9]+$"))
    return case((or_(value.is_text(), whole), value.texts.text), else_=null())


def _texts(dialect: str) -> type[Texts]:
    return SqliteText if dialect == "sqlite" else PostgresText


def _positive(leaf: Leaf, value: "_Value", now: int) -> Test:
    """The leaf's test, that of its opposite for the two that deny."""
    if isinstance(leaf, Presence):
        return value.exists()
    if isinstance(leaf, OneOf):
        return value.one_of(leaf.value)
    if isinstance(leaf.value, Ago):
        return value.ordered_moment(leaf.op, before(now, leaf.value.ago))
    if leaf.op in ("is", "is_not"):
        return value.equals(leaf.value)
    if leaf.op == "contains":
        return value.contains(cast(str, leaf.value))
    if leaf.op == "starts_with":
        return value.starts_with(cast(str, leaf.value))
    return value.ordered(leaf.op, cast("float | str", leaf.value))


class _Value(ABC):
    """A value whose type only the row knows."""

    texts: Texts

    @abstractmethod
    def exists(self) -> Test:
        """Never NULL."""

    @abstractmethod
    def is_text(self) -> Test: ...

    @abstractmethod
    def equals(self, wanted: Plain) -> Test: ...

    @abstractmethod
    def ordered_number(self, op: str, wanted: float) -> Test: ...

    @abstractmethod
    def one_of(self, wanted: Sequence[Plain]) -> Test: ...

    def ordered(self, op: str, wanted: float | str) -> Test:
        if isinstance(wanted, str):
            return and_(self.is_text(), self.texts.ordered(op, wanted))
        return self.ordered_number(op, wanted)

    def contains(self, wanted: str) -> Test:
        return and_(self.is_text(), self.texts.contains(wanted))

    def starts_with(self, wanted: str) -> Test:
        return and_(self.is_text(), self.texts.starts_with(wanted))

    def ordered_moment(self, op: str, wanted: int) -> Test:
        # CASE, since AND does not promise to look at its left side first.
        readable = and_(self.is_text(), self.texts.is_moment())
        return case((readable, ordering(op, self.texts.moment(), wanted)), else_=false())


class _Column(_Value):
    """A column of text, which may be NULL."""

    def __init__(self, column: ColumnElement[Any], texts: type[Texts]) -> None:
        self.column, self.texts = column, texts(column)

    def exists(self) -> Test:
        return self.column.is_not(None)

    def is_text(self) -> Test:
        return true()

    def equals(self, wanted: Plain) -> Test:
        return self.column == wanted if isinstance(wanted, str) else false()

    def ordered_number(self, op: str, wanted: float) -> Test:
        return false()

    def one_of(self, wanted: Sequence[Plain]) -> Test:
        texts = [value for value in wanted if isinstance(value, str)]
        return among(self.column, texts) if texts else false()


class _Jsonb(_Value):
    """What lies under keys in a JSONB column."""

    def __init__(self, column: ColumnElement[Any], keys: tuple[str, ...]) -> None:
        *outer, last = [literal(key, Text()) for key in keys]
        for key in outer:
            column = column.op("->", return_type=JSONB())(key)
        self.value: ColumnElement[Any] = column.op("->", return_type=JSONB())(last)
        self.kind = func.jsonb_typeof(self.value)
        self.texts = PostgresText(column.op("->>", return_type=Text())(last))

    def exists(self) -> Test:
        return func.coalesce(self.kind, "null") != "null"

    def is_text(self) -> Test:
        return self.kind == "string"

    def equals(self, wanted: Plain) -> Test:
        return self.value == _jsonb(wanted)

    def ordered_number(self, op: str, wanted: float) -> Test:
        # As numbers of JSON, which are exact and of any size; a cast to a database number could overflow.
        return and_(self.kind == "number", ordering(op, self.value, _jsonb(wanted)))

    def one_of(self, wanted: Sequence[Plain]) -> Test:
        # One parameter however long the list. An array would be "contained" too, hence the guard.
        simple = self.kind.in_(["string", "number", "boolean"])
        return and_(simple, _jsonb(wanted).op("@>", is_comparison=True)(self.value))


def _jsonb(value: Plain | Sequence[Plain]) -> ColumnElement[Any]:
    return sql_cast(literal(json.dumps(value, ensure_ascii=False), Text()), JSONB())


class _SqliteJson(_Value):
    """A value in a JSON text on SQLite, where `kind` is its JSON type."""

    def __init__(self, kind: ColumnElement[Any], value: ColumnElement[Any]) -> None:
        self.kind, self.value, self.texts = kind, value, SqliteText(value)

    def exists(self) -> Test:
        return func.coalesce(self.kind, "null") != "null"

    def is_text(self) -> Test:
        return self.kind == "text"

    def _is_number(self) -> Test:
        return self.kind.in_(["integer", "real"])

    def equals(self, wanted: Plain) -> Test:
        if isinstance(wanted, bool):
            return self.kind == ("true" if wanted else "false")
        guard = self.is_text() if isinstance(wanted, str) else self._is_number()
        return and_(guard, self.value == literal(wanted))

    def ordered_number(self, op: str, wanted: float) -> Test:
        return and_(self._is_number(), ordering(op, self.value, literal(wanted)))

    def one_of(self, wanted: Sequence[Plain]) -> Test:
        flags = ["true" if value else "false" for value in wanted if isinstance(value, bool)]
        texts = [value for value in wanted if isinstance(value, str)]
        numbers = [value for value in wanted if not isinstance(value, bool | str)]
        tests: list[Test] = []
        if flags:
            tests.append(self.kind.in_(flags))
        if texts:
            tests.append(and_(self.is_text(), self._listed(texts)))
        if numbers:
            tests.append(and_(self._is_number(), self._listed(numbers)))
        return or_(*tests)

    def _listed(self, values: Sequence[Plain]) -> Test:
        # One parameter, however long the list.
        each = func.json_each(literal(json.dumps(values), Text())).table_valued("value")
        return self.value.in_(select(each.c.value))


def _is_plain(key: str) -> bool:
    # SQLite's paths compare with a key as it is written in the JSON text, where é may stand as \u00e9.
    return key != "" and key.isascii() and key.isprintable() and not set('"\\') & set(key)


def _path(keys: tuple[str, ...]) -> str:
    return "$" + "".join(f'."{key}"' for key in keys)


def _walked(column: ColumnElement[Any], keys: tuple[str, ...], test: Callable[[_Value], Test]) -> Test:
    """Looks for keys that SQLite's paths cannot spell, one level after the other."""
    levels, met = _levels(column, keys)
    last = levels[-1].c
    found = select(literal(1)).select_from(*levels).where(*met, test(_SqliteJson(last.type, last.value)))
    return found.correlate_except(*levels).exists()


def _levels(
    column: ColumnElement[Any], keys: tuple[str, ...]
) -> tuple[list[TableValuedAlias], list[ColumnElement[bool]]]:
    levels = [func.json_each(column).table_valued("key", "value", "type", joins_implicitly=True).alias()]
    for _ in keys[1:]:
        outer = levels[-1].c
        inside = case((outer.type == "object", outer.value), else_="{}")
        levels.append(
            func.json_each(inside).table_valued("key", "value", "type", joins_implicitly=True).alias()
        )
    return levels, [level.c.key == literal(key, Text()) for level, key in zip(levels, keys, strict=True)]
