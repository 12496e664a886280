"""The Host: what the leg runner asks of the world. The store, the memory and the rehearsal each implement it."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

from engine.flow.plan import Fork, PlanNode, Wait
from engine.journey.traveller import Hit, Moment, Traveller


@dataclass(frozen=True, slots=True)
class Went:
    """An act is done: leave by `port`, with values for later nodes."""

    port: str
    output: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Again:
    """Not now: rest until `at`, then try this node alone once more. `reason` is for people."""

    at: int
    reason: str = ""
    counts: bool = True
    """Whether it counts as one of the node's attempts (waiting for a rate or a window does not)."""
    exact: bool = False
    """Whether the second matters, however far off it is: a slot of a rate, which nobody shares."""


@dataclass(frozen=True, slots=True)
class Stuck:
    """A person must act: the enrolment is parked with this code."""

    code: str


@dataclass(frozen=True, slots=True)
class Gone:
    """The traveller's fence was lost while the act ran: somebody else has moved it. It drops out."""


Outcome = Went | Again | Stuck | Gone


class Listening(NamedTuple):
    """One traveller at a wait: events count from `since` to `until` (None: without end), both included.

    Where an event set `since`, `since_order` is its id: at that very instant only later ids count. It is -1 elsewhere.
    """

    traveller: Traveller
    since: int
    since_order: int
    until: int | None


class Scope(Protocol):
    """One transaction over a group: its contacts are locked, and `held` are those whose fence still holds.

    What the methods decide is written when the scope closes, with each traveller's trail, all or nothing. Leaving a node
    has raised `step` already; to rest, park, fork or arrive raises it by one more. To end or to arrive is void for a
    strand that was overtaken within this scope.
    """

    held: list[Traveller]

    def look(self, node: PlanNode, wait: Wait, listening: Sequence[Listening]) -> list[Hit | None]:
        """For each, the earliest committed event by (at, order) that belongs to the wait."""

    def onward(self, traveller: Traveller) -> None:
        """Commit the trail; it stays moving, before `traveller.position`."""

    def rest(self, traveller: Traveller, wake_at: int | None, since: int | None, reason: str | None) -> None:
        """Rest at the position. `reason` is needed where there is no `wake_at`: event, strands or paused.

        At a wait, `since` and `traveller.since_order` say from when on events count, and are kept with it.
        """

    def park(self, traveller: Traveller, code: str) -> None:
        """Stop at the position until a person acts."""

    def end(self, traveller: Traveller, result: str) -> Traveller | None:
        """End it. If it was the last live strand of its parent, the parent ends too, or is returned, moving, before its
        merge's way out, when a sibling of the same fork had reached the merge.

        A parent ends with the result of the last strand to end, by (at, strand), at the latest instant of them all.
        """

    def fork(self, traveller: Traveller, fork: Fork) -> list[Traveller]:
        """Let it rest for its strands, and return these in the order of the ports, moving; each has left the fork by its
        port, as its first step, and has the time and the entry of its parent."""

    def arrive(self, traveller: Traveller, merge: str) -> Traveller | None:
        """End the strand at its merge. Returns the parent, moving, before the merge's way out, once it may move on: the
        caller lets it leave by the merge's port.

        Merge all: when no strand of this fork is left; its moment is the latest of all of them. Merge any: at once, with
        the moment of the strand that arrived; every other live strand below the parent ends, overtaken.
        """


class Host(Protocol):
    """The world in which a leg runs."""

    def members(self, due: int) -> list[Traveller]:
        """Everyone who is moving, or whose rest ends by `due`."""

    def paused(self) -> bool:
        """Whether the journey is held."""

    def scope(self, group: Sequence[Traveller]) -> AbstractContextManager[Scope]:
        """Begin a transaction over the group."""

    def ask(self, node: PlanNode, group: Sequence[Traveller], due: int) -> list[str]:
        """The port that each takes at a node that asks."""

    def moments(self, attribute: str, group: Sequence[Traveller]) -> list[str | None]:
        """The text of a contact's date field, for each."""

    def anchors(self, node: str, group: Sequence[Traveller]) -> list[Moment | None]:
        """When each one's enrolment, on whichever of its strands, last left `node`; their trails count."""

    def repeats(self, node: str, group: Sequence[Traveller]) -> list[int]:
        """How often each has left a repeat node by its `again` port since it last left by `done`.

        Its own steps and those of the strands that it came from count, its trail too; those of its siblings do not.
        """

    def run(self, node_id: str, node: PlanNode, group: Sequence[Traveller], due: int) -> list[Outcome]:
        """Run an act for the group."""
