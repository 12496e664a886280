"""What every transaction of the protocol needs at hand: the database, the clock, the published plans, the nodes' code."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from threading import Lock
from typing import Any, Protocol

from sqlalchemy import Connection, select

from engine.flow.plan import Plan
from engine.journey.host import Outcome
from engine.store.batch import Batch, Claims
from engine.store.clock import Clock, read_clock
from engine.store.database import Database
from engine.store.tables import journey, plan


class Behaviours(Protocol):
    """The code behind acts. `nodes` implements it; the engine knows no node by name."""

    def run(self, batch: Batch) -> list[Outcome]:
        """Run the node's code for everyone in the batch; one outcome each, in order."""


@dataclass(frozen=True, slots=True)
class Published:
    """A stored plan, parsed."""

    id: int
    journey: int
    journey_name: str
    number: int
    plan: Plan


class UnknownPlan(LookupError):
    """There is no plan with this id. Publish the journey, then enter contacts into the plan that this gives."""


class Plans:
    """Published plans by id. A plan never changes, so that one that was read is kept."""

    def __init__(self) -> None:
        self._known: dict[int, Published] = {}
        self._lock = Lock()

    def get(self, connection: Connection, plan_id: int) -> Published:
        """The plan with this id; UnknownPlan where there is none."""
        with self._lock:
            known = self._known.get(plan_id)
        if known is not None:
            return known
        row = connection.execute(
            select(plan.c.journey, plan.c.number, plan.c.body, journey.c.name)
            .join(journey, journey.c.id == plan.c.journey)
            .where(plan.c.id == plan_id)
        ).one_or_none()
        if row is None:
            raise UnknownPlan(
                f"There is no plan {plan_id}. Publish the journey, then use the plan that this gives."
            )
        found = Published(plan_id, row.journey, row.name, row.number, Plan.from_json(row.body))
        with self._lock:
            self._known[plan_id] = found
        return found


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

    @cached_property
    def clock(self) -> Clock:
        """The installation's clock, read once: it is set before the first contact enters."""
        with self.database.read() as connection:
            return read_clock(connection)

    def business_now(self) -> int:
        """The present business instant."""
        return self.clock.business(self.now())
