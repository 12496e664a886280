"""A small world on a database: journeys of hand-made plans, contacts, the crowd's events, and legs run by hand.

It stands in for Temporal alone: `travel` drains and runs legs in the order of time, as the workflows would. Everything else
is the real thing, the sandbox providers included.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import count
from typing import Any

from sqlalchemy import Row, Table, func, insert, or_, select, update

from engine.audience.contacts import upsert_contacts
from engine.audience.profile import Profile
from engine.delivery.accounts import ensure_sandbox
from engine.delivery.claims import Ledger
from engine.delivery.sandbox import Sandbox
from engine.delivery.send import Sending, send_batch
from engine.enrolment.checker import check_invariants
from engine.enrolment.drain import drain
from engine.enrolment.enter import Entering, enter
from engine.enrolment.ingest import Incoming, IngestResult, ingest, tell_entered
from engine.enrolment.legs import run_cohort_leg
from engine.enrolment.runtime import Published, Runtime
from engine.flow.document import Template
from engine.flow.plan import Act, Plan, PlanNode, Trigger
from engine.journey.host import Outcome, Went
from engine.store.batch import Batch
from engine.store.database import Database
from engine.store.ids import new_id
from engine.store.tables import admission, cohort, enrolment, journey, plan, step

START = 1_740_992_400_000
"""2025-03-03 09:00 UTC."""
SECOND, MINUTE, HOUR, DAY = 1_000, 60_000, 3_600_000, 86_400_000

Code = Callable[[Batch], list[Outcome]]


class Acts:
    """The code behind acts, by the type of their node. An act without code leaves by its first port."""

    def __init__(self) -> None:
        self.code: dict[str, Code] = {}

    def run(self, batch: Batch) -> list[Outcome]:
        """Run the node's code."""
        code = self.code.get(batch.node.type)
        if code is not None:
            return code(batch)
        operation = batch.node.operation
        assert isinstance(operation, Act)
        return [Went(operation.usual or next(iter(batch.node.ports))) for _ in batch.travellers]


def send(channel: str = "email", template: str = "t", **ports: str | None) -> PlanNode:
    """A node that sends through the channel's sandbox account."""
    others: dict[str, str | None] = dict.fromkeys(
        ("unreachable", "refused", "rejected", "expired", "unknown")
    )
    return PlanNode(
        type=f"send_{channel}", version=1, label="", family="act", operation=Act(effect="once", usual="sent", attempts=24),
        config={"template": template},
        ports=others | ports,
    )  # fmt: skip


def sending(channel: Any) -> Code:
    """The code of a node that sends."""

    def run(batch: Batch) -> list[Outcome]:
        return send_batch(batch, Sending(channel, batch.node.config["template"], f"sandbox-{channel}"))

    return run


TEMPLATES = {
    "t": Template(channel="email", subject="Hello", text="Hello {{ contact.first_name | default('you') }}")
}


