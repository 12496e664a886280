"""Take a tag from each contact."""

from engine.audience.tags import remove_tag_batch
from engine.journey.host import Outcome
from engine.store.batch import Batch
from nodes.sdk import beside, declare
from nodes.sdk.fields import Config, TagName


class RemoveTag(Config):
    """Which tag."""

    tag: TagName


NODE = declare(
    "remove_tag",
    RemoveTag,
    effect="safe",
    changes="tag_removed",
    ports=["done"],
    icon="bookmark-minus",
    words=beside(__file__),
)


@NODE.batch
def _(batch: Batch, cfg: RemoveTag) -> list[Outcome]:
    return remove_tag_batch(batch, cfg.tag)
