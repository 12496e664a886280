"""What JSON cannot say by itself: ids as text, instants as ISO 8601, names that a database can hold."""

from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, PlainSerializer, WithJsonSchema
from pydantic.types import StringConstraints

from engine.journey.time import EARLIEST, LATEST, instant, iso

_LARGEST = 2**63 - 1


def _id(value: Any) -> Any:
    if isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) <= 19:
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool) and 0 < value <= _LARGEST:
        return value
    raise ValueError("This is no id. Take the id, a text of digits, from an earlier answer.")


def moment(value: Any) -> int:
    """The instant that a text says, or a number of milliseconds since 1970. ValueError for anything else, and for what
    lies outside the years 1 to 9999, which no answer could say."""
    if isinstance(value, str):
        return instant(value)
    if not isinstance(value, int) or isinstance(value, bool):
        raise ValueError("This is no moment. Write it as text, for example 2026-12-24T10:00:00Z.")
    if not EARLIEST <= value <= LATEST:
        raise ValueError(
            "This moment is outside the years 1 to 9999. Write it as text, for example 2026-12-24T10:00:00Z."
        )
    return value


def storable(text: str) -> str:
    """The text, if a database can hold it. ValueError for a NUL character or half of a surrogate pair."""
    if "\x00" in text or any("\ud800" <= sign <= "\udfff" for sign in text):
        raise ValueError("This text holds a character that cannot be stored. Take it out.")
    return text


Id = Annotated[
    int,
    BeforeValidator(_id),
    PlainSerializer(str, return_type=str),
    WithJsonSchema({"type": "string", "pattern": "^[0-9]{1,19}$", "examples": ["117093590311632896"]}),
]
"""An id. It travels as text, since a JavaScript number holds 53 bits."""

Instant = Annotated[
    int,
    BeforeValidator(moment),
    PlainSerializer(iso, return_type=str),
    WithJsonSchema({"type": "string", "format": "date-time", "examples": ["2026-12-24T10:00:00Z"]}),
]
"""A moment of business time: ISO 8601 outside, milliseconds since the epoch inside."""

Text = Annotated[str, AfterValidator(storable)]
Name = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200), AfterValidator(storable)
]
"""What a person calls something: at most 200 characters."""


class Shape(BaseModel):
    """Base of what goes out and comes in. A field that is not known is refused, so that a misspelt one is noticed."""

    model_config = ConfigDict(extra="forbid")
