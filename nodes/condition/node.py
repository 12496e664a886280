"""Ask one condition, now."""

from nodes.sdk import beside, declare
from nodes.sdk.fields import ConditionField, Config


class Question(Config):
    """What is asked."""

    condition: ConditionField


NODE = declare(
    "condition",
    Question,
    family="state",
    operation="ask",
    ports=["yes", "no"],
    icon="filter",
    words=beside(__file__),
)
