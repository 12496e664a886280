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
    reason: str
    count: int
