"""The shapes of enrolments."""

from typing import Annotated, Literal

from fastapi import Query
from pydantic import Field

from api.shapes import Id, Instant, Shape, Text
from engine.enrolment.replay_how import LONGEST_RESULT, Action

Place = Literal["admitted", "moving", "resting", "parked", "ended"]
Kind = Literal["entered", "event", "message", "passed", "ended", "standing"]


class ParkedAt(Shape):
    """Where an enrolment, or a parallel path of it, is parked."""

    node: str
    label: str = Field(description="What that node is called.")
    reason: str = Field(description="Why it is parked: the code by which such are grouped and asked for.")
    words: str = Field(description="Why it is parked, and the next step.")


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
    reason: str | None = Field(description="The code of why it is parked, or rests without an end.")
    node: str = Field(description="Where it stands, or stood last.")
    label: str = Field(description="What that node is called.")
    entered_at: Instant
    wake_at: Instant | None
    ended_at: Instant | None
    result: str | None
    parked: list[ParkedAt] = Field(description="Where it is parked: itself, or each of its parallel paths.")


class StrandOut(Shape):
    """One of its parallel paths that is under way."""

    id: Id
    place: Place
    reason: str | None
    words: str | None = Field(description="Where it is parked: why, and the next step.")
    node: str
    label: str
    wake_at: Instant | None


class EnrolmentDetail(EnrolmentOut):
    """An enrolment with its parallel paths."""

    strands: list[StrandOut]
    ways: list[str] = Field(description="The ports by which it may be let go on where it is parked.")
    undecided: bool = Field(
        description="Whether it is parked since nobody knows whether something went out, or since that was cancelled."
    )


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


class ReplayIn(Shape):
    """What is to become of whoever is parked."""

    how: Action = Field(
        default="retry",
        description="`retry`: the node is tried again, and nothing leaves twice. `send again`: what was sent, or may have "
        "been, is sent once more with a key of its own, so that it may arrive twice; only where that is unknown, unconfirmed "
        "or cancelled. `leave`: by a port, and the node does not run. `exit`: it ends, with all its parallel paths.",
    )
    port: Annotated[Text, Field(max_length=200, description="The port to leave by, for `leave`.")] = ""
    result: Annotated[
        Text, Field(max_length=LONGEST_RESULT, description="The result to end with, for `exit`.")
    ] = ""
    newest: bool = Field(
        default=False,
        description="Move them to the journey's newest version, with its templates, where that has their node.",
    )


class Replayed(Shape):
    """How many enrolments or parallel paths it was done with. Whoever has moved meanwhile, has nothing undecided to send
    again, or has no such port to leave by is not among them."""

    enrolments: int


class Retried(Shape):
    """How many enrolments or parallel paths are on their way again."""

    enrolments: int


Newest = Annotated[
    bool,
    Query(
        description="Move them to the journey's newest version, with its templates, where that has their node."
    ),
]
