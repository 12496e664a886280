"""Where contacts enter whom a program lets in by the API or the command line."""

from nodes.sdk import beside, declare
from nodes.sdk.fields import Config


class ApiCall(Config):
    """Nothing to set: the call names the contacts."""


NODE = declare(
    "api_call",
    ApiCall,
    family="trigger",
    operation="enter",
    ports=["entered"],
    icon="terminal",
    words=beside(__file__),
)
