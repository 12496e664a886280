"""What every transaction of the protocol needs at hand: the database, the clock, the published plans, the nodes' code."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from threading import Event
from typing import Any, Protocol

from engine.enrolment.listeners import Listeners
from engine.enrolment.plans import Plans, Published, UnknownPlan
from engine.journey.host import Outcome
from engine.store.batch import Batch, Claims
from engine.store.clock import Clock, read_clock, real_now
from engine.store.database import Database
from engine.store.turn import Turn

__all__ = ["Behaviours", "Plans", "Published", "Runtime", "UnknownPlan", "real_now"]


class Behaviours(Protocol):
    """The code behind acts. `nodes` implements it; the engine knows no node by name."""

    def run(self, batch: Batch) -> list[Outcome]:
        """Run the node's code for everyone in the batch; one outcome each, in order."""


_CLOCK_SECONDS = 0.25
"""For how long a clock that was read is gone by; less than `LEAD_MS`."""


@dataclass
class Runtime:
    """The engine put together: made once in a process, and handed to whoever begins a transaction of the protocol."""

    database: Database
    behaviours: Behaviours
    claims: Claims
    services: Mapping[str, Any] = field(default_factory=dict)
    now: Callable[[], int] = real_now
    plans: Plans = field(default_factory=Plans)
    listeners: Listeners = field(default_factory=Listeners)
    turn: Turn = field(default_factory=Turn)
    """Whose turn it is to compute, among the legs that share it."""
    queues: dict[str, float] = field(default_factory=dict)
    """Until when, in real time, messages are planned on each account, as far as this process knows: an estimate."""

    outlived: dict[int, int] = field(default_factory=dict)
    """The strands, and at which step, whose lone attempt this process has marked without being heard to say that it has outlived it:
    the database was away. Such a mark is no death."""
    stopping: Event = field(default_factory=Event)
    """Set once this process is to end: legs give back what they have not begun."""

    _clock: tuple[float, Clock] | None = field(default=None, repr=False)

    @property
    def clock(self) -> Clock:
        """The installation's clock. A change of it is heard of within a quarter of a second."""
        known = self._clock
        if known is None or time.monotonic() > known[0]:
            with self.database.read() as connection:
                known = (self.database.seen_at() + _CLOCK_SECONDS, read_clock(connection))
            self._clock = known
        return known[1]

    def hear_clock(self) -> None:
        """Read the clock anew at the next look: this process has changed it."""
        self._clock = None

    def business_now(self) -> int:
        """The present business instant."""
        return self.clock.business(self.now())
