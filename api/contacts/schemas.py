"""The shapes of contacts."""

from typing import Any, Literal

from pydantic import Field

from api.shapes import Id, Instant, Name, Shape, Text

Channel = Literal["email", "sms", "push"]
Word = Literal["allowed", "refused"]
ImportState = Literal["waiting", "running", "done", "failed"]


class ContactChange(Shape):
    """What is said of a contact. A field that is left out or null says nothing; an attribute that is null is taken away."""

    email: Text | None = Field(default=None, max_length=320)
    phone: Text | None = Field(default=None, max_length=40, description="With its country: +39 320 000 0001.")
    first_name: Text | None = Field(default=None, max_length=255)
    last_name: Text | None = Field(default=None, max_length=255)
    timezone: Text | None = Field(default=None, max_length=64, description="A name like Europe/Rome.")
    locale: Text | None = Field(default=None, max_length=35, description="A language like it or it-IT.")
    attributes: dict[str, Any] = Field(default_factory=dict)


class ContactIn(ContactChange):
    """A contact, recognised by external id, then email, then phone; made if nobody is."""

    external_id: Text | None = Field(default=None, max_length=255)


class ContactOut(Shape):
    """A contact."""

    id: Id
    external_id: str | None
    email: str | None
    phone: str | None
    first_name: str | None
    last_name: str | None
    timezone: str | None
    locale: str | None
    attributes: dict[str, Any]
    created_at: Instant
    updated_at: Instant


class ContactListed(ContactOut):
    """A contact in the list, with its tags and when it last did something or got a message."""

    tags: list[str]
    last_activity: Instant | None = Field(
        description="The time of its newest event; null where there is none."
    )


class Identity(Shape):
    """A name by which a contact is recognised."""

    kind: str
    value: str


class ConsentOut(Shape):
    """A contact's word on a channel, and whether its address may be written to at all."""

    channel: Channel
    state: Word
    suppressed: str | None = Field(description="Why the address must not be written to; null if it may.")


class TagOut(Shape):
    """A tag, and since when."""

    name: str
    at: Instant


class ContactDetail(ContactOut):
    """A contact with all that is known, and the lists and tags that it is in. Segments by condition are not asked."""

    merged_into: Id | None
    identities: list[Identity]
    consents: list[ConsentOut]
    tags: list[TagOut]
    segments: list[str]


class ConsentIn(Shape):
    """A contact's word on a channel."""

    state: Word


class Tagged(Shape):
    """Whether the contact's tags have really changed."""

    changed: bool


class BadRowOut(Shape):
    """A row of a file that was left out."""

    line: int
    reason: str


class ImportOut(Shape):
    """A file of contacts on its way in."""

    id: Id
    segment: Name | None
    state: ImportState
    total: int = Field(description="How many lines the file has, its header among them.")
    lines: int = Field(description="How many lines have been read.")
    accepted: int = Field(description="How many rows were taken.")
    created: int = Field(
        description="How many contacts are new; the other accepted rows are of contacts known before."
    )
    rejected: int
    resumed: bool = Field(description="Whether an earlier run over the same file is gone on with.")
    error: str | None = Field(description="Why it failed, and what to do.")
    bad_rows: list[BadRowOut] = Field(description="The first rows that were left out, with their reasons.")
