"""The shapes of the sandbox."""

from typing import Literal

from pydantic import Field

from api.shapes import Id, Instant, Shape, Text

Channel = Literal["email", "sms", "push"]
Act = Literal["opened", "clicked", "replied", "unsubscribed", "complained"]


class SandboxMessage(Shape):
    """A message as it arrived, and what its recipient did with it."""

    id: Id
    send_key: str
    account: str
    channel: Channel
    address: str
    content: dict[str, str] = Field(
        description="subject, html, text, title, link: what the channel has of them."
    )
    accepted_at: Instant
    contact: Id | None
    journey: Id | None
    node: str | None
    opened_at: Instant | None
    clicked_at: Instant | None


class ActIn(Shape):
    """What the recipient does. `url` belongs to a click, `text` to a reply."""

    act: Act
    url: Text | None = Field(default=None, max_length=2000)
    text: Text | None = Field(default=None, max_length=2000)


class Acted(Shape):
    """Whether it is new: opening a message twice is one event, each reply is another."""

    recorded: bool
