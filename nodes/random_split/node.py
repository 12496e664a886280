"""Part ways by chance. The same contact always takes the same arm of the same split."""

from typing import Annotated

from pydantic import Field

from nodes.sdk import beside, declare, ui
from nodes.sdk.fields import Config, PortKey, PortLabel, Text


class Arm(Config):
    """A way out, and its share."""

    port: PortKey
    label: PortLabel = ""
    weight: Annotated[float, Field(gt=0, le=1_000_000), ui(widget="number")] = 1.0


class RandomSplit(Config):
    """The arms, and what makes their draw."""

    arms: Annotated[list[Arm], Field(min_length=2, max_length=20), ui(widget="list")]
    key: Annotated[Text, ui(widget="text")] | None = None


NODE = declare(
    "random_split",
    RandomSplit,
    family="control",
    operation="draw",
    ports_from="arms",
    icon="shuffle",
    words=beside(__file__),
)
