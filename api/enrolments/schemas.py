"""The shapes of enrolments."""

from typing import Annotated, Literal

from fastapi import Query
from pydantic import Field

from api.shapes import Id, Instant, Shape

Place = Literal["admitted", "moving", "resting", "parked", "ended"]
Kind = Literal["entered", "event", "message", "passed", "ended", "standing"]


class EnrolmentOut(Shape):
    """One contact's passage through one version of a journey."""

    id: Id
    journey: Id
    journey_name: str
    version: int
    contact: Id
    contact_name: str = Field(description="What the contact is called: a name, else an address or id.")
    cause: str = Field(description="What made it enter: an event's messageId, or a campaign.")
    place: Place
    reason: str | None = Field(description="Why it is parked, or rests without an end.")
    node: str = Field(description="Where it stands, or stood last.")
    label: str = Field(description="What that node is called.")
    entered_at: Instant
    wake_at: Instant | None
    ended_at: Instant | None
    result: str | None


class StrandOut(Shape):
    """One of its parallel paths that is under way."""

    id: Id
    place: Place
    reason: str | None
    node: str
    label: str
    wake_at: Instant | None


class EnrolmentDetail(EnrolmentOut):
    """An enrolment with its parallel paths."""

    strands: list[StrandOut]


class LineOut(Shape):
    """A line of a timeline, in words."""

    at: Instant
    kind: Kind
    words: str
    enrolment: Id | None
    journey: str | None = Field(description="The journey's name.")
    node: str | None
    port: str | None
    journey_id: Id | None = Field(description="The journey's id.")
    message: str | None = Field(description="The send key of the message that the line tells of.")


class Retried(Shape):
    """How many enrolments or parallel paths are on their way again."""

    enrolments: int


Newest = Annotated[
    bool,
    Query(
        description="Move them to the journey's newest version, with its templates, where that has their node."
    ),
]
