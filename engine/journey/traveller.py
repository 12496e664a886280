"""Travellers: the enrolments and strands that a leg moves, as plain data."""

from dataclasses import dataclass, field
from typing import Any, Literal

from engine.flow.plan import Plan

MERGED = "merged"
"""The result of a strand that ended by reaching its merge."""


@dataclass(frozen=True, slots=True)
class Passed:
    """A step: a node left by a port at a business instant, and why."""

    no: int
    node: str
    port: str
    at: int
    cause: str = "flow"
    output: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Happening:
    """An event as waits see it. `order` is its id, which breaks ties between equal instants."""

    order: int
    message_id: str
    name: str
    at: int
    properties: dict[str, Any]
    send_key: str | None = None


@dataclass(frozen=True, slots=True)
class Hit:
    """The event that ends a wait, and the port that it leads to."""

    port: str
    at: int
    order: int
    cause: str


@dataclass(slots=True)
class Traveller:
    """One strand on its way. `fence` is the committed step; `step` is that plus the steps still in `trail`.

    `position` is the node that it stands at or is about to run. `at` is its own business time; `at_order` is the id of
    the event that set it, if one did: only what comes after (at, at_order) can end the next wait. `decided` says that the trail rests on something read
    or done, which another attempt might find different: it is committed before anything with an effect follows.
    """

    strand: int
    root: int
    parent: int | None
    contact: int
    place: Literal["moving", "resting"]
    position: str
    step: int
    visit: int
    at: int
    entered_at: int
    at_order: int | None = None
    attempt: int = 0
    since: int | None = None
    wake_at: int | None = None
    timezone: str | None = None
    cause: str = ""
    trigger: dict[str, Any] | None = None
    fence: int = -1
    trail: list[Passed] = field(default_factory=list)
    decided: bool = False
    ending: str | None = None

    def __post_init__(self) -> None:
        if self.fence < 0:
            self.fence = self.step

    def leave(
        self,
        plan: Plan,
        port: str,
        at: int,
        *,
        cause: str = "flow",
        order: int | None = None,
        output: dict[str, Any] | None = None,
    ) -> None:
        """Pass the node by `port` and stand before the next one; an open port sets `ending` to the port's key."""
        self.trail.append(Passed(self.step, self.position, port, at, cause, output))
        target = plan.nodes[self.position].ports[port]
        self.step += 1
        if at > self.at or order is not None:
            self.at_order = order
        self.at = at
        self.place = "moving"
        self.since = self.wake_at = None
        self.attempt = 0
        self.visit = self.step
        if target is None:
            self.ending = port
        else:
            self.position = target
