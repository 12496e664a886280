"""Contacts enter when they come into a segment, or leave it."""

from typing import Annotated, Literal

from nodes.sdk import beside, declare, ui
from nodes.sdk.fields import Config, SegmentName


class Segment(Config):
    """Which segment, and which way."""

    segment: SegmentName
    when: Annotated[Literal["entered", "left"], ui(widget="select")] = "entered"


NODE = declare(
    "segment",
    Segment,
    family="trigger",
    operation="enter",
    ports=["entered"],
    icon="users",
    words=beside(__file__),
)
