"""The shapes of drawing together."""

from typing import Annotated

from pydantic import Field

from api.shapes import Shape, Text
from engine.flow.patch import PlaceChange

Tab = Annotated[Text, Field(min_length=1, max_length=64, description="The window's own id, made by it.")]
Called = Annotated[Text, Field(max_length=60, description="What the person goes by.")]


class AuthorIn(Shape):
    """Who saves, and from which window."""

    tab: Tab
    name: Called = ""


class PatchIn(Shape):
    """A change of some places of the draft, made on `revision`. Sent again under the same `id` it is not made twice."""

    id: Annotated[
        Text, Field(min_length=8, max_length=64, description="A name of its own, made by the sender.")
    ]
    revision: int = Field(ge=0, le=2**31)
    patch: list[PlaceChange] = Field(min_length=1, max_length=10_000)
    author: AuthorIn
    step: Annotated[Text, Field(max_length=300, description="What was done, in words.")] = ""


class PresenceIn(Shape):
    """Where somebody is in a draft. To be said again every few seconds; a window not heard of for 20 is gone."""

    tab: Tab
    name: Called = Field(default="", description="Empty: a name is given, such as Guest 2.")
    node: Annotated[Text, Field(max_length=200)] | None = Field(
        default=None, description="The node that is open."
    )
    idle: bool = False
    leaving: bool = False


class PersonOut(Shape):
    """Somebody in a draft, in one window."""

    tab: str
    name: str
    colour: str
    node: str | None
    idle: bool


class PeopleOut(Shape):
    """Everybody in a draft, by name."""

    people: list[PersonOut]
