"""The shapes of rehearsals."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field

from api.shapes import Id, Instant, Name, Shape, Text
from engine.journey.time import instant

MOST_ACTS = 200

Channel = Literal["email", "sms", "push"]
Word = Literal["allowed", "refused"]
Key = Annotated[Text, Field(min_length=1, max_length=200)]
_LAST_BEGINNING = instant("9000-01-01T00:00:00Z")


def _with_room(at: int) -> int:
    if at >= _LAST_BEGINNING:
        raise ValueError(
            "What is tried needs time to go on: it begins before the year 9000. Give a nearer moment."
        )
    return at


Beginning = Annotated[Instant, AfterValidator(_with_room)]
"""When something is tried: its rests end in years that can be said."""


# ------------------------------------------------------------------------------------------------ what is asked


class InventedContact(Shape):
    """Somebody who is not there. `number` tells invented people apart: random splits go by it."""

    number: int = Field(default=1, ge=1, le=2**31)
    external_id: Text | None = Field(default=None, max_length=255)
    email: Text | None = Field(default=None, max_length=320)
    phone: Text | None = Field(default=None, max_length=40, description="With its country: +39 320 000 0001.")
    first_name: Text | None = Field(default=None, max_length=255)
    last_name: Text | None = Field(default=None, max_length=255)
    timezone: Text | None = Field(default=None, max_length=64, description="A name like Europe/Rome.")
    locale: Text | None = Field(default=None, max_length=35, description="A language like it or it-IT.")
    attributes: dict[str, Any] = Field(default_factory=dict, max_length=200)
    tags: list[Name] = Field(default_factory=list, max_length=200)
    segments: list[Name] = Field(default_factory=list, max_length=200, description="Lists it is in.")
    consents: dict[Channel, Word] = Field(default_factory=dict)


class TriggerEvent(Shape):
    """What made the contact enter."""

    name: Name
    properties: dict[str, Any] = Field(default_factory=dict, max_length=200)


class Take(Shape):
    """Whoever stands at a node leaves it by a port: what leads there happens, or its time passes."""

    do: Literal["take"] = "take"
    node: Key
    port: Key
    strand: int | None = Field(default=None, ge=1, description="Which strand, where several stand there.")


class Happen(Shape):
    """The contact does something; with `message_of`, with the latest message of that node."""

    do: Literal["happen"] = "happen"
    event: Name
    properties: dict[str, Any] = Field(default_factory=dict, max_length=200)
    message_of: Key | None = None


class Pass(Shape):
    """Time passes: for so long, in the contact's time zone, or until a moment."""

    do: Literal["pass"] = "pass"
    duration: Text | None = Field(default=None, max_length=40, description="For instance `1 hour`, `2 days`.")
    until: Instant | None = None


class Skip(Shape):
    """Time passes until the next rest ends."""

    do: Literal["skip"] = "skip"


class Finish(Shape):
    """Time passes until the contact has ended, or waits for something that no time brings."""

    do: Literal["finish"] = "finish"


class Replay(Shape):
    """A parked strand tries its node again."""

    do: Literal["replay"] = "replay"
    node: Key


Act = Annotated[Take | Happen | Pass | Skip | Finish | Replay, Field(discriminator="do")]


class What(Shape):
    """What is rehearsed: a document, or a version of a journey (its draft without one)."""

    document: dict[str, Any] | None = None
    journey: Id | None = None
    version: int | None = Field(default=None, ge=1, le=2**31)


class RehearsalIn(What):
    """One contact's way, from its entry through all acts. The same request gives the same answer while the installation
    is the same; give `at` back as it was answered."""

    contact: Id | None = Field(default=None, description="A real contact; it is read and nothing more.")
    invented: InventedContact | None = None
    at: Beginning | None = Field(default=None, description="When it enters; else now, at the whole minute.")
    trigger: Key | None = Field(default=None, description="The trigger by which it enters; else the first.")
    event: TriggerEvent | None = None
    choices: dict[Key, Key] = Field(
        default_factory=dict,
        max_length=200,
        description="Ports by which questions answer and acts are left, {node: port}, whatever they would do.",
    )
    acts: list[Act] = Field(default_factory=list, max_length=MOST_ACTS)


# ------------------------------------------------------------------------------------------------ what is answered


class WayOut(Shape):
    """A port of a node."""

    port: str
    label: str


class TriggerOut(WayOut):
    """A trigger of the journey: by which contacts may enter."""

    node: str
    kind: str
    event: str | None = Field(description="The event at which it lets in; null for triggers of another kind.")


class ChoiceOut(WayOut):
    """A way on from where a strand stands."""

    to: str | None = Field(description="The node that it leads to; null where it ends.")
    to_label: str | None
    words: str = Field(description="What happens on this way.")
    events: list[str]
    message_of: str | None = Field(description="The node whose message the events are about.")
    at: Instant | None = Field(description="When it is taken if nothing else happens.")


class StandingOut(Shape):
    """Where a strand is, and its ways on."""

    strand: int
    parent: int | None
    node: str
    label: str
    place: Literal["moving", "resting", "parked"]
    words: str
    since: Instant
    wake_at: Instant | None
    choices: list[ChoiceOut]


class MessageOut(Shape):
    """A message as it would arrive."""

    channel: str
    recipient: str
    content: dict[str, str] = Field(description="subject, html, text, title, link: what the channel has.")


class StoryLine(Shape):
    """One line of the story: a step, an event, a message, or a note about an act. `act` is the index of the act that
    brought it about, -1 for what came with the entry."""

    kind: Literal["step", "event", "message", "note"]
    at: Instant
    act: int
    words: str
    strand: int | None = None
    node: str | None = None
    port: str | None = None
    instead: list[WayOut] = Field(
        default_factory=list,
        description="Ways that a question or an act could be made to take with `choices`.",
    )
    note: str | None = Field(default=None, description="What kind of note: unreachable, refused, coupon, …")
    message: MessageOut | None = None


class CouponOut(Shape):
    """A code that the contact would have."""

    code: str
    promotion: str
    given_at: Instant
    expires_at: Instant | None


class KnownContact(Shape):
    """What is known of the contact by now."""

    id: str
    invented: bool
    external_id: str | None
    email: str | None
    phone: str | None
    first_name: str | None
    last_name: str | None
    timezone: str = Field(description="The contact's time zone, else the journey's.")
    locale: str | None
    attributes: dict[str, Any]
    tags: list[str]
    segments: list[str]
    consents: dict[Channel, Word]
    coupons: list[CouponOut]


class Misfit(Shape):
    """The first act that cannot be done, because the journey or the way to it has changed. It and those behind it were
    left out."""

    act: int
    detail: str


class RehearsalOut(Shape):
    """Where the contact is after all acts, and how it came there. Nothing was sent, and nothing is stored."""

    began_at: Instant
    now: Instant
    next_at: Instant | None = Field(description="When the next rest ends by itself.")
    result: str | None = Field(description="The result with which it ended; null while it goes on.")
    result_words: str | None
    trigger: str
    triggers: list[TriggerOut]
    entered_by: TriggerEvent | None = Field(description="The event by which it entered, where there is one.")
    standing: list[StandingOut]
    story: list[StoryLine]
    contact: KnownContact
    misfit: Misfit | None
