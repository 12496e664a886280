"""The shapes of segments."""

from typing import Any, Literal

from pydantic import Field, model_validator

from api.shapes import Id, Instant, Name, Shape

Kind = Literal["list", "tag", "condition"]
Condition = dict[str, Any]


class Rule(Shape):
    """Who is in it: whoever carries a tag, or whoever fits a condition."""

    tag: Name | None = None
    condition: Condition | None = Field(default=None, description="A condition tree: {op: all, of: [...]}.")

    @model_validator(mode="after")
    def _one_of_them(self) -> "Rule":
        if self.tag is not None and self.condition is not None:
            raise ValueError("There is a tag and a condition. Give one of the two.")
        return self


class SegmentIn(Rule):
    """A new segment: by tag, by condition, or else a list of contacts."""

    name: Name
    contacts: list[Id] = Field(default_factory=list, max_length=10_000)

    @model_validator(mode="after")
    def _listed_or_ruled(self) -> "SegmentIn":
        if self.contacts and (self.tag is not None or self.condition is not None):
            raise ValueError("A segment by tag or condition lists nobody. Leave the contacts out.")
        return self


class NameIn(Shape):
    """What a segment is to be called."""

    name: Name


class SegmentOut(Shape):
    """A segment."""

    id: Id
    name: str
    kind: Kind
    tag: str | None
    condition: Condition | None
    created_at: Instant


class SegmentDetail(SegmentOut):
    """A segment with how many are in it now; null where its condition names a segment that is gone."""

    count: int | None


class Member(Shape):
    """A contact in a list of contacts."""

    id: Id
    external_id: str | None
    email: str | None
    phone: str | None
    first_name: str | None
    last_name: str | None


class Preview(Shape):
    """Whom a rule would take in: how many, and some of them."""

    count: int
    members: list[Member]


class MembersIn(Shape):
    """Contacts to put into a list."""

    contacts: list[Id] = Field(min_length=1, max_length=10_000)


class Changed(Shape):
    """How many really came in or went out."""

    contacts: int
