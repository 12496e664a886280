"""The Host on the store does what the one in memory does, which does what a naive interpreter of one contact does."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from contextlib import closing
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, insert, select, update

from engine.audience.contacts import holding
from engine.delivery.claims import Ledger
from engine.delivery.ledger import insert_messages
from engine.enrolment.checker import check_change, check_invariants, places
from engine.enrolment.control import pause_journey, resume_journey
from engine.enrolment.drain import drain
from engine.enrolment.enter import Entering, enter
from engine.enrolment.host import StoreHost
from engine.enrolment.ingest import Incoming, ingest
from engine.enrolment.replay import replay_one
from engine.enrolment.runtime import Runtime
from engine.enrolment.takeout import TakeOut
from engine.flow.plan import Plan, PlanNode
from engine.journey.host import Again, Gone, Outcome, Stuck, Went
from engine.journey.leg import run_leg
from engine.journey.traveller import Happening, Traveller
from engine.store.batch import Batch
from engine.store.database import Database
from engine.store.ids import new_id
from engine.store.tables import cohort, contact, enrolment, event, journey, message, plan, step
from tests.unit.journey.both import MOST, RENEWALS, EngineSide, Stage, Story, World
from tests.unit.journey.plans import (
    START,
    Deed,
    Enters,
    Happens,
    Passes,
    Pauses,
    Replays,
    Resumes,
    ToldAgain,
    histories,
    plans,
)

DEEP = os.environ.get("WEND_HYPOTHESIS") == "deep"
_files = count(1)


class AnsweringHost(StoreHost):
    """A host whose asks are answered by the test's world."""

    world: World

    def ask(self, node: PlanNode, group: Sequence[Traveller], due: int) -> list[str]:
        """The world's answers."""
        with self.runtime.database.read() as connection:
            rows = connection.execute(
                select(event.c.contact, func.count().label("told")).group_by(event.c.contact)
            )
            told = {row.contact: row.told for row in rows}
        return [self.world.answer(one.contact, node.label, due, told.get(one.contact, 0)) for one in group]


class StoreSide:
    """The engine on tables, with the words of `EngineSide`. Everybody travels in one cohort, as in memory."""

    def __init__(self, database: Database, world: World) -> None:
        self.database = database
        self.world = world
        self.now = START
        self.runtime = Runtime(database, self, Ledger(), now=lambda: self.now)
        self._runs: dict[tuple[int, str], list[int]] = {}
        self._before: dict[int, Any] = {}
        owner, number = new_id(), new_id()
        with database.write() as connection:
            connection.execute(insert(journey).values(id=owner, name="J", state="running", sending=True, plan=number,
                                                      created_at=START))  # fmt: skip
            connection.execute(insert(plan).values(id=number, journey=owner, number=1, digest="", published_at=START,
                                                   body=world.plan.canonical, document={}, published_by=""))  # fmt: skip
            people = [
                {"id": who, "attributes": {"renewal": RENEWALS[who]} if who in RENEWALS else {}, "created_at": 0,
                 "updated_at": 0}
                for who in (1, 2)
            ]  # fmt: skip
            connection.execute(insert(contact), people)
            self.published = self.runtime.plans.get(connection, number)

    # ------------------------------------------------------------------------------------------- deeds

    def enter(self, who: int, at: int, cause: str, *, by_event: bool) -> None:
        """Let a contact enter."""
        node = self.published.plan.triggers[0].node
        with self.database.write() as connection:
            order = (
                connection.scalar(select(event.c.id).where(event.c.message_id == cause)) if by_event else None
            )
            entering = Entering(who, cause, at, node, order)
            enter(connection, self.published, [entering], lane="live", now=self.now)
        self._check()

    def ingest(self, who: int, happening: Happening) -> None:
        """Take in an event."""
        told = Incoming(happening.message_id, happening.name, happening.at, contact=who, send_key=happening.send_key,
                        properties=happening.properties)  # fmt: skip
        ingest(self.runtime, [told], self.now)
        self._check()

    def pause(self) -> None:
        """Hold the journey, if it is not held."""
        pause_journey(self.database, self.published.journey, now=self.now, who="test")

    def resume(self) -> None:
        """Let it go on."""
        resume_journey(self.database, self.published.journey, now=self.now, who="test")
        self._check()

    def replay(self, strand: int) -> None:
        """Set a parked strand moving."""
        replay_one(self.database, strand, now=self.now, who="test")
        self._check()

    def travel(self, start: int, end: int) -> None:
        """Let everyone move, a leg at `start` and whenever a rest ends."""
        due: int | None = start
        while due is not None and due <= end:
            self.now = max(self.now, due)
            self._leg(due)
            with self.database.read() as connection:
                due = connection.scalar(select(func.min(enrolment.c.wake_at)))

    def _leg(self, due: int) -> None:
        with self.database.write() as connection:
            drain(connection, now=self.now)
            number = connection.scalar(select(func.min(cohort.c.id)))
            # In one cohort they come to a merge in the order of their own times, as they do in memory.
            connection.execute(update(enrolment).where(enrolment.c.cohort.is_not(None)).values(cohort=number))
        if number is None:
            return
        host = AnsweringHost(self.runtime, self.published, number)
        host.world = self.world
        run_leg(self.published.plan, host, host.members(due), due, most=MOST)
        host.flush()
        self._check()

    def _check(self) -> None:
        with self.database.read() as connection:
            after = places(connection)
            assert check_invariants(connection, business_now=self.now, real_now=self.now) == []
        assert check_change(self._before, after) == []
        self._before = dict(after)

    # ------------------------------------------------------------------------------------------- acts

    def run(self, batch: Batch) -> list[Outcome]:
        """What the world says that acts do, for whoever still holds their place."""
        with batch.database.read() as connection:
            held = holding(connection, batch)
        return [self._act(batch, one) if one.strand in held else Gone() for one in batch.travellers]

    def _act(self, batch: Batch, who: Traveller) -> Outcome:
        visits = self._runs.setdefault((who.strand, batch.node_id), [])
        if who.visit not in visits:
            visits.append(who.visit)
        fate = self.world.fate(who.contact, batch.node_id, visits.index(who.visit), who.attempt)
        if fate.sends:
            self._send(batch, who)
        if fate.kind == "stuck":
            return Stuck("broken")
        if fate.kind == "again":
            return Again(batch.due + fate.delay, "not now")
        if fate.kind == "not yet" and batch.due - who.at < fate.delay:
            return Again(who.at + fate.delay, counts=False)
        return Went(fate.port)

    def _send(self, batch: Batch, who: Traveller) -> None:
        key = f"{batch.key(who)}/email/{who.contact}"
        row = (key, who.strand, who.contact, batch.journey_id, batch.plan_id, batch.node_id, who.visit, "email", "", "",
               None, None, "accepted", None, None, None, 1, None, batch.due)  # fmt: skip
        with batch.database.write() as connection:
            if connection.scalar(select(message.c.node).where(message.c.send_key == key)) is None:
                insert_messages(connection, [row])

    # ------------------------------------------------------------------------------------------- what became

    def rows(self) -> Sequence[Any]:
        """All enrolments and strands, in the order of their creation."""
        with self.database.read() as connection:
            return connection.execute(select(enrolment).order_by(enrolment.c.id)).all()

    def lineages(self) -> dict[int, tuple[int, str]]:
        """Each strand's enrolment and lineage."""
        names: dict[int, tuple[int, str]] = {}
        children: dict[int, int] = {}
        roots = 0
        for row in self.rows():
            if row.parent is None:
                names[row.id] = (roots, "0")
                roots += 1
            else:
                number, lineage = names[row.parent]
                names[row.id] = (number, f"{lineage}.{children.get(row.parent, 0)}")
                children[row.parent] = children.get(row.parent, 0) + 1
        return names

    def story(self) -> Story:
        """What became of everyone."""
        names = self.lineages()
        with self.database.read() as connection:
            steps: dict[int, list[tuple[str, str, int, str]]] = {}
            for row in connection.execute(select(step).order_by(step.c.strand, step.c.no)):
                steps.setdefault(row.strand, []).append((row.node, row.port, row.at, row.cause))
        return {
            names[row.id]: (
                row.place, row.reason, row.result, row.wake_at, row.at, row.position if row.wake_at else None,
                steps.get(row.id, []),
            )
            for row in self.rows()
        }  # fmt: skip

    def messages(self) -> dict[tuple[int, str, str, int], str]:
        """Send keys by the oracle's names."""
        names = self.lineages()
        with self.database.read() as connection:
            rows = connection.execute(select(message)).all()
        return {
            (*names[row.strand], row.node, self._runs[row.strand, row.node].index(row.visit)): row.send_key
            for row in rows
        }


