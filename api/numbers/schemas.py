"""The shapes of numbers."""

from pydantic import Field

from api.shapes import Shape


class NodeNumbers(Shape):
    """A node's numbers: how often it was come to, who stands there now, and how often it was left by each port."""

    label: str = ""
    entered: int = Field(
        default=0,
        description="Arrivals. Parallel paths come to their merge one by one, and leave it together.",
    )
    admitted: int = 0
    moving: int = 0
    resting: int = 0
    parked: int = 0
    left: dict[str, int] = Field(
        default_factory=dict, description="By port. A parallel node is left by all its ports at once."
    )


class Numbers(Shape):
    """Where a journey's enrolments are. The places add up to `entered`, unless a period was asked for: then `entered`,
    `ended`, `results`, and what nodes were entered and left by, are of the period, and the other places are of now."""

    entered: int
    admitted: int
    moving: int
    resting: int
    parked: int
    ended: int
    results: dict[str, int]
    nodes: dict[str, NodeNumbers]
