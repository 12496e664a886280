"""Part ways by what contacts are or did: the first condition that holds decides."""

from typing import Annotated

from pydantic import Field

from nodes.sdk import beside, declare, ui
from nodes.sdk.fields import ConditionField, Config, PortKey, PortLabel


class Branch(Config):
    """A way out, and who takes it."""

    port: PortKey
    label: PortLabel = ""
    condition: ConditionField


class Split(Config):
    """The ways out, in the order in which they are tried."""

    branches: Annotated[list[Branch], Field(min_length=1, max_length=20), ui(widget="list")]


NODE = declare(
    "split",
    Split,
    family="control",
    operation="ask",
    ports=["otherwise"],
    ports_from="branches",
    icon="split",
    words=beside(__file__),
)
