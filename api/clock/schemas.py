"""The shape of the clock."""

from pydantic import Field

from api.shapes import Instant, Shape


class ClockOut(Shape):
    """Business time. From an answer on, it is `now` + (real time gone by since) * `speed`."""

    now: Instant
    speed: float = Field(description="1 is real time; 4320 makes a day last 20 seconds.")
