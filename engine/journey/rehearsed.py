"""What a rehearsal shows and asks: messages, steps, places, ways on; and what it leaves to the rooms that know more."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from engine.flow.plan import PlanNode, Wait
from engine.journey.contact import Contact
from engine.journey.traveller import Happening


class RehearsalError(ValueError):
    """What was asked for cannot be done here. The text says what can."""


class RehearsalTooLong(RehearsalError):
    """The contact makes more steps than a rehearsal follows. Move the clock by less, or give a loop a longer rest."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message as it would go out. `content` is what the channel shows: subject, html, text, title, link."""

    channel: str
    recipient: str
    content: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Draft:
    """A message that a node would send, at a business instant."""

    node: str
    at: int
    send_key: str
    message: Outgoing


@dataclass(frozen=True, slots=True)
class Note:
    """Something to know about what an act did, or why it sent nothing. `kind` is a word for programs."""

    node: str
    at: int
    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Rendering:
    """What a renderer gets: the act, the contact, the business instant, and what the trigger's event carried."""

    node_id: str
    node: PlanNode
    contact: Contact
    at: int
    trigger: Mapping[str, Any]
    chosen: str | None = None
    """The port by which somebody chose that the act is left."""


@dataclass(frozen=True, slots=True)
class Done:
    """What an act did. `port` None is the one that was chosen, else the usual one; `stuck` is the code with which the
    contact is parked; `events` are what comes about by it, such as `tag.added`."""

    port: str | None = None
    message: Outgoing | None = None
    stuck: str | None = None
    notes: tuple[tuple[str, str], ...] = ()
    events: tuple[tuple[str, dict[str, Any]], ...] = ()


@dataclass(frozen=True, slots=True)
class Before:
    """What the contact did before: earlier events, and the one by which it enters."""

    history: Sequence[Happening] = ()
    entered_by: Happening | None = None


class Life(Protocol):
    """What acts do and what is true of the contact, from the rooms that know templates, tags, coupons and consent."""

    def act(self, doing: Rendering) -> Done:
        """Do what the act does, as far as a rehearsal can, and tell."""

    def contact(self, at: int, events: Sequence[Happening]) -> Contact:
        """The contact as it is known at an instant."""

    def told(self, happening: Happening) -> Sequence[tuple[str, dict[str, Any]]]:
        """Take in an event. Gives the events that follow from it."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A way on from where a strand stands. `at` is when it is taken if nobody does anything: a time-out, a rest's end."""

    port: str
    to: str | None
    events: tuple[str, ...] = ()
    message_of: str | None = None
    at: int | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one strand is: about to run `node` ("moving"), or at it ("resting", "parked")."""

    strand: int
    parent: int | None
    node: str
    label: str
    place: str
    reason: str | None
    since: int
    wake_at: int | None
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class Made:
    """A step that was made: who left which node by which port, when, and why."""

    strand: int
    node: str
    label: str
    port: str
    at: int
    cause: str


Told = Made | Draft | Note | Happening
"""One thing of a rehearsal's story."""


def choices_of(node: PlanNode, wake_at: int | None) -> tuple[Choice, ...]:
    """The ways on from a node: what a wait listens for and when it times out, when a rest ends, an act's ports."""
    operation = node.operation
    if isinstance(operation, Wait):
        arms = [Choice(a.port, node.ports[a.port], a.events, a.message_of) for a in operation.arms]
        late = operation.timeout_port
        return (*arms, *([Choice(late, node.ports[late], at=wake_at)] if late is not None else []))
    return tuple(Choice(port, to, at=wake_at) for port, to in node.ports.items())
