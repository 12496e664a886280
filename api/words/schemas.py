"""The shapes of words to write with."""

from typing import Any, Literal

from pydantic import Field

from api.shapes import Id, Shape, Text
from engine.flow.document import Promotion, Template

Kind = Literal["text", "number", "yes_no", "date", "list", "object"]
Scalar = str | int | float | bool


class KnownOfItem(Shape):
    """A field that was seen: its name (dots lead into nested ones), what it holds, and some values."""

    name: str
    kind: Kind
    samples: list[Scalar] = Field(description="The most frequent values, at most 12.")


class Known(KnownOfItem):
    """A property or attribute that was seen, and what it holds; of a list, the fields of its items."""

    items: list[KnownOfItem] = Field(
        description="What was seen in the items of a list, as `item.NAME` of a condition asks for it; the most frequent first."
    )


class KnownEvent(Shape):
    """An event by name, with the properties that it was seen to carry."""

    name: str
    seen: int = Field(
        description="How many of the events looked at; 0 for one that is known and was not seen."
    )
    properties: list[Known]


class Variable(Shape):
    """What a template may read."""

    name: str
    group: Literal["contact", "promotion", "coupon", "event", "journey"]
    sample: str = Field(description="A value as it may be; empty where none is known.")


class VocabularyOut(Shape):
    """What has been seen here, by looks at the newest contacts and events: suggestions, and no list of what is allowed."""

    columns: list[str] = Field(description="The contact's own fields, such as email.")
    attributes: list[Known]
    events: list[KnownEvent]
    tags: list[str]
    results: list[str]
    variables: list[Variable]


class PreviewIn(Shape):
    """A template, and for whom. The contact is a stored one, or invented by a profile of columns and attributes.
    `promotion` is what the message speaks of; a coupon's code is a sample."""

    template: Template
    contact: Id | None = None
    profile: dict[str, Any] = Field(default_factory=dict)
    event: dict[str, Any] | None = Field(default=None, description="The properties of the trigger's event.")
    promotion_name: Text = "promotion"
    promotion: Promotion | None = None
    journey_name: Text = ""
    timezone: Text = "UTC"


class FieldPreviewIn(Shape):
    """A template in a node's config, and for whom. `kind` is how it is filled in: as one line, as text, or as the value
    of a contact's field."""

    source: Text = Field(max_length=65_536)
    kind: Literal["line", "text", "value"] = "text"
    contact: Id | None = None
    profile: dict[str, Any] = Field(default_factory=dict)
    event: dict[str, Any] | None = Field(default=None, description="The properties of the trigger's event.")
    journey_name: Text = ""
    timezone: Text = "UTC"


class TemplateFaultPlace(Shape):
    """What is wrong, and where: lines and columns count from 1. `about` is contact where others get the message."""

    part: str
    code: str
    line: int
    column: int
    length: int
    text: str
    fix: str
    about: Literal["template", "contact"]


class SmsOut(Shape):
    """An SMS as providers count it."""

    alphabet: Literal["gsm", "unicode"]
    units: int
    segments: int
    left: int = Field(description="How many more fit into the last segment.")
    strange: str = Field(description="The signs for which the short alphabet does not do.")


class MessagePreviewOut(Shape):
    """A message as it would arrive. A part that cannot be rendered is left out, with its problems."""

    channel: str
    recipient: str | None = Field(
        description="Where it would go; null where the contact has no such address."
    )
    parts: dict[str, str]
    sms: SmsOut | None
    problems: list[TemplateFaultPlace]


class FieldPreviewOut(Shape):
    """A field as it would be filled in; null where it cannot be, with its problems."""

    text: str | None
    problems: list[TemplateFaultPlace]


class Choice(Shape):
    """Something that a field may name."""

    name: str
    channel: str | None = Field(description="Of a template: what it is for.")


class ChoicesOut(Shape):
    """The first that match, by name, and how many match altogether."""

    items: list[Choice]
    matching: int
    known: bool | None = Field(description="Whether there is one called `named`; null where none was named.")
