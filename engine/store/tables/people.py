"""Contacts and what is known of them: identities, consent, tags, segments."""

from typing import Any

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from engine.store.columns import big, json, key, table_of


class Contact(SQLModel, table=True):
    """A person with a profile. `merged_into` names the survivor once two contacts turned out to be one."""

    id: int = key()
    external_id: str | None = Field(default=None, unique=True)
    email: str | None = None
    phone: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    timezone: str | None = None
    locale: str | None = None
    attributes: dict[str, Any] = json(nullable=False, default_factory=dict)
    created_at: int = big()
    updated_at: int = big()
    merged_into: int | None = big(nullable=True, default=None)


class Identity(SQLModel, table=True):
    """A name by which a contact is recognised. Kinds: external_id, email, phone, anonymous_id, push_token."""

    __table_args__ = (Index("identity_contact", "contact"), {"sqlite_with_rowid": False})

    kind: str = Field(primary_key=True)
    value: str = Field(primary_key=True)
    contact: int = big()
    created_at: int = big()


class Recognition(SQLModel, table=True):
    """From `at` on (a business instant) a visitor was this contact, until the next one. The last row's contact is the one
    that has the visitor's id among its identities."""

    __table_args__ = (Index("recognition_contact", "contact"), {"sqlite_with_rowid": False})

    visitor: str = Field(primary_key=True)
    at: int = big(primary_key=True)
    contact: int = big()


class Consent(SQLModel, table=True):
    """A contact's own word on a channel. Where there is none, sending is allowed."""

    __table_args__ = {"sqlite_with_rowid": False}

    contact: int = big(primary_key=True)
    channel: str = Field(primary_key=True)
    state: str
    source: str = ""
    at: int = big()


class Suppression(SQLModel, table=True):
    """An address that must not be written to, whoever it belongs to: a bounce, a complaint, an opt-out."""

    __table_args__ = {"sqlite_with_rowid": False}

    channel: str = Field(primary_key=True)
    address: str = Field(primary_key=True)
    reason: str
    at: int = big()


class Tag(SQLModel, table=True):
    """A behavioural tag on a contact."""

    __table_args__ = (Index("tag_name", "name", "contact"), {"sqlite_with_rowid": False})

    contact: int = big(primary_key=True)
    name: str = Field(primary_key=True)
    at: int = big()


class DateAttribute(SQLModel, table=True):
    """An attribute whose dates are kept in `contact_date`, since a running plan lets contacts enter on them. `name` is its
    path as JSON, of a column with an @ before it. `cursor` is the last contact whose date was looked up when that began;
    `filled`: all of them were."""

    __tablename__ = "date_attribute"

    name: str = Field(primary_key=True)
    cursor: int = big(default=0)
    filled: bool = False


class ContactDate(SQLModel, table=True):
    """A date that an attribute of a contact holds, so that who is due is found without looking at everybody.

    `month_day` is the end of `day` (03-07 of 1984-03-07). `timezone` is the contact's, empty for none.
    """

    __tablename__ = "contact_date"
    __table_args__ = (
        Index("contact_date_due", "attribute", "month_day", "timezone", "contact", "day"),
        {"sqlite_with_rowid": False},
    )

    contact: int = big(primary_key=True)
    attribute: str = Field(primary_key=True)
    month_day: str
    day: str
    timezone: str


class Segment(SQLModel, table=True):
    """A set of contacts. Kind `list`: rows of membership; `tag`: whoever carries `tag`; `condition`: whoever fits it."""

    id: int = key()
    name: str = Field(unique=True)
    kind: str
    tag: str | None = None
    condition: dict[str, Any] | None = json(nullable=True, default=None)
    created_at: int = big()


class Membership(SQLModel, table=True):
    """A contact's place in a segment of kind `list`."""

    __table_args__ = (Index("membership_contact", "contact"), {"sqlite_with_rowid": False})

    segment: int = big(primary_key=True)
    contact: int = big(primary_key=True)
    at: int = big()


class Rule(SQLModel, table=True):
    """Outside all journeys: an event that tags its contact."""

    id: int = key()
    name: str = Field(unique=True)
    event: str
    condition: dict[str, Any] | None = json(nullable=True, default=None)
    tag: str
    enabled: bool = True


class Event(SQLModel, table=True):
    """Something that happened. `at` is the event's own time, never after `received_at`. `send_key` names the message
    that an engagement event is about. A visitor's event has no contact until the visitor is identified."""

    __table_args__ = (
        Index(
            "event_contact_name_at",
            "contact",
            "name",
            "at",
            sqlite_where=text("contact is not null"),
            postgresql_where=text("contact is not null"),
        ),
        # Visitors' events, until their visitor is identified.
        Index(
            "event_anonymous",
            "anonymous_id",
            sqlite_where=text("contact is null and anonymous_id is not null"),
            postgresql_where=text("contact is null and anonymous_id is not null"),
        ),
        # Webhooks that found no message yet.
        Index(
            "event_kept",
            "send_key",
            sqlite_where=text("contact is null and send_key is not null"),
            postgresql_where=text("contact is null and send_key is not null"),
        ),
    )

    id: int = key()
    message_id: str = Field(unique=True)
    contact: int | None = big(nullable=True, default=None)
    anonymous_id: str | None = None
    name: str
    at: int = big()
    received_at: int = big()
    send_key: str | None = None
    properties: dict[str, Any] = json(nullable=False, default_factory=dict)


contact = table_of(Contact)
identity = table_of(Identity)
recognition = table_of(Recognition)
consent = table_of(Consent)
suppression = table_of(Suppression)
tag = table_of(Tag)
date_attribute = table_of(DateAttribute)
contact_date = table_of(ContactDate)
segment = table_of(Segment)
membership = table_of(Membership)
rule = table_of(Rule)
event = table_of(Event)
