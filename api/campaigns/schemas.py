"""The shapes of campaigns."""

from typing import Literal

from pydantic import Field, model_validator

from api.shapes import Id, Instant, Name, Shape, Text
from engine.enrolment.refusals import Why

State = Literal["planned", "running", "paused", "cancelled", "done"]
Mode = Literal["snapshot", "live"]
JourneyState = Literal["draft", "running", "paused", "stopped"]


class CampaignIn(Shape):
    """A new campaign. Without `starts_at` and `schedule` it starts at once."""

    id: Id | None = Field(
        default=None, description="An id made by whoever asks: asking again with it makes no second campaign."
    )
    journey: Id
    segment: Name = Field(description="The segment's name.")
    name: Text = Field(default="", max_length=200)
    mode: Mode = Field(
        default="snapshot",
        description="`snapshot`: who is in the segment as it starts. `live`: who comes in later, too; not with a "
        "schedule, whose firings each end.",
    )
    starts_at: Instant | None = None
    schedule: Text | None = Field(
        default=None,
        max_length=200,
        description="A cron expression (minute, hour, day, month, weekday) in the journey's time zone, by the real clock "
        "whatever the installation's; each firing is a run of its own.",
    )
    rate: float | None = Field(
        default=None, gt=0, le=1_000_000, description="Contacts a second; null for no bound."
    )


class TimeIn(Shape):
    """Another time for a campaign that has not started. Neither: it starts at once."""

    starts_at: Instant | None = None
    schedule: Text | None = Field(default=None, max_length=200)


class KeptOut(Shape):
    """How many a campaign could not let enter for one reason."""

    why: Why
    count: int
    words: str = Field(description="The reason, as it is told behind the number.")


class CampaignOut(Shape):
    """A campaign and how far it got."""

    id: Id
    journey: Id
    journey_name: str
    segment: str | None = Field(description="The segment's name; null if it is gone.")
    name: str
    mode: Mode
    state: State
    starts_at: Instant | None
    schedule: str | None
    parent: Id | None = Field(description="The scheduled campaign of which this is a run.")
    rate: float | None
    total: int | None = Field(description="How many there are to enter; null until it starts.")
    entered: int
    skipped: int = Field(
        description="How many were to enter and were kept out; in a live campaign, when the segment was last looked through."
    )
    refused: list[KeptOut] = Field(description="Those by reason. Of earlier versions of Wend, none.")
    created_at: Instant
    finished_at: Instant | None


class StartCheckIn(Shape):
    """Who would enter: a segment, or one contact."""

    journey: Id
    segment: Name | None = None
    contact: Id | None = None

    @model_validator(mode="after")
    def _one_of_them(self) -> "StartCheckIn":
        if (self.segment is None) == (self.contact is None):
            raise ValueError("Give a segment or a contact, one of the two.")
        return self


class SendingNode(Shape):
    """A node that sends."""

    node: str
    label: str


class ReachOut(Shape):
    """Of those who would enter, who can be written to on a channel. Who cannot is counted once, for the first reason."""

    channel: str
    nodes: list[SendingNode] = Field(description="The nodes that send on it.")
    reachable: int
    no_address: int
    refused: int = Field(description="Who has refused the channel.")
    suppressed: int = Field(description="Whose address must not be written to.")


class StartCheckOut(Shape):
    """What would happen, as things are now."""

    version: int = Field(description="The version that they would enter.")
    state: JourneyState = Field(description="While the journey is paused or stopped, nobody enters.")
    sending: bool = Field(description="False: the journey's kill switch is off, nothing is sent.")
    members: int
    enter: int
    inside: int = Field(description="Kept out by the re-entry rule, because they are inside.")
    before: int = Field(description="Kept out by the re-entry rule, because they have entered before.")
    reentry: str = Field(description="The re-entry rule: once, after_end, after_time or every_event.")
    channels: list[ReachOut]
