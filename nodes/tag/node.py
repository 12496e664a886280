"""Contacts enter when they get a tag, or lose it."""

from typing import Annotated, Literal

from nodes.sdk import beside, declare, ui
from nodes.sdk.fields import Config, TagName


class Tag(Config):
    """Which tag, and which way."""

    tag: TagName
    when: Annotated[Literal["added", "removed"], ui(widget="select")] = "added"


NODE = declare(
    "tag",
    Tag,
    family="trigger",
    operation="enter",
    ports=["entered"],
    icon="tag",
    words=beside(__file__),
)
