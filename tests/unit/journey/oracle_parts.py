"""What the oracle's walks are made of: strands, enrolments, events, and what a walk waits for."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, field
from typing import Any

from engine.flow.plan import Wait

Time = tuple[int, int]
"""An instant, and the id of the event that set it, or -1."""

Way = tuple[str, str]
"""The node and the port by which a strand goes on."""


@dataclass
class Turn:
    """It is about to run a node, and waits for its siblings at earlier ones."""


@dataclass
class Still:
    """It stands still, until an instant, or an event, or a person."""

    until: int | None
    reason: str | None
    events: tuple[Wait, Time] | None = None


@dataclass
class Broken:
    """A person must act."""

    code: str


@dataclass
class Split:
    """It has become several."""

    strands: list[Strand]


Life = Generator[Turn | Still | Broken | Split, Any, None]


@dataclass(frozen=True)
class Told:
    """An event as the oracle knows it."""

    order: int
    message_id: str
    name: str
    at: int
    n: int
    about: Sending | None


Sending = tuple[int, str, str, int]
"""A message: the enrolment's number, the strand's lineage, the node, and which run of it (from 0)."""


@dataclass
class Fate:
    """What an act does: whether it sends, and then "port", "again", "not yet" or "stuck"."""

    sends: bool
    kind: str
    port: str = ""
    delay: int = 0


@dataclass
class Strand:
    """A walk through the plan. `lineage` names it by its place in the family: "0.1" is the second child of the root."""

    enrolment: Enrolment
    lineage: str
    index: int
    parent: Strand | None
    node: str
    time: Time
    life: Life | None = None
    place: str = "admitted"
    reason: str | None = None
    result: str | None = None
    until: int | None = None
    events: tuple[Wait, Time] | None = None
    attempt: int = 0
    walking: bool = False
    children: int = 0
    pending: int = 0
    ended: list[tuple[Time, int, str]] = field(default_factory=list)
    steps: list[tuple[str, str, int, str]] = field(default_factory=list)
    runs: dict[str, int] = field(default_factory=dict)

    @property
    def live(self) -> bool:
        return self.place != "ended"


@dataclass
class Enrolment:
    """A contact's passage: all its strands, in the order in which they came into being."""

    number: int
    contact: int
    cause: str
    entry: Time
    strands: list[Strand] = field(default_factory=list)
    left: dict[str, Time] = field(default_factory=dict)
    left_before: dict[str, Time] = field(default_factory=dict)
    latest: dict[str, set[Sending]] = field(default_factory=dict)
    reached: set[str] = field(default_factory=set)
    steps_in_leg: int = 0

    @property
    def root(self) -> Strand:
        return self.strands[0]


def ancestors(strand: Strand) -> list[Strand]:
    """The strands that it came from, its parent first."""
    found = []
    while strand.parent is not None:
        strand = strand.parent
        found.append(strand)
    return found
