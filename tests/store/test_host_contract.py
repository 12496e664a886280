"""The Host on the store keeps the contract of all Hosts, on both databases."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import count

import pytest
from sqlalchemy import func, insert, or_, select

from engine.audience.contacts import holding
from engine.delivery.claims import Ledger
from engine.delivery.ledger import insert_messages
from engine.enrolment.checker import Place, check_change, check_invariants, places
from engine.enrolment.control import pause_journey, resume_journey
from engine.enrolment.drain import drain
from engine.enrolment.enter import Entering, enter
from engine.enrolment.host import StoreHost
from engine.enrolment.ingest import Incoming, ingest
from engine.enrolment.replay import replay_one
from engine.enrolment.runtime import Published, Runtime
from engine.enrolment.scope import StoreScope
from engine.flow.plan import Plan
from engine.journey.host import Gone, Outcome
from engine.journey.leg import run_leg
from engine.journey.traveller import Traveller
from engine.store.batch import Batch
from engine.store.database import Database
from engine.store.ids import new_id, new_ids
from engine.store.tables import contact, enrolment, event, journey, message, plan, step
from tests.contract.host_contract import HostContract
from tests.contract.world import LUCIA, MARIO, START, Acting, Doing, Seen, World, Worlds

_numbers = count(1)


class Died(Exception):
    """A leg died here, on purpose."""


class MortalHost(StoreHost):
    """A host whose legs can die."""

    dies_in: int | None = None
    dies_committed = False

    @contextmanager
    def scope(self, group: Sequence[Traveller]) -> Iterator[StoreScope]:
        """A transaction, perhaps the last of its leg."""
        dies = False
        if self.dies_in is not None:
            self.dies_in -= 1
            dies = self.dies_in == 0
        with super().scope(group) as scope:
            yield scope
            if dies and not self.dies_committed:
                raise Died
        if dies:
            raise Died


class Acts:
    """The contract's acts. What they send stands in the ledger at once, under its key."""

    def __init__(self, acting: Acting, people: dict[int, int]) -> None:
        self.acting = acting
        self._known_as = {number: who for who, number in people.items()}

    def run(self, batch: Batch) -> list[Outcome]:
        """Act for everyone who still holds their place, as a claim asks."""
        with batch.database.read() as connection:
            held = holding(connection, batch)
        return [self._act(batch, one) if one.strand in held else Gone() for one in batch.travellers]

    def _act(self, batch: Batch, traveller: Traveller) -> Outcome:
        def send(channel: str) -> str:
            key = f"{batch.key(traveller)}/{channel}/{traveller.contact}"
            row = (key, traveller.strand, traveller.contact, batch.journey_id, batch.plan_id, batch.node_id,
                   traveller.visit, channel, "", "", None, None, "accepted", None, None, None, 1, None, batch.due)  # fmt: skip
            with batch.database.write() as connection:
                if connection.scalar(select(message.c.node).where(message.c.send_key == key)) is None:
                    insert_messages(connection, [row])
            return key

        return self.acting(
            Doing(self._known_as[traveller.contact], batch.node_id, traveller.attempt, batch.due, send)
        )


