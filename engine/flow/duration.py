"""Durations as people write them in documents: "2 days", "90 minutes", "1 month".

Seconds to weeks are exact: "1 day" is 24 hours, also in a night in which the clocks change. Months and years are
calendar steps; `engine.journey.time.after` takes them on the wall clock of a time zone.
"""

import re
from typing import Any, Literal, Self, cast, get_args

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

Unit = Literal["second", "minute", "hour", "day", "week", "month", "year"]

UNITS: tuple[Unit, ...] = get_args(Unit)

EXACT: dict[Unit, int] = {
    "second": 1_000,
    "minute": 60_000,
    "hour": 3_600_000,
    "day": 86_400_000,
    "week": 604_800_000,
}
"""Milliseconds of one of each exact unit."""


def _longest(years: int, leap_days: int) -> dict[Unit, int]:
    """The most of each unit in so many years."""
    days = years * 365 + leap_days
    return {
        **{unit: days * EXACT["day"] // length for unit, length in EXACT.items()},
        "month": years * 12,
        "year": years,
    }


def _either_case(word: str) -> str:
    return "".join(f"[{letter.upper()}{letter}]" for letter in word)


# JSON Schema has no flag for "any case", and the API and the designer check configs against the schema alone: one
# pattern, so that they accept what `parse` accepts.
_PATTERN = rf"^\s*0*([0-9]{{1,9}})\s*({'|'.join(map(_either_case, UNITS))})[Ss]?\s*$"
_TEXT = re.compile(_PATTERN)
_NUMBER_AND_WORD = re.compile(r"\s*([+-]?[0-9]*[.,]?[0-9]*)\s*(.*?)\s*", re.DOTALL)


class Duration:
    """A length of time: `amount` (0 or more) of `unit`, ten years at most. A value: it hashes and never changes.

    Two durations are equal if they are written alike: "24 hours" and "1 day" are not. In pydantic models the value is
    read from its text and written as its canonical text. Raises ValueError with the next step in the message.
    """

    # No dataclass: orjson, and pydantic for the defaults in a schema, would write one as {"amount", "unit"}.
    __slots__ = ("_amount", "_unit")

    longest_years = 10
    _most = _longest(10, 3)

    def __init__(self, amount: int, unit: Unit) -> None:
        if unit not in UNITS:
            raise ValueError(_unknown_unit(unit))
        if type(amount) is not int or amount < 0:
            raise ValueError(
                f"The amount {_quoted(amount)} of a duration is not a whole number from 0 up. "
                'Write such a number, for example "2 days".'
            )
        self._amount = amount
        self._unit = unit
        longest = self._most[unit]
        if amount > longest:
            raise ValueError(
                f"The duration {_quoted(self)} is longer than {self.longest_years} years. "
                f'Write at most "{longest} {unit}s".'
            )

    @classmethod
    def parse(cls, text: str) -> Self:
        """The duration that `text` says: a whole number and a unit, singular or plural, in any case."""
        match = _TEXT.fullmatch(text)
        if match is None:
            raise ValueError(_what_is_wrong(text, cls.longest_years))
        unit = cast("Unit", match[2].lower())
        return cls(int(match[1]), unit)

    def __str__(self) -> str:
        return f"{self._amount} {self._unit}" if self._amount == 1 else f"{self._amount} {self._unit}s"

    def __repr__(self) -> str:
        return f"Duration({self._amount}, {self._unit!r})"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Duration):
            return NotImplemented
        return self._amount == other._amount and self._unit == other._unit

    def __hash__(self) -> int:
        return hash((self._amount, self._unit))

    @property
    def amount(self) -> int:
        """How many of the unit."""
        return self._amount

    @property
    def unit(self) -> Unit:
        """The unit, in the singular."""
        return self._unit

    @property
    def is_calendar(self) -> bool:
        """Whether its length depends on the date it starts from (months and years)."""
        return self._unit not in EXACT

    @property
    def milliseconds(self) -> int:
        """Its length; ValueError for months and years, which have none of their own."""
        length = EXACT.get(self._unit)
        if length is None:
            raise ValueError(
                f'The duration "{self}" has no fixed length. Write it in weeks, days, hours, minutes or seconds, '
                'for example "30 days".'
            )
        return self._amount * length

    @classmethod
    def __get_pydantic_core_schema__(cls, source: type[Any], handler: GetCoreSchemaHandler) -> CoreSchema:
        # Text in Python dumps too, so that a dump is plain JSON values in either mode.
        as_text = core_schema.plain_serializer_function_ser_schema(
            str, return_schema=core_schema.str_schema()
        )
        return core_schema.no_info_plain_validator_function(cls._read, serialization=as_text)

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return {
            "type": "string",
            "pattern": _PATTERN,
            "examples": ["2 days", "90 minutes", "1 month"],
            "x-ui": {"widget": "duration"},
        }

    @classmethod
    def _read(cls, value: object) -> Self:
        if isinstance(value, cls):
            return value
        if isinstance(value, Duration):
            return cls(value.amount, value.unit)
        if isinstance(value, str):
            return cls.parse(value)
        raise ValueError(
            f"The duration {_quoted(value)} is not a text. Write a number and a unit in quotes, "
            'for example "2 days".'
        )


class Age(Duration):
    """How long ago something was, 150 years at most: nobody waits that long, but people are that old."""

    __slots__ = ()

    longest_years = 150
    _most = _longest(150, 37)


def _quoted(value: object) -> str:
    text = str(value)
    return f'"{text}"' if len(text) <= 40 else f'"{text[:39]}…"'


def _unknown_unit(unit: object) -> str:
    return (
        f"The unit {_quoted(unit)} is not one of a duration. "
        'Write seconds, minutes, hours, days, weeks, months or years, for example "2 days".'
    )


def _what_is_wrong(text: str, years: int) -> str:
    """Why `text`, which is no duration, is none, and what to write instead."""
    match = _NUMBER_AND_WORD.fullmatch(text)
    number, word = (match[1], match[2]) if match else ("", text)
    if not text.strip():
        return 'The duration is empty. Write a whole number and a unit, for example "2 days".'
    if not any(map(str.isdigit, number)):
        return (
            f"The duration {_quoted(text)} does not begin with a number. "
            'Write a whole number and a unit, for example "2 days".'
        )
    if number.startswith("-"):
        return f'The duration {_quoted(text)} is negative. Write a number from 0 up, for example "2 days".'
    if not number.isdigit():
        return (
            f"The duration {_quoted(text)} has no plain whole number. "
            'Write one, in a smaller unit if need be, for example "90 minutes".'
        )
    if not word:
        return f'The duration {_quoted(text)} has no unit. Write the unit too, for example "2 days".'
    if word.isascii() and word.lower().removesuffix("s") in UNITS:
        return f'The duration {_quoted(text)} is longer than {years} years. Write at most "{years} years".'
    return _unknown_unit(word)
