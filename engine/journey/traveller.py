"""Travellers: the enrolments and strands that a leg moves, as plain data."""

from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from engine.flow.plan import Goal, Plan

MERGED = "merged"
"""The result of a strand that ended by reaching its merge."""

OVERTAKEN = "overtaken"
"""The result of a strand that another one outran to a merge of any."""

Moment = tuple[int, int]
"""An instant, and the id of the event that set it, -1 if none did. Moments compare as tuples: of two events at one
instant the one with the lower id came first."""


def just_after(moment: Moment) -> int:
    """From which instant on a condition counts events "since" a moment: the event that set it is not one of them."""
    at, order = moment
    return at if order < 0 else at + 1


class Passed(NamedTuple):
    """A step: a node left by a port at a business instant, and why. `order` is the event that set the instant, if any."""

    no: int
    node: str
    port: str
    at: int
    cause: str = "flow"
    output: dict[str, Any] | None = None
    order: int | None = None

    @property
    def moment(self) -> Moment:
        """When the node was left."""
        return (self.at, -1 if self.order is None else self.order)


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

    `position` is the node that it stands at or is about to run. `at` is its own business time, which never goes back;
    `at_order` is the id of the event that set it, if one did: only what comes after (at, at_order) can end the next wait.
    `entered_at` and `entered_order` say the same of its entry. While it rests at a wait, events after
    (`since`, `since_order`) count, until `wake_at`. `decided` says that the trail rests on something read or done, which
    another attempt might find different: it is committed before anything with an effect follows. `origin` is the contact as
    whom it entered, where that one was merged into `contact` since.
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
    entered_order: int | None = None
    attempt: int = 0
    since: int | None = None
    since_order: int = -1
    wake_at: int | None = None
    timezone: str | None = None
    cause: str = ""
    trigger: dict[str, Any] | None = None
    origin: int | None = None
    fence: int = -1
    trail: list[Passed] = field(default_factory=list)
    decided: bool = False
    ending: str | None = None

    def __post_init__(self) -> None:
        if self.fence < 0:
            self.fence = self.step

    @property
    def moment(self) -> Moment:
        """Its own business time."""
        return (self.at, -1 if self.at_order is None else self.at_order)

    @property
    def drawn_as(self) -> int:
        """The contact by whom random splits go: an arm that was drawn stays, whoever the contact turns out to be."""
        return self.contact if self.origin is None else self.origin

    @property
    def entry(self) -> Moment:
        """When its enrolment entered."""
        return (self.entered_at, -1 if self.entered_order is None else self.entered_order)

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
        """Pass the node by `port` and stand before the next one; an open port sets `ending` to the port's key, and so
        does one that the node's code got after the plan was published.

        Its time becomes `at`, set by the event `order` if there is one, unless it is further already.
        """
        node = self.position
        target = plan.nodes[node].ports.get(port)
        self._pass(node, port, at, cause, order, output)
        if target is None:
            self.ending = port
        else:
            self.position = target

    def reach(self, goal: Goal, hit: Hit) -> None:
        """Stand before the goal's target, wherever it stood; without a target `ending` is set to the goal's result."""
        self._pass(goal.node, goal.port, hit.at, hit.cause, hit.order, None)
        if goal.target is None:
            self.ending = goal.result
        else:
            self.position = goal.target

    def _pass(
        self, node: str, port: str, at: int, cause: str, order: int | None, output: dict[str, Any] | None
    ) -> None:
        if at > self.at:
            self.at, self.at_order = at, order
        elif at == self.at and order is not None:
            self.at_order = order if self.at_order is None else max(order, self.at_order)
        self.trail.append(Passed(self.step, node, port, self.at, cause, output, self.at_order))
        self.step += 1
        self.place = "moving"
        self.since = self.wake_at = None
        self.since_order = -1
        self.attempt = 0
        self.visit = self.step
