"""Give each contact a code of their own for a promotion."""

from engine.content.coupons import issue_batch
from engine.journey.host import Outcome
from engine.store.batch import Batch
from nodes.sdk import beside, declare
from nodes.sdk.fields import Config, PromotionName


class GiveCoupon(Config):
    """For which promotion."""

    promotion: PromotionName


NODE = declare(
    "give_coupon",
    GiveCoupon,
    effect="safe",
    ports=["given", "expired?"],
    provides=["coupon"],
    icon="ticket-percent",
    words=beside(__file__),
)


@NODE.batch
def _(batch: Batch, cfg: GiveCoupon) -> list[Outcome]:
    return issue_batch(batch, cfg.promotion)
