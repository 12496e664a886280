"""Ask whether the contact carries a tag, now."""

from nodes.sdk import beside, declare
from nodes.sdk.fields import Config, TagName


class HasTag(Config):
    """Which tag."""

    tag: TagName


NODE = declare(
    "has_tag",
    HasTag,
    family="state",
    operation="ask",
    ports=["yes", "no"],
    icon="tags",
    words=beside(__file__),
)
