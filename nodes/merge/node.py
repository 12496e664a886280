"""Where the paths of a parallel node meet."""

from typing import Annotated, Literal

from nodes.sdk import beside, declare, ui
from nodes.sdk.fields import Config


class Merge(Config):
    """Whether to wait for all paths, or go on with the first."""

    mode: Annotated[Literal["all", "any"], ui(widget="select")] = "all"


NODE = declare(
    "merge",
    Merge,
    family="control",
    operation="merge",
    ports=["done"],
    icon="git-merge",
    words=beside(__file__),
)
