"""Ask whether the contact is in a segment, now."""

from nodes.sdk import beside, declare
from nodes.sdk.fields import Config, SegmentName


class InSegment(Config):
    """Which segment."""

    segment: SegmentName


NODE = declare(
    "in_segment",
    InSegment,
    family="state",
    operation="ask",
    ports=["yes", "no"],
    icon="user-check",
    words=beside(__file__),
)
