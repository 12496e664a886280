"""The shapes of rules."""

from typing import Any

from pydantic import Field

from api.shapes import Id, Name, Shape

Condition = dict[str, Any]


class RuleIn(Shape):
    """A new rule: when the event happens to a contact who fits the condition, the contact gets the tag."""

    name: Name
    event: Name = Field(description="The event's name, for example message.opened or Order Completed.")
    tag: Name
    condition: Condition | None = Field(
        default=None,
        description="A condition tree, asked of the event and its contact; every contact fits none.",
    )
    enabled: bool = True


class RuleChange(Shape):
    """Whether a rule is asked."""

    enabled: bool


class RuleOut(Shape):
    """A rule."""

    id: Id
    name: str
    event: str
    tag: str
    condition: Condition | None
    enabled: bool
