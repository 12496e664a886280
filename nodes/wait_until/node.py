"""Rest until a date, a date of the contact's, a time of day, or until a window opens."""

from typing import Annotated

from pydantic import Field

from engine.journey.time import TimeOfDay
from nodes.sdk import beside, declare, ui
from nodes.sdk.fields import AttributeName, Config, Date, Time

Weekday = Annotated[int, Field(ge=0, le=6)]


class WaitUntil(Config):
    """A moment, and the window into which it is moved."""

    date: Date | None = None
    attribute: AttributeName | None = None
    yearly: Annotated[bool, ui(widget="switch")] = False
    offset_days: Annotated[int, Field(ge=-3660, le=3660), ui(widget="number")] = 0
    at: Time | None = None
    opens: Annotated[TimeOfDay, ui(widget="window", closes="closes", weekdays="weekdays")] | None = None
    closes: Time | None = None
    weekdays: Annotated[tuple[Weekday, ...], Field(max_length=7), ui(widget="weekdays")] = ()
    skip_holidays: Annotated[bool, ui(widget="switch")] = False


NODE = declare(
    "wait_until",
    WaitUntil,
    family="control",
    operation="rest",
    lowering="wait_until",
    ports=["done", "past?"],
    icon="calendar-clock",
    words=beside(__file__),
)
