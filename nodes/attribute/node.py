"""Compare one field of the contact with a value, now."""

from typing import Annotated, Literal

from nodes.sdk import beside, declare, ui
from nodes.sdk.fields import Config, FieldName, Value

Comparison = Literal[
    "is",
    "is_not",
    "less",
    "at_most",
    "more",
    "at_least",
    "contains",
    "starts_with",
    "one_of",
    "exists",
    "missing",
]


class Attribute(Config):
    """The field, how it is compared, and with what."""

    field: FieldName
    op: Annotated[Comparison, ui(widget="select")] = "is"
    value: Value = None


NODE = declare(
    "attribute",
    Attribute,
    family="state",
    operation="ask",
    ports=["yes", "no"],
    icon="user-search",
    words=beside(__file__),
)
