"""The shapes of messages."""

from typing import Literal

from pydantic import Field

from api.shapes import Id, Instant, Shape


class ReasonOut(Shape):
    """One step of the answer, in words."""

    kind: Literal["entered", "version", "passed", "content", "allowed", "sent"]
    words: str
    at: Instant | None
    node: str | None


class SentMessage(Shape):
    """A message of the ledger. `content` is what was sent, where the provider's log is ours to read: the sandbox's."""

    send_key: str
    contact: Id
    journey: Id
    journey_name: str
    version: int
    node: str
    label: str
    channel: str
    address: str
    account: str
    state: str
    reason: str | None
    created_at: Instant
    content: dict[str, str] | None = Field(description="subject, html, text, title, link.")
    why: list[ReasonOut]
