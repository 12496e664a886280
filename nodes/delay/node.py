"""Rest for a while."""

from pydantic import Field

from nodes.sdk import beside, declare
from nodes.sdk.fields import Config, Wait


class Delay(Config):
    """How long."""

    for_: Wait = Field(alias="for")


NODE = declare(
    "delay",
    Delay,
    family="control",
    operation="rest",
    ports=["done"],
    icon="hourglass",
    words=beside(__file__),
)
