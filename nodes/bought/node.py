"""Whether the contact bought, by now or within a time."""

from typing import Annotated, Literal

from nodes.sdk import beside, declare, ui
from nodes.sdk.fields import Anchor, Config, Wait


class Bought(Config):
    """Where, since when, and how long it is waited for."""

    channel: Annotated[Literal["online", "offline", "any"], ui(widget="select")] = "online"
    since: Anchor = "entry"
    within: Wait | None = None


NODE = declare(
    "bought",
    Bought,
    family="state",
    operation="wait",
    lowering="bought",
    ports=["bought", "not_bought"],
    icon="shopping-bag",
    words=beside(__file__),
)
