"""The shapes of forecasts."""

from typing import Annotated

from pydantic import Field

from api.rehearsals.schemas import Beginning, Key, WayOut, What
from api.shapes import Shape

MOST_CONTACTS = 100_000
MOST_DAYS = 400

Chance = Annotated[float, Field(ge=0, le=1)]


class ForecastIn(What):
    """A crowd. `chances` are parts of one, {node: {port: chance}}; what is left over is the way that is taken when nothing
    happens, or the usual one."""

    contacts: int = Field(default=10_000, ge=1, le=MOST_CONTACTS)
    days: int = Field(default=60, ge=1, le=MOST_DAYS)
    at: Beginning | None = None
    seed: int = Field(default=1, ge=0, le=2**31)
    chances: dict[Key, dict[Key, Chance]] = Field(default_factory=dict, max_length=200)


class PortCount(Shape):
    """How many left a node by a port."""

    node: str
    port: str
    count: int


class Count(Shape):
    """How many, under a name."""

    name: str
    count: int


class ChancePort(WayOut):
    """A port with the chance that was used. The chance of the last is what the others leave."""

    chance: float
    rest: bool = Field(description="Whether it takes what the other ports leave.")


class ChanceNode(Shape):
    """A node at which chances decide."""

    node: str
    label: str
    family: str
    ports: list[ChancePort]


class ForecastOut(Shape):
    """What became of the crowd. `entered` is lower than what was asked for where the time that a request has was up."""

    asked: int
    entered: int
    days: int
    edges: list[PortCount]
    results: list[Count]
    waiting: list[Count] = Field(description="Who still rests at a node when the days are over, by node.")
    parked: list[Count]
    chances: list[ChanceNode]
