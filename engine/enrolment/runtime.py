"""What every transaction of the protocol needs at hand: the database, the clock, the published plans, the nodes' code."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Protocol

from engine.enrolment.listeners import Listeners
from engine.enrolment.plans import Plans, Published, UnknownPlan
from engine.journey.host import Outcome
from engine.store.batch import Batch, Claims
from engine.store.clock import Clock, read_clock
from engine.store.database import Database

__all__ = ["Behaviours", "Plans", "Published", "Runtime", "UnknownPlan", "real_now"]


class Behaviours(Protocol):
    """The code behind acts. `nodes` implements it; the engine knows no node by name."""

    def run(self, batch: Batch) -> list[Outcome]:
        """Run the node's code for everyone in the batch; one outcome each, in order."""


def real_now() -> int:
    """The wall clock, in milliseconds since the epoch. Only the edges of the engine ask it."""
    return time.time_ns() // 1_000_000


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

    @cached_property
    def clock(self) -> Clock:
        """The installation's clock, read once: it is set before the first contact enters."""
        with self.database.read() as connection:
            return read_clock(connection)

    def business_now(self) -> int:
        """The present business instant."""
        return self.clock.business(self.now())