class BothStages(Stage):
    """Plays deeds on the memory and on the store. Ids of events rise as they come in, as the store gives them."""

    def __init__(self, engine: EngineSide, store: StoreSide) -> None:
        super().__init__(engine)
        self.store = store

    def _order(self, wish: int) -> int:
        order = len(self.orders)
        self.orders.add(order)
        return order

    def _play(self, deed: Deed) -> None:
        self.store.now = self.now
        parked = self.engine.parked()
        super()._play(deed)
        match deed:
            case Enters():
                cause = (
                    f"m{len(self.orders) - 1}"
                    if deed.event is not None
                    else f"run {len(self.orders)} {self.now}"
                )
                self.store.enter(deed.contact, self.now - deed.late, cause, by_event=deed.event is not None)
            case Passes(time, how):
                start = self.now if how == "late" else self.now - time
                if how != "asleep":
                    self.store.travel(start, self.now)
            case Pauses():
                self.store.pause()
            case Resumes():
                self.store.resume()
            case Replays(which):
                standing = [row.id for row in self.store.rows() if row.place == "parked"]
                assert len(standing) == len(parked)
                if standing:
                    self.store.replay(standing[which % len(standing)])
            case Happens() | ToldAgain():
                pass

    def _ingest(self, contact: int, happening: Happening, told: Any) -> None:
        super()._ingest(contact, happening, told)
        key = None
        if told.about is not None:
            key = self.store.messages()[told.about]
        self.store.now = self.now
        self.store.ingest(contact, Happening(happening.order, happening.message_id, happening.name, happening.at,
                                             happening.properties, key))  # fmt: skip


@settings(
    max_examples=2_000 if DEEP else 20,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much,
                           HealthCheck.function_scoped_fixture],
)  # fmt: skip
@given(drawn=plans(), deeds=histories(), seed=st.integers(0, 99))
def test_the_store_does_what_the_memory_does(
    sqlite_template: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    drawn: Plan,
    deeds: list[Deed],
    seed: int,
) -> None:
    """Same steps by the same ports at the same times, same sends, same places; and the invariants after every move."""
    monkeypatch.setattr(TakeOut, "exits_at_once", False)  # in memory, an exit is left to the next leg
    file = shutil.copy(sqlite_template, tmp_path / f"{next(_files)}.db")
    world = World(drawn, seed)
    with closing(Database(f"sqlite:///{file}")) as database:
        engine, store = EngineSide(world), StoreSide(database, world)

        BothStages(engine, store).play(deeds)

        assert store.story() == engine.story()
        assert set(store.messages()) == set(engine.messages())
    Path(file).unlink()
