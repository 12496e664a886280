"""The values in conditions: which ones can be compared alike in Python, SQLite, PostgreSQL and a browser."""

import math
from typing import Any

from pydantic import StrictBool, StrictFloat, StrictInt, StrictStr

MAX_LIST = 1_000
MAX_TEXT = 2_000
MAX_NUMBER = 2**53 - 1
"""A larger number and its neighbours are one and the same to some of them."""

Scalar = StrictBool | StrictInt | StrictFloat | StrictStr


def storable(text: str) -> str:
    """The text itself; ValueError if it is too long or holds what a database cannot store."""
    if len(text) > MAX_TEXT:
        raise ValueError(f"The text has {len(text)} characters, more than {MAX_TEXT}. Use a shorter one.")
    if "\x00" in text or any("\ud800" <= letter <= "\udfff" for letter in text):
        raise ValueError("The text holds characters that no database can store. Remove them.")
    return text


def scalar(value: Any) -> bool | int | float | str:
    """A value in its one spelling: 5.0 is 5. ValueError for what cannot be compared alike everywhere."""
    if isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        return _number(value)
    if isinstance(value, str):
        return storable(value)
    if value is None:
        raise ValueError('The value is null. Use "missing" or "exists" to ask whether there is one.')
    if isinstance(value, list | tuple):
        raise ValueError('The value is a list. Use "one_of" to compare with several values.')
    raise ValueError('The value is not a text, a number, yes or no, or {"ago": "30 days"}. Use one of these.')


def scalars(values: Any) -> list[bool | int | float | str]:
    """Values in their one spelling and order, each once. ValueError if there are none or too many."""
    if not isinstance(values, list | tuple):
        raise ValueError("The value is not a list. Put the values in square brackets.")
    if not values:
        raise ValueError("The list is empty, which nobody can fit. Add a value.")
    if len(values) > MAX_LIST:
        raise ValueError(f"The list holds {len(values)} values, more than {MAX_LIST}. Use a segment instead.")
    return sorted({_rank(value): value for value in map(scalar, values)}.values(), key=_rank)


def _number(value: float) -> float:
    if not -MAX_NUMBER <= value <= MAX_NUMBER:
        raise ValueError(
            f"The number is not between -{MAX_NUMBER} and {MAX_NUMBER}, where numbers are exact. "
            "Use one that is, and keep long numbers such as ids as text."
        )
    return math.trunc(value) if value == math.trunc(value) else value


def _rank(value: bool | float | str) -> tuple[int, Any]:
    """A key to sort values of several types by. True and 1 differ."""
    return (0 if isinstance(value, bool) else 1 if isinstance(value, int | float) else 2, value)
