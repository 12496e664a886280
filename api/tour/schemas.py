"""The shapes of the tour."""

from typing import Literal

from pydantic import Field

from api.shapes import Id, Instant, Shape

State = Literal["none", "running", "ended"]
StepKey = Literal[
    "publish", "enter", "arrived", "opened", "clicked", "visited", "texted", "bought", "converted", "reminded"
]


class StepOut(Shape):
    """A step of the tour. Whether it is done is read from what really happened, whoever did it and by which page."""

    key: StepKey
    done: bool
    at: Instant | None = Field(description="When it happened, in business time.")
    message: Id | None = Field(description="The message in the sandbox that it is about.")


class TourPerson(Shape):
    """One of the people of the tour."""

    key: str = Field(description="The external id: mario, lucia, paolo, sara, nico.")
    name: str
    contact: Id
    story: str = Field(description="What is known of them, in words.")
    stands: str | None = Field(
        description="Where they stand in the journey, in words; null before they enter."
    )
    result: str | None
    wake_at: Instant | None = Field(description="Until when they wait at most.")


class TourOut(Shape):
    """The tour of this installation."""

    state: State
    refused: str | None = Field(description="Why it cannot be started here, and what to do; null if it can.")
    journey: Id | None
    segment: Id | None
    segment_name: str | None
    day_seconds: float
    started_at: Instant | None
    steps: list[StepOut]
    people: list[TourPerson]
