"""End the journey for the contact, with a result."""

from typing import Annotated, Literal

from nodes.sdk import beside, declare, ui
from nodes.sdk.fields import Config, ResultName


class Exit(Config):
    """The result, and whether to wait for the goal first."""

    result: ResultName
    when: Annotated[Literal["at_once", "goal_or_limit"], ui(widget="select")] = "at_once"


NODE = declare(
    "exit",
    Exit,
    family="control",
    operation="exit",
    icon="log-out",
    words=beside(__file__),
)
