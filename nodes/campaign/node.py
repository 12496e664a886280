"""Where the contacts of a campaign enter. Who they are and when they come stands in the campaign, not here."""

from nodes.sdk import beside, declare
from nodes.sdk.fields import Config


class Campaign(Config):
    """Nothing to set: the campaign names the segment and the time."""


NODE = declare(
    "campaign",
    Campaign,
    family="trigger",
    operation="enter",
    ports=["entered"],
    icon="megaphone",
    words=beside(__file__),
)
