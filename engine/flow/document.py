"""The flowchart document: what a marketer draws, as plain JSON.

Maps are keyed by id so that diffs, patches and merges work by (node, field). The document is permissive:
anything that parses may be saved as a draft; the checks say what keeps it from being published.
"""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from engine.flow.duration import Duration

SCHEMA = 1
"""The newest shape of the document; older ones are brought here by `engine.flow.upgrade`."""

Channel = Literal["email", "sms", "push"]


class Part(BaseModel):
    """A part of the document. Unknown fields are refused, so that a misspelt one is noticed."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)


class Position(Part):
    """Where a node is drawn, in canvas pixels. It has no meaning for the plan."""

    x: float
    y: float


class Node(Part):
    """One box of the flowchart. `config` is checked against the manifest of `type` at `version`."""

    type: str
    version: int = 1
    name: str | None = None
    config: dict[str, Any] = Field(default_factory=dict)
    note: str | None = None
    position: Position | None = None


class Edge(Part):
    """A connection from a node's port to another node."""

    source: str = Field(alias="from")
    port: str
    target: str = Field(alias="to")


class Reentry(Part):
    """How often one contact may enter the journey.

    `once`: ever. `after_end`: again when the earlier enrolment has ended. `after_time`: again when `after` has passed
    since the last entry and the earlier enrolment has ended. `every_event`: each event enters anew.
    """

    rule: Literal["once", "after_end", "after_time", "every_event"] = "once"
    after: Duration | None = None


class Settings(Part):
    """What holds for the whole journey. `limit` is how long an enrolment past its last act waits for a goal."""

    timezone: str = "UTC"
    reentry: Reentry = Field(default_factory=Reentry)
    limit: Duration = Field(default_factory=lambda: Duration.parse("7 days"))
    holidays: list[str] = Field(default_factory=list)


class Template(Part):
    """The words of a message. Email uses subject, html and text; SMS text; push title and text (and a link)."""

    channel: Channel
    subject: str | None = None
    title: str | None = None
    html: str | None = None
    text: str | None = None
    link: str | None = None


class Promotion(Part):
    """An offer. `coupon_valid_for` is how long one contact's code lives, from its issue; instants are ISO 8601."""

    name: str
    discount_percent: float = Field(gt=0, le=100)
    products: list[str] = Field(default_factory=list)
    starts_at: str | None = None
    ends_at: str | None = None
    coupon_valid_for: Duration | None = None
    link: str | None = None


class Flowchart(Part):
    """The whole document."""

    schema_: int = Field(default=SCHEMA, alias="schema")
    name: str = ""
    nodes: dict[str, Node] = Field(default_factory=dict)
    edges: dict[str, Edge] = Field(default_factory=dict)
    settings: Settings = Field(default_factory=Settings)
    templates: dict[str, Template] = Field(default_factory=dict)
    promotions: dict[str, Promotion] = Field(default_factory=dict)

    def out(self, node: str) -> dict[str, str]:
        """The edges that leave `node`, as {port: target}."""
        return {edge.port: edge.target for edge in self.edges.values() if edge.source == node}

    def to_json(self) -> dict[str, Any]:
        """The document as plain JSON values, without what is empty or default."""
        return self.model_dump(mode="json", by_alias=True, exclude_none=True)
