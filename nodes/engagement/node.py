"""Wait for what the contact does with one message that this journey sent them."""

from typing import Annotated, Literal

from nodes.sdk import beside, declare, ui
from nodes.sdk.fields import Config, NodeId, Wait


class Engagement(Config):
    """What is waited for, of which message, and how long."""

    what: Annotated[Literal["opened", "clicked", "delivered", "bounced"], ui(widget="select")] = "opened"
    message: Annotated[NodeId, ui(widget="node", sends=True)]
    within: Wait | None = None


NODE = declare(
    "engagement",
    Engagement,
    family="state",
    operation="wait",
    lowering="engagement",
    ports=["yes", "no"],
    icon="mail-open",
    words=beside(__file__),
)
