"""Published plans by id, parsed once."""

from dataclasses import dataclass
from threading import Lock

from sqlalchemy import Connection, select

from engine.flow.plan import Plan
from engine.store.tables import journey, plan


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
