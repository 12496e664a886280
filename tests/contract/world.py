"""What the contract of Hosts asks of a world: a journey with one published plan on some Host, and how tests speak to it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from engine.flow.plan import Plan
from engine.journey.host import Outcome, Went

MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000
START = 1_740_992_400_000
"""2025-03-03 09:00 UTC."""

MARIO, LUCIA = 1, 2


@dataclass(frozen=True)
class Seen:
    """A strand as anybody may read it. `steps` are (node, port, at, cause)."""

    id: int
    parent: int | None
    place: str
    reason: str | None
    result: str | None
    position: str
    step: int
    at: int
    wake_at: int | None
    pending: int
    steps: list[tuple[str, str, int, str]]

    @property
    def path(self) -> list[str]:
        """The steps as "node.port"."""
        return [f"{node}.{port}" for node, port, _, _ in self.steps]


@dataclass(frozen=True)
class Doing:
    """One run of an act, as the contract's acts see it. `send` takes a channel and gives the send key."""

    contact: int
    node: str
    attempt: int
    due: int
    send: Callable[[str], str]


class World(Protocol):
    """A journey with one published plan, on some Host. Contacts 1 and 2 exist."""

    def enter(self, contact: int, at: int, cause: str, *, by_event: bool = False) -> int | None:
        """Let a contact enter; `by_event`, by the event with the message id `cause`, told before. The enrolment's id."""

    def tell(self, contact: int, message_id: str, name: str, at: int, about: str | None = None) -> bool:
        """Ingest an event, perhaps about a send key. Later ones have higher ids. False if it is known."""

    def run(self, due: int) -> None:
        """Drain, and run a leg for everyone due."""

    def read(self, due: int) -> Any:
        """Drain, and read the members who are due, as a leg does first."""

    def run_read(self, members: Any, due: int) -> None:
        """Run a leg for members read before."""

    def die(self, transaction: int, *, committed: bool) -> None:
        """Let the next leg die in its n-th transaction (from 1), just before or just after that commits. `run` returns."""

    def pause(self) -> None:
        """Hold the journey."""

    def resume(self) -> None:
        """Let it go on."""

    def replay(self, strand: int) -> None:
        """Set a parked strand moving."""

    def next_wake(self) -> int | None:
        """When the earliest rest ends."""

    def family(self, enrolment: int) -> Sequence[Seen]:
        """The enrolment and its strands, in the order of their creation."""

    def sent(self, enrolment: int) -> list[str]:
        """The send keys of the messages that left, oldest first."""


Acting = Callable[[Doing], Outcome]
Worlds = Callable[[Plan, Acting], World]


def send(doing: Doing) -> Outcome:
    """An act that sends one email."""
    doing.send("email")
    return Went("sent")


def travel(world: World, start: int, end: int) -> None:
    """Let time pass: a leg at `start`, and whenever a rest ends, up to `end`."""
    due: int | None = start
    while due is not None and due <= end:
        world.run(due)
        due = world.next_wake()


def entered(world: World, at: int = START) -> int:
    """Mario's enrolment, after its first leg."""
    enrolment = world.enter(MARIO, at, "campaign")
    assert enrolment is not None
    world.run(at)
    return enrolment
