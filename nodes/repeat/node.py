"""Go round again, a few times, then on."""

from typing import Annotated

from pydantic import Field

from nodes.sdk import beside, declare, ui
from nodes.sdk.fields import Config


class Repeat(Config):
    """How often."""

    times: Annotated[int, Field(ge=1, le=1000), ui(widget="number")] = 3


NODE = declare(
    "repeat",
    Repeat,
    family="control",
    operation="repeat",
    ports=["again", "done"],
    icon="repeat",
    words=beside(__file__),
)
