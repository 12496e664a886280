"""Batches without a database, and a ledger in memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from engine.flow.document import Settings
from engine.flow.plan import Act, Plan, PlanNode
from engine.journey.traveller import Traveller
from engine.store.batch import COLUMNS, Batch, Person
from engine.store.clock import Clock
from engine.store.database import Database
from nodes.sdk import NodeType

DUE = 1_741_176_000_000


@dataclass
class MemoryClaims:
    """A ledger in memory: what is not in it may run. `settled` is what it was told, by key."""

    verdicts: dict[str, str] = field(default_factory=dict)
    settled: dict[str, tuple[str, str | None]] = field(default_factory=dict)

    def claim(self, batch: Batch, keys: Mapping[int, str]) -> dict[int, str]:
        return {strand: self.verdicts.get(key, "run") for strand, key in keys.items()}

    def settle(self, batch: Batch, key: str, state: str, reason: str | None) -> None:
        self.settled[key] = (state, reason)


def make_batch(
    node: NodeType,
    people: Sequence[Mapping[str, Any]],
    config: Mapping[str, Any] | None = None,
    *,
    version: int | None = None,
    values: dict[int, dict[str, dict[str, Any]]] | None = None,
) -> Batch:
    """A batch of one traveller for each of `people` (contact facts), with strands and contacts from 1."""
    drawn = PlanNode(
        type=node.key,
        version=version or node.version,
        label="Act",
        family="act",
        config=dict(config or {}),
        operation=Act(effect=node.effect),
        ports={port.key: None for port in node.ports},
    )
    travellers = [
        Traveller(
            strand=n, root=n, parent=None, contact=n, place="moving", position="act", step=3, visit=3, at=DUE,
            entered_at=DUE, trigger={"name": "Cart Updated", "properties": {"total": 20}},
        )
        for n in range(1, len(people) + 1)
    ]  # fmt: skip
    plan = Plan(
        nodes={"act": drawn}, triggers=(), goals=(), settings=Settings(), templates={}, promotions={}, order=("act",),
        listens=(),
    )  # fmt: skip
    batch = Batch(
        node_id="act", node=drawn, plan=plan, plan_id=7, journey_id=5, journey_name="Spring", travellers=travellers,
        due=DUE, database=cast(Database, None), clock=Clock(), claims=MemoryClaims(),
        now=lambda: DUE,
    )  # fmt: skip
    batch.people = {n: _person(n, facts) for n, facts in enumerate(people, start=1)}
    batch.values = values or {}
    return batch


def _person(number: int, facts: Mapping[str, Any]) -> Person:
    columns: dict[str, Any] = {name: facts.get(name) for name in COLUMNS}
    return Person(id=number, attributes={k: v for k, v in facts.items() if k not in COLUMNS}, **columns)
