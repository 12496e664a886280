"""Published plans by id, parsed once."""

import time
from dataclasses import dataclass, replace
from threading import Lock

from sqlalchemy import Connection, select

from engine.flow.plan import Plan
from engine.store.sets import among
from engine.store.tables import journey, plan

_NAME_SECONDS = 0.25
"""For how long a journey's name that was read is gone by."""


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
    """Published plans by id. A plan never changes, so that one that was read is kept; the name of its journey may, and is
    heard of within a quarter of a second."""

    def __init__(self) -> None:
        self._known: dict[int, Published] = {}
        self._lock = Lock()
        self._named = 0.0
        """Until when the names are gone by, in monotonic seconds."""

    def get(self, connection: Connection, plan_id: int) -> Published:
        """The plan with this id; UnknownPlan where there is none."""
        found = self.find(connection, plan_id)
        if found is None:
            raise UnknownPlan(
                f"There is no plan {plan_id}. Publish the journey, then use the plan that this gives."
            )
        return found

    def find(self, connection: Connection, plan_id: int) -> Published | None:
        """The plan with this id; None where there is none: its journey may be deleted between two statements, as long as
        nobody has entered it."""
        if time.monotonic() > self._named:
            self._hear_names(connection)
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
            return None
        found = Published(plan_id, row.journey, row.name, row.number, Plan.from_json(row.body))
        with self._lock:
            self._known[plan_id] = found
        return found

    def _hear_names(self, connection: Connection) -> None:
        with self._lock:
            self._named = time.monotonic() + _NAME_SECONDS
            journeys = {one.journey for one in self._known.values()}
        if not journeys:
            return
        rows = connection.execute(
            select(journey.c.id, journey.c.name).where(among(journey.c.id, journeys))
        ).all()
        names: dict[int, str] = {row.id: row.name for row in rows}
        with self._lock:
            for number, one in self._known.items():
                name = names.get(one.journey, one.journey_name)
                if name != one.journey_name:
                    self._known[number] = replace(one, journey_name=name)
