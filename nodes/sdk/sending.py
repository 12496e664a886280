"""What the nodes that send messages have in common: their config, their ports, and the call into delivery."""

from typing import Annotated, Literal

from pydantic import Field

from engine.delivery.send import Sending, send_batch
from engine.flow.document import Channel
from engine.journey.host import Outcome
from engine.store.batch import Batch
from nodes.sdk.fields import AccountName, Config, PromotionName, TemplateName
from nodes.sdk.ui import ui

PORTS = ("sent", "unreachable?", "refused?", "rejected?", "expired?", "unknown?")
ATTEMPTS = 24
"""Tries of one message, the pauses between which double from a second to an hour: six hours at least."""

Instant = Annotated[
    str,
    Field(
        pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]{1,9})?)?(Z|[+-][0-9]{2}:[0-9]{2})$",
        examples=["2026-12-24T18:00:00Z"],
    ),
    ui(widget="date", time=True),
]


class SendConfig(Config):
    """What is sent, by which account, until when, and what follows an unknown outcome."""

    template: TemplateName
    promotion: PromotionName | None = None
    account: AccountName
    on_unknown: Annotated[Literal["go_on", "park"], ui(widget="select")] = "park"
    valid_until: Instant | None = None


def send(batch: Batch, channel: Channel, cfg: SendConfig) -> list[Outcome]:
    """Send the message to everyone in the batch; see `engine.delivery.send`."""
    return send_batch(
        batch,
        Sending(
            channel=channel,
            template=cfg.template,
            account=cfg.account,
            promotion=cfg.promotion,
            on_unknown=cfg.on_unknown,
            valid_until=cfg.valid_until,
        ),
    )
