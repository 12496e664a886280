"""The shapes of journeys."""

from typing import Annotated, Any, Literal

from pydantic import Field, WithJsonSchema

from api.paging import Counted
from api.shapes import Id, Instant, Shape, Text
from engine.enrolment.refusals import Why
from engine.flow.diagnostic import Diagnostic
from engine.flow.diff import Change
from engine.flow.document import Flowchart

State = Literal["draft", "running", "paused", "stopped"]
Document = Annotated[
    dict[str, Any],
    WithJsonSchema({"type": "object", "x-flowchart": True}),
    Field(description="A flowchart. Whatever can be read may be saved; errors block publishing alone."),
]


class PlanRef(Shape):
    """A published version of a journey."""

    id: Id
    number: int


class JourneyOut(Shape):
    """A journey. `sending` false is its kill switch: nothing new is sent for anybody in it."""

    id: Id
    name: str
    state: State
    sending: bool
    plan: PlanRef | None = Field(description="The version that contacts enter; null until it is published.")
    revision: int = Field(description="The draft's revision.")
    created_at: Instant
    entered: int = Field(description="How many enrolments there ever were, of all versions.")
    inside: int = Field(description="How many of them have not ended.")
    problems: int = Field(description="How many stand parked: enrolments, or parallel paths of one.")


class JourneysOut(Counted[JourneyOut]):
    """A page of journeys."""

    parked: int = Field(description="How many stand parked in all journeys, also those of other parts.")


class JourneyIn(Shape):
    """A new journey. Its name is that of the document, unless another one is asked for."""

    document: Document
    free_name: bool = Field(
        default=False,
        description='Where another journey has the name, take the first of "Name 2", "Name 3" and so on that is free.',
    )
    as_copy: bool = Field(
        default=False,
        description='Name it as a copy: the first of "Name (copy)", "Name (copy) 2" and so on that is free, the name shortened '
        "where that would be too long.",
    )


class DraftOut(Shape):
    """A journey's draft."""

    journey: Id
    revision: int
    document: Flowchart
    updated_at: Instant


class DraftIn(Shape):
    """A change of the draft. `revision` is the one that the change was made on."""

    revision: int = Field(ge=0, le=2**31)
    document: Document


class CheckIn(Shape):
    """A document to be checked and not stored."""

    document: Document


class CheckOut(Shape):
    """What the checks say: errors first, then by place."""

    publishable: bool
    diagnostics: list[Diagnostic]


class PublishIn(Shape):
    """Which draft to publish: the one at this revision, which its author has seen."""

    revision: int = Field(ge=0, le=2**31)


class PlanOut(Shape):
    """A published version: it never changes."""

    id: Id
    number: int
    digest: str = Field(description="SHA-256 of the compiled plan: equal meanings have equal digests.")
    published_at: Instant
    published_by: str
    current: bool = Field(description="Whether it is the version that contacts enter.")
    inside: int = Field(description="How many entered this version and have not ended.")


class PlanDetail(PlanOut):
    """A published version with what was drawn."""

    document: Flowchart


class DiffOut(Shape):
    """What changed from one version to another, in words. Where a node is drawn is no change."""

    changes: list[Change]


class SendingIn(Shape):
    """The kill switch: false holds every message of the journey back."""

    on: bool


class Moved(Shape):
    """What became of an act on a journey, and how many enrolments it moved or ended."""

    journey: JourneyOut
    enrolments: int


class EntryIn(Shape):
    """A contact who is to enter at the journey's API trigger. `key` makes a repeat harmless. What `properties` hold,
    templates may read as event.properties."""

    key: Annotated[Text, Field(min_length=1, max_length=200)]
    contact: Id | None = None
    external_id: Text | None = Field(default=None, max_length=255)
    email: Text | None = Field(default=None, max_length=320)
    phone: Text | None = Field(default=None, max_length=40)
    properties: dict[str, Any] = Field(default_factory=dict)


class RefusedOut(Shape):
    """Why a contact did not enter."""

    why: Why = Field(
        description="`repeated`: it entered under this key before. `inside`, `once`, `too_soon`: the re-entry rule. `paused`, "
        "`stopped`: the journey."
    )
    words: str = Field(description="The reason, and the next step.")
    until: Instant | None = Field(description="For `too_soon`: from when on the rule lets it in.")


class EntryOut(Shape):
    """Whether the contact entered; if not, what kept it out."""

    entered: bool
    enrolment: Id | None
    refused: RefusedOut | None = Field(description="Null where it entered.")
