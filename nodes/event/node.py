"""Contacts enter when an event happens; the engine matches events as they come in."""

from nodes.sdk import beside, declare
from nodes.sdk.fields import ConditionField, Config, EventName


class Event(Config):
    """Which event, and which of those that carry its name."""

    event: EventName
    where: ConditionField | None = None


NODE = declare(
    "event",
    Event,
    family="trigger",
    operation="enter",
    ports=["entered"],
    icon="zap",
    words=beside(__file__),
)
