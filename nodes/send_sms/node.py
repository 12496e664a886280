"""Send an SMS to each contact, through the ledger of messages."""

from typing import Annotated

from engine.journey.host import Outcome
from engine.store.batch import Batch
from nodes.sdk import beside, declare, ui
from nodes.sdk.fields import AccountName, TemplateName
from nodes.sdk.sending import ATTEMPTS, PORTS, SendConfig, send


class SendSms(SendConfig):
    """What is sent, and by which account."""

    template: Annotated[TemplateName, ui(widget="template", channel="sms")]
    account: Annotated[AccountName, ui(widget="account", channel="sms")] = "sandbox-sms"


NODE = declare(
    "send_sms",
    SendSms,
    effect="once",
    attempts=ATTEMPTS,
    ports=PORTS,
    sends="sms",
    icon="message-square",
    words=beside(__file__),
)


@NODE.batch
def _(batch: Batch, cfg: SendSms) -> list[Outcome]:
    return send(batch, "sms", cfg)
