"""Contacts enter on a date that one of their attributes holds: a birthday, the end of a contract."""

from typing import Annotated

from pydantic import Field

from nodes.sdk import beside, declare, ui
from nodes.sdk.fields import AttributeName, Config, Time


class Date(Config):
    """Which date, and how far from it."""

    attribute: AttributeName
    yearly: Annotated[bool, ui(widget="switch")] = True
    offset_days: Annotated[int, Field(ge=-3660, le=3660), ui(widget="number")] = 0
    at: Time = "09:00"


NODE = declare(
    "date",
    Date,
    family="trigger",
    operation="enter",
    ports=["entered"],
    icon="cake",
    words=beside(__file__),
)
