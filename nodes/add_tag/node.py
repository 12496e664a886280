"""Put a tag on each contact."""

from engine.audience.tags import add_tag_batch
from engine.journey.host import Outcome
from engine.store.batch import Batch
from nodes.sdk import beside, declare
from nodes.sdk.fields import Config, TagName


class AddTag(Config):
    """Which tag."""

    tag: TagName


NODE = declare(
    "add_tag",
    AddTag,
    effect="safe",
    changes="tag_added",
    ports=["done"],
    icon="bookmark-plus",
    words=beside(__file__),
)


@NODE.batch
def _(batch: Batch, cfg: AddTag) -> list[Outcome]:
    return add_tag_batch(batch, cfg.tag)
