"""Send an email to each contact, through the ledger of messages."""

from typing import Annotated

from engine.journey.host import Outcome
from engine.store.batch import Batch
from nodes.sdk import beside, declare, ui
from nodes.sdk.fields import AccountName, TemplateName
from nodes.sdk.sending import ATTEMPTS, PORTS, SendConfig, send


class SendEmail(SendConfig):
    """What is sent, and by which account."""

    template: Annotated[TemplateName, ui(widget="template", channel="email")]
    account: Annotated[AccountName, ui(widget="account", channel="email")] = "sandbox-email"


NODE = declare(
    "send_email",
    SendEmail,
    effect="once",
    attempts=ATTEMPTS,
    ports=PORTS,
    sends="email",
    icon="mail",
    words=beside(__file__),
)


@NODE.batch
def _(batch: Batch, cfg: SendEmail) -> list[Outcome]:
    return send(batch, "email", cfg)
