"""The shapes of examples."""

from typing import Any

from pydantic import Field

from api.journeys.schemas import Document
from api.shapes import Shape


class ExampleOut(Shape):
    """A journey to begin with, and its story."""

    name: str = Field(description="By which it is asked for.")
    journey: str = Field(description="What the journey is called.")
    title: str
    story: str = Field(description="What it is about: paragraphs and lists, in Markdown.")
    picture: bool = Field(description="Whether there is a picture of it.")
    nodes: int


class SegmentNeeded(Shape):
    """A segment for the journey, and whether there is one of its name."""

    name: str
    condition: dict[str, Any] | None = Field(
        description="Who belongs into it; null where that is yours to say."
    )
    exists: bool


class ExampleDetail(ExampleOut):
    """An example with its document."""

    document: Document
    segments: list[SegmentNeeded] = Field(description="The segments that it names or is made for.")


class Examples(Shape):
    """All examples; they are few."""

    items: list[ExampleOut]
