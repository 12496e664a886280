"""Send a push notification to each contact, through the ledger of messages."""

from typing import Annotated

from engine.journey.host import Outcome
from engine.store.batch import Batch
from nodes.sdk import beside, declare, ui
from nodes.sdk.fields import AccountName, TemplateName
from nodes.sdk.sending import ATTEMPTS, PORTS, SendConfig, send


class SendPush(SendConfig):
    """What is sent, and by which account."""

    template: Annotated[TemplateName, ui(widget="template", channel="push")]
    account: Annotated[AccountName, ui(widget="account", channel="push")] = "sandbox-push"


NODE = declare(
    "send_push",
    SendPush,
    effect="once",
    attempts=ATTEMPTS,
    ports=PORTS,
    sends="push",
    icon="bell",
    words=beside(__file__),
)


@NODE.batch
def _(batch: Batch, cfg: SendPush) -> list[Outcome]:
    return send(batch, "push", cfg)
