"""Comparisons of text in SQL: by code point and with case, and the moments that a text may name, on both databases."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Date, Integer, Text, and_, case, collate, func, literal, or_
from sqlalchemy import cast as sql_cast

from engine.flow.condition_moment import MOMENT

Test = ColumnElement[bool]

_ORDERINGS: dict[str, Callable[[Any, Any], Test]] = {
    "less": lambda one, other: one < other,
    "at_most": lambda one, other: one <= other,
    "more": lambda one, other: one > other,
    "at_least": lambda one, other: one >= other,
}


def ordering(op: str, one: ColumnElement[Any], other: Any) -> Test:
    """less, at_most, more, at_least."""
    return _ORDERINGS[op](one, other)


class Texts(ABC):
    """What can be asked of `text`, an expression that is a text or NULL."""

    def __init__(self, text: ColumnElement[Any]) -> None:
        self.text = text

    @abstractmethod
    def ordered(self, op: str, wanted: str) -> Test:
        """By code point, whatever the database's own collation."""

    @abstractmethod
    def contains(self, wanted: str) -> Test: ...

    @abstractmethod
    def starts_with(self, wanted: str) -> Test: ...

    @abstractmethod
    def is_moment(self) -> Test:
        """Whether `engine.flow.condition_moment.moment` reads the text."""

    @abstractmethod
    def _midnight(self) -> ColumnElement[int]:
        """Seconds from the epoch to the date that the text begins with."""

    @abstractmethod
    def _number(self, start: int) -> ColumnElement[int]:
        """The two digits from `start` on (counted from 1, or from the end if negative), 0 if there are none."""

    @abstractmethod
    def _has_offset(self) -> Test:
        """Whether the text ends with +01:00."""

    @abstractmethod
    def _last(self, count: int) -> ColumnElement[str]: ...

    def moment(self) -> ColumnElement[int]:
        """The instant that the text names. To be read only where `is_moment` holds."""
        second = case((func.substr(self.text, 17, 1) == ":", self._number(18)), else_=0)
        clock = self._number(12) * 3_600 + self._number(15) * 60 + second
        east = case((func.substr(self._last(6), 1, 1) == "-", -1), else_=1)
        offset = case((self._has_offset(), east * (self._number(-5) * 60 + self._number(-2)) * 60), else_=0)
        return (self._midnight() + clock - offset) * 1_000


class PostgresText(Texts):
    """Text on PostgreSQL."""

    def ordered(self, op: str, wanted: str) -> Test:
        return ordering(op, collate(self.text, "C"), literal(wanted, Text()))

    def contains(self, wanted: str) -> Test:
        return func.strpos(self.text, literal(wanted, Text())) > 0

    def starts_with(self, wanted: str) -> Test:
        return func.starts_with(self.text, literal(wanted, Text()))

    def is_moment(self) -> Test:
        return self.text.regexp_match(MOMENT)

    def _midnight(self) -> ColumnElement[int]:
        days = sql_cast(func.substr(self.text, 1, 10), Date) - sql_cast(literal("1970-01-01", Text()), Date)
        return sql_cast(days, BigInteger) * 86_400

    def _number(self, start: int) -> ColumnElement[int]:
        digits = func.substr(self.text, start, 2) if start > 0 else func.substr(self._last(-start), 1, 2)
        return func.coalesce(sql_cast(func.nullif(digits, ""), Integer), 0)

    def _has_offset(self) -> Test:
        return self.text.regexp_match("[+-][0-9]{2}:[0-9]{2}$")

    def _last(self, count: int) -> ColumnElement[str]:
        return func.right(self.text, count)


class SqliteText(Texts):
    """Text on SQLite, which compares by bytes and has no patterns but GLOB."""

    def ordered(self, op: str, wanted: str) -> Test:
        return ordering(op, collate(self.text, "BINARY"), literal(wanted, Text()))

    def contains(self, wanted: str) -> Test:
        return func.instr(self.text, literal(wanted, Text())) > 0

    def starts_with(self, wanted: str) -> Test:
        return func.substr(self.text, 1, len(wanted)) == literal(wanted, Text())

    def is_moment(self) -> Test:
        day, rest = func.substr(self.text, 1, 10), func.substr(self.text, 11)
        tail = func.substr(self.text, 17)
        zone = case((_glob(tail, "*Z"), 1), (self._has_offset(), 6), else_=0)
        seconds = func.substr(tail, 1, func.length(tail) - zone)
        fraction = and_(
            _glob(seconds, ":[0-5][0-9].[0-9]*"),
            func.length(seconds) <= len(":00.") + 9,
            ~_glob(func.substr(seconds, 5), "*[^0-9]*"),
        )
        time = and_(
            _glob(rest, "[T ][0-2][0-9]:[0-5][0-9]*"),
            func.substr(rest, 2, 2) < "24",
            or_(~self._has_offset(), func.substr(self.text, -5, 2) < "15"),
            or_(seconds == "", _glob(seconds, ":[0-5][0-9]"), fraction),
        )
        # Adding nothing moves the 31st of February to March, so only a day that exists comes back as it was.
        return and_(func.date(day, "+0 days") == day, day > "0001", or_(rest == "", time))

    def _midnight(self) -> ColumnElement[int]:
        return sql_cast(func.strftime("%s", func.substr(self.text, 1, 10)), Integer)

    def _number(self, start: int) -> ColumnElement[int]:
        return sql_cast(func.substr(self.text, start, 2), Integer)

    def _has_offset(self) -> Test:
        return _glob(func.substr(self.text, 17), "*[+-][01][0-9]:[0-5][0-9]")

    def _last(self, count: int) -> ColumnElement[str]:
        return func.substr(self.text, -count)


def _glob(text: ColumnElement[Any], pattern: str) -> Test:
    return text.op("GLOB", is_comparison=True)(literal(pattern, Text()))
