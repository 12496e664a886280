"""Wait for events: the first that happens decides the way out."""

from typing import Annotated, Literal

from pydantic import Field

from nodes.sdk import beside, declare, ui
from nodes.sdk.fields import Anchor, ConditionField, Config, EventName, PortKey, PortLabel, Wait


class Awaited(Config):
    """One of the events, and where it leads."""

    event: EventName
    where: ConditionField | None = None
    port: PortKey
    label: PortLabel = ""


class WaitFor(Config):
    """The events, from when they count, and how long they are waited for."""

    events: Annotated[list[Awaited], Field(min_length=1, max_length=20), ui(widget="list")]
    since: Anchor = "here"
    timer_from: Annotated[Literal["here", "since"], ui(widget="select")] = "here"
    within: Wait | None = None


NODE = declare(
    "wait_for",
    WaitFor,
    family="state",
    operation="wait",
    lowering="wait_for",
    ports=["timeout"],
    ports_from="events",
    icon="radio",
    words=beside(__file__),
)
