"""The shapes of incidents."""

from pydantic import Field

from api.shapes import Id, Shape


class Incident(Shape):
    """Enrolments that are parked for one cause: at one node of one version, for one reason."""

    id: str = Field(description="Names the cause as long as somebody is parked for it.")
    journey: Id
    journey_name: str
    version: int
    node: str
    label: str
    reason: str = Field(description="The code by which it is known.")
    words: str = Field(description="Why they are parked, and the next step.")
    count: int
    short: str = Field(description="The id by which `wend replay --cause` knows it.")
    ways: list[str] = Field(description="The ports by which a person may let them leave the node.")
    undecided: bool = Field(
        description="Whether nobody knows if something went out, or it was cancelled: then it may be sent again."
    )