class World:
    """A database with everything that the engine needs. `now` is both the real and the business instant."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.now = START
        self.acts = Acts()
        for channel in ("email", "sms", "push"):
            self.acts.code[f"send_{channel}"] = sending(channel)
        self.runtime = self.another()
        self._count = count(1)
        with database.write() as connection:
            ensure_sandbox(connection)

    def another(self) -> Runtime:
        """The runtime of another process on the same database."""
        services = {"providers": {"sandbox": Sandbox(self.database)}}
        return Runtime(self.database, self.acts, Ledger(), services, now=lambda: self.now)

    # ------------------------------------------------------------------------------------------- what there is

    def contacts(self, names: Iterable[str]) -> list[int]:
        """Contacts with these external ids, each with an email address and a phone."""
        rows = [
            Profile.of(
                external_id=name, email=f"{name}@example.com", phone=f"+3932000{index:05}", first_name=name
            )
            for index, name in enumerate(names, next(self._count) * 1000)
        ]
        with self.database.write() as connection:
            return upsert_contacts(connection, rows, self.now)

    def contact(self, name: str) -> int:
        """One contact."""
        return self.contacts([name])[0]

    def publish(self, drawn: Plan, name: str = "Journey", *triggers: Trigger) -> Published:
        """Publish a plan as a running journey, a day before the world begins; the triggers replace the plan's own."""
        if triggers:
            drawn = drawn.model_copy(update={"triggers": triggers})
        drawn = drawn.model_copy(update={"templates": TEMPLATES})
        with self.database.write() as connection:
            known = connection.scalar(select(journey.c.id).where(journey.c.name == name))
            owner, number = known or new_id(), new_id()
            if known is None:
                connection.execute(
                    insert(journey).values(
                        id=owner, name=name, state="running", sending=True, created_at=self.now
                    )
                )
            versions = select(func.count()).select_from(plan).where(plan.c.journey == owner)
            version = (connection.scalar(versions) or 0) + 1
            connection.execute(
                insert(plan).values(
                    id=number, journey=owner, number=version, digest=f"{version}", body=drawn.canonical, document={},
                    published_at=START - DAY, published_by="",
                )
            )  # fmt: skip
            connection.execute(
                update(journey).where(journey.c.id == owner).values(plan=number, state="running")
            )
            return self.runtime.plans.get(connection, number)

    def enter(
        self, published: Published, contacts: Iterable[int], cause: str = "api:1", **of: Any
    ) -> tuple[int, ...]:
        """Let contacts enter at the first trigger, now."""
        node = published.plan.triggers[0].node
        with self.database.write() as connection:
            listed = [Entering(who, cause, of.get("at", self.now), node) for who in contacts]
            entered = enter(connection, published, listed, lane="live", now=self.now)
            tell_entered(connection, self.runtime, published, entered, "live")
            return entered.enrolments

    # ------------------------------------------------------------------------------------------- what happens

    def event(self, name: str, who: int | None = None, **of: Any) -> IngestResult:
        """One event, now unless `at` is given."""
        message_id = of.pop("message_id", f"e{next(self._count)}")
        return self.events(
            Incoming(message_id=message_id, name=name, contact=who, at=of.pop("at", self.now), **of)
        )

    def events(self, *incoming: Incoming) -> IngestResult:
        """Events that come in together."""
        return ingest(self.runtime, incoming, self.now)

    def drain(self) -> int:
        """Let everyone who is admitted join a cohort."""
        with self.database.write() as connection:
            return drain(connection, now=self.now)

    def travel(self, until: int | None = None) -> None:
        """Let everyone move until nobody does before `until` (now, if it is not given), as workflows would."""
        end = self.now if until is None else until
        while True:
            self.drain()
            due = self._due()
            if due:
                for number in due:
                    run_cohort_leg(self.runtime, number, self.now)
                continue
            wake = self._wake()
            if wake is None or wake > end:
                self.now = max(self.now, end)
                return
            self.now = wake

    def _due(self) -> list[int]:
        member = enrolment.c
        late = or_(member.place == "moving", (member.place == "resting") & (member.wake_at <= self.now))
        with self.database.read() as connection:
            rows = connection.scalars(select(member.cohort).where(late).distinct().order_by(member.cohort))
            return [number for number in rows if number is not None]

    def _wake(self) -> int | None:
        with self.database.read() as connection:
            wakes = select(func.min(enrolment.c.wake_at)).where(enrolment.c.place == "resting")
            first: int | None = connection.scalar(wakes)
            return first

    # ------------------------------------------------------------------------------------------- what is there

    def rows(self, table: Table, *tests: Any) -> Sequence[Row[Any]]:
        """A table's rows, by their key."""
        with self.database.read() as connection:
            return connection.execute(select(table).where(*tests).order_by(*table.primary_key.columns)).all()

    def row(self, strand: int) -> Row[Any]:
        """An enrolment or strand."""
        return self.rows(enrolment, enrolment.c.id == strand)[0]

    def roots(self, who: int) -> Sequence[Row[Any]]:
        """A contact's enrolments."""
        return self.rows(enrolment, enrolment.c.contact == who, enrolment.c.root.is_(None))

    def places(self) -> dict[str, int]:
        """How many enrolments stand where."""
        with self.database.read() as connection:
            rows = connection.execute(
                select(enrolment.c.place, func.count())
                .where(enrolment.c.root.is_(None))
                .group_by(enrolment.c.place)
            )
            return {row[0]: row[1] for row in rows}

    def path(self, strand: int) -> list[str]:
        """The steps of a strand, as node.port."""
        return [f"{row.node}.{row.port}" for row in self.rows(step, step.c.strand == strand)]

    def cohorts(self) -> int:
        """How many cohorts there ever were."""
        return len(self.rows(cohort))

    def violations(self) -> list[str]:
        """What the tables say against the protocol, now."""
        with self.database.read() as connection:
            return check_invariants(connection, business_now=self.now, real_now=self.now)

    def admissions(self) -> list[int]:
        """The strands that are admitted."""
        return [row.strand for row in self.rows(admission)]