class StoreWorld:
    """A journey on the store, as the contract wants to see it. After each move the invariants are checked."""

    def __init__(self, database: Database, drawn: Plan, acting: Acting) -> None:
        self.now = START
        self._people = dict(zip((MARIO, LUCIA), new_ids(2), strict=True))
        self._runtime = Runtime(database, Acts(acting, self._people), Ledger(), now=lambda: self.now)
        self._database = database
        self._published = self._publish(drawn)
        self._dies: tuple[int, bool] | None = None
        self._places = self._look()

    def _publish(self, drawn: Plan) -> Published:
        owner, number = new_id(), new_id()
        with self._database.write() as connection:
            connection.execute(
                insert(journey).values(id=owner, name=f"Journey {next(_numbers)}", state="running", sending=True,
                                       plan=number, created_at=START)
            )  # fmt: skip
            connection.execute(
                insert(plan).values(id=number, journey=owner, number=1, digest="", body=drawn.canonical, document={},
                                    published_at=START, published_by="")
            )  # fmt: skip
            # Worlds of one test share a database: each has people of its own.
            people = [
                {"id": who, "attributes": {}, "created_at": 0, "updated_at": 0}
                for who in self._people.values()
            ]
            connection.execute(insert(contact), people)
            return self._runtime.plans.get(connection, number)

    def _look(self) -> dict[int, Place]:
        with self._database.read() as connection:
            return places(connection)

    def _check(self) -> None:
        with self._database.read() as connection:
            after = places(connection)
            violations = check_invariants(connection, business_now=self.now, real_now=self.now)
        assert violations == []
        assert check_change(self._places, after) == []
        self._places = after

    # ------------------------------------------------------------------------------------------- from outside

    def enter(self, contact: int, at: int, cause: str, *, by_event: bool = False) -> int | None:
        """Let a contact enter."""
        node = self._published.plan.triggers[0].node
        with self._database.write() as connection:
            order = connection.scalar(select(event.c.id).where(event.c.message_id == self._named(cause)))
            entering = Entering(
                self._people[contact],
                self._named(cause) if by_event else cause,
                at,
                node,
                order if by_event else None,
            )
            entered = enter(connection, self._published, [entering], lane="live", now=self.now)
        self._check()
        return entered.enrolments[0] if entered.enrolments else None

    def _named(self, message_id: str) -> str:
        # Worlds of one test share a database, and a message id is one event's.
        return f"{self._published.journey}:{message_id}"

    def tell(self, contact: int, message_id: str, name: str, at: int, about: str | None = None) -> bool:
        """Ingest an event."""
        self.now = max(self.now, at)
        told = Incoming(self._named(message_id), name, at, contact=self._people[contact], send_key=about)
        result = ingest(self._runtime, [told], self.now)
        self._check()
        return result.recorded == 1

    def pause(self) -> None:
        """Hold the journey."""
        pause_journey(self._database, self._published.journey, now=self.now, who="test")

    def resume(self) -> None:
        """Let it go on."""
        resume_journey(self._database, self._published.journey, now=self.now, who="test")
        self._check()

    def replay(self, strand: int) -> None:
        """Set a parked strand moving."""
        replay_one(self._database, strand, now=self.now, who="test")
        self._check()

    # ------------------------------------------------------------------------------------------- legs

    def run(self, due: int) -> None:
        """Drain, and run a leg."""
        self.run_read(self.read(due), due)

    def read(self, due: int) -> list[tuple[MortalHost, list[Traveller]]]:
        """The members who are due, of each cohort."""
        self.now = max(self.now, due)
        with self._database.write() as connection:
            drain(connection, now=self.now)
        mine = (
            enrolment.c.journey == self._published.journey,
            or_(enrolment.c.place == "moving", enrolment.c.wake_at <= due),
        )
        with self._database.read() as connection:
            cohorts = connection.scalars(
                select(enrolment.c.cohort).where(*mine).distinct().order_by(enrolment.c.cohort)
            )
            hosts = [
                MortalHost(self._runtime, self._published, number) for number in cohorts if number is not None
            ]
        return [(host, host.members(due)) for host in hosts]

    def run_read(self, members: list[tuple[MortalHost, list[Traveller]]], due: int) -> None:
        """A leg for these."""
        for host, travellers in members:
            if self._dies is not None:
                host.dies_in, host.dies_committed = self._dies
            try:
                run_leg(self._published.plan, host, travellers, due)
                host.flush()
            except Died:
                self._dies = None
        self._check()

    def die(self, transaction: int, *, committed: bool) -> None:
        """Let the next leg die."""
        self._dies = (transaction, committed)

    # ------------------------------------------------------------------------------------------- what there is

    def next_wake(self) -> int | None:
        """When the earliest rest ends."""
        with self._database.read() as connection:
            wakes = select(func.min(enrolment.c.wake_at)).where(
                enrolment.c.journey == self._published.journey
            )
            first: int | None = connection.scalar(wakes)
            return first

    def family(self, enrolment_id: int) -> list[Seen]:
        """The enrolment and its strands."""
        mine = or_(enrolment.c.id == enrolment_id, enrolment.c.root == enrolment_id)
        with self._database.read() as connection:
            rows = connection.execute(select(enrolment).where(mine).order_by(enrolment.c.id)).all()
            steps = connection.execute(
                select(step)
                .where(step.c.strand.in_([row.id for row in rows]))
                .order_by(step.c.strand, step.c.no)
            ).all()
        prefix = self._named("")
        return [
            Seen(
                row.id, row.parent, row.place, row.reason, row.result, row.position, row.step, row.at, row.wake_at,
                row.pending,
                [(one.node, one.port, one.at, one.cause.removeprefix(prefix)) for one in steps if one.strand == row.id],
            )
            for row in rows
        ]  # fmt: skip

    def sent(self, enrolment_id: int) -> list[str]:
        """The send keys."""
        strands = [seen.id for seen in self.family(enrolment_id)]
        with self._database.read() as connection:
            return list(
                connection.scalars(
                    select(message.c.send_key)
                    .where(message.c.strand.in_(strands))
                    .order_by(message.c.created_at, message.c.send_key)
                )
            )


class TestStore(HostContract):
    """The contract, on tables."""

    @pytest.fixture
    def worlds(self, database: Database) -> Worlds:
        """Worlds on the database."""

        def build(drawn: Plan, act: Acting) -> World:
            return StoreWorld(database, drawn, act)

        return build
