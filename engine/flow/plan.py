"""The plan: a published flowchart, compiled. Immutable and content-addressed.

A plan holds all that a run needs: operations with their parameters, where each port leads, pinned templates and
promotions, the order in which a leg visits nodes. It knows nothing of drawing.
"""

import hashlib
import json
from collections.abc import Mapping
from functools import cached_property
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field

from engine.flow.condition import Condition
from engine.flow.document import Promotion, Settings, Template
from engine.flow.duration import Duration

MOST_STEPS = 1_000
"""How many steps an enrolment makes in one leg, at most. One that never rests would hold up its cohort for ever."""


class Op(BaseModel):
    """Base of the operations: what the engine does at a node."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Enter(Op):
    """A trigger: only marks where contacts enter."""

    op: Literal["enter"] = "enter"


class RestFor(Op):
    """Stand still for a duration, then leave by `port`."""

    op: Literal["rest_for"] = "rest_for"
    duration: Duration
    port: str


class RestUntil(Op):
    """Stand still until a moment, then leave by `port`; by `past_port` at once if a date has gone by.

    Exactly one of `date` (ISO date or instant), `attribute` (contact field holding a date) is set, or none of both
    when only the window counts. `yearly` repeats the attribute's day each year. `offset_days` shifts the date.
    The result is then moved into the window, if there is one: `opens` and `closes` are HH:MM, weekdays 0 (Monday) to 6.
    """

    op: Literal["rest_until"] = "rest_until"
    date: str | None = None
    attribute: str | None = None
    yearly: bool = False
    offset_days: int = 0
    at: str | None = None
    opens: str | None = None
    closes: str | None = None
    weekdays: tuple[int, ...] = ()
    skip_holidays: bool = False
    port: str
    past_port: str | None = None


class Arm(Op):
    """One thing that a wait listens for. `message_of` limits it to messages that node sent to this enrolment.

    `unless_cancelled`: an order does not count that is known to be cancelled when somebody looks.
    """

    events: tuple[str, ...]
    where: Condition | None = None
    message_of: str | None = None
    port: str
    # Left out of the spelling of a plan that does not have it, so that plans from before it keep their address.
    unless_cancelled: bool = Field(default=False, exclude_if=lambda said: not said)


class Wait(Op):
    """Stand still until one of several events, or until `within` has passed.

    Events count from `since`: "here" (arrival), "entry", or a node's id (when the enrolment last left it).
    The same anchor starts the timer when `timer_from_anchor` is set. `within` None waits without end.
    """

    op: Literal["wait"] = "wait"
    arms: tuple[Arm, ...]
    since: str = "here"
    timer_from_anchor: bool = False
    within: Duration | None = None
    timeout_port: str | None = None


class Branch(Op):
    """A port that is taken when its condition holds."""

    port: str
    condition: Condition


class Ask(Op):
    """Ask what the contact is or did, now: the first branch that holds, else `otherwise`.

    `since` anchors the conditions that count events "since here": "entry" or a node's id.
    """

    op: Literal["ask"] = "ask"
    branches: tuple[Branch, ...]
    otherwise: str
    since: str = "entry"


class Share(Op):
    """An arm of a random split, with its weight in relation to the others."""

    port: str
    weight: float


class Draw(Op):
    """A random split. Sticky: the arm depends on `salt` (its key, else its node and journey) and the contact alone."""

    op: Literal["draw"] = "draw"
    arms: tuple[Share, ...]
    salt: str


class Fork(Op):
    """All ports at once. `merge` is the node where the strands meet again, None when they end apart.

    Only strands of this fork come to its merge; a fork within a branch has a merge of its own, or none.
    """

    op: Literal["fork"] = "fork"
    ports: tuple[str, ...]
    merge: str | None


class Merge(Op):
    """Where the strands of `fork` meet: when all have arrived, or any one."""

    op: Literal["merge"] = "merge"
    fork: str
    mode: Literal["all", "any"]
    port: str


class Repeat(Op):
    """Leave by `again` at most `most` times since the last `done`, then by `done`."""

    op: Literal["repeat"] = "repeat"
    most: int
    again: str
    done: str


class Exit(Op):
    """End the enrolment, or the strand, with a result. Its one port leads nowhere, and is what its step names."""

    op: Literal["exit"] = "exit"
    result: str


class Act(Op):
    """Run the node's code. `attempts` limits tries of one visit; a TryAgain beyond it parks the enrolment.

    `usual` is the port that a rehearsal takes where nobody chooses: the first of the manifest. A plan's ports have no
    order of their own.
    """

    op: Literal["act"] = "act"
    effect: Literal["none", "safe", "once"]
    attempts: int = 10
    usual: str | None = None


Operation = Annotated[
    Enter | RestFor | RestUntil | Wait | Ask | Draw | Fork | Merge | Repeat | Exit | Act,
    Field(discriminator="op"),
]


UNDRAWN = "~"
"""How the ids of nodes begin that nobody drew: where a goal is waited for behind an open port, and the end after it."""


class PlanNode(Op):
    """A node of the plan. `ports` maps every port to the next node; None ends the enrolment with the port's name."""

    type: str
    version: int
    label: str
    family: Literal["trigger", "state", "act", "control"]
    config: dict[str, Any]
    operation: Operation
    ports: dict[str, str | None]


class Goal(Op):
    """A watch that lives as long as the enrolment: events that end it with `result`, or send it to `target`.

    Events after its entry count. It is reached once: an enrolment that it has sent on is not sent there again.
    """

    node: str
    label: str = ""
    arms: tuple[Arm, ...]
    result: str
    target: str | None
    port: str


class Trigger(Op):
    """What makes contacts enter at `node`. `params` are the trigger's own, by `kind`."""

    node: str
    kind: Literal["event", "segment", "tag", "campaign", "api", "date"]
    params: dict[str, Any]


class Plan(Op):
    """A compiled flowchart. `order` is the order of visits in a leg; `listens` the event names that it waits for."""

    nodes: dict[str, PlanNode]
    triggers: tuple[Trigger, ...]
    goals: tuple[Goal, ...]
    settings: Settings
    templates: dict[str, Template]
    promotions: dict[str, Promotion]
    order: tuple[str, ...]
    listens: tuple[str, ...]

    @cached_property
    def canonical(self) -> str:
        """The plan's one spelling: sorted keys, no spaces."""
        return json.dumps(
            self.model_dump(mode="json", by_alias=True),
            sort_keys=True,
            separators=(",", ":"),
            ensure_ascii=False,
        )

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the canonical text, in hex: the plan's address."""
        return hashlib.sha256(self.canonical.encode()).hexdigest()

    @cached_property
    def rank(self) -> dict[str, int]:
        """The place of each node in `order`."""
        return {node: index for index, node in enumerate(self.order)}

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """A copy with changes. Its spelling, address and ranks are its own, not those of the plan it was made from."""
        copied = super().model_copy(update=update, deep=deep)
        for derived in ("canonical", "digest", "rank"):
            copied.__dict__.pop(derived, None)
        return copied

    @classmethod
    def from_json(cls, text: str) -> "Plan":
        """Read a stored plan."""
        return cls.model_validate_json(text)
