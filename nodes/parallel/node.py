"""Go all ways at once, until a merge brings the paths together again."""

from typing import Annotated

from pydantic import Field

from nodes.sdk import beside, declare, ui
from nodes.sdk.fields import Config, PortKey, PortLabel


class Branch(Config):
    """One of the paths."""

    port: PortKey
    label: PortLabel = ""


class Parallel(Config):
    """The paths."""

    branches: Annotated[list[Branch], Field(min_length=2, max_length=20), ui(widget="list")]


NODE = declare(
    "parallel",
    Parallel,
    family="control",
    operation="fork",
    ports_from="branches",
    icon="git-fork",
    words=beside(__file__),
)
