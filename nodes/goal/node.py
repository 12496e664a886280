"""What the journey is for: an event that ends it for a contact, wherever they stand."""

from typing import Annotated

from pydantic import Field

from nodes.sdk import beside, declare, ui
from nodes.sdk.fields import ConditionField, Config, EventName, NodeId, ResultName


class GoalEvent(Config):
    """One of the events that reach the goal."""

    event: EventName
    where: ConditionField | None = None


class Goal(Config):
    """The events, and the result with which the journey then ends."""

    events: Annotated[list[GoalEvent], Field(min_length=1, max_length=20), ui(widget="list")]
    message_of: Annotated[NodeId, ui(widget="node", sends=True)] | None = None
    result: ResultName = "goal"


NODE = declare(
    "goal",
    Goal,
    family="control",
    operation="goal",
    ports=["reached?"],
    icon="target",
    words=beside(__file__),
)
