"""The in-memory Host keeps the contract of all Hosts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import pytest

from engine.flow.plan import Plan
from engine.journey.host import Outcome
from engine.journey.leg import run_leg
from engine.journey.memory import Call, Memory, MemoryScope
from engine.journey.memory_rows import Row
from engine.journey.traveller import Happening, Traveller
from tests.contract.host_contract import HostContract
from tests.contract.world import Acting, Doing, Seen, World, Worlds


class Died(Exception):
    """A leg died here, on purpose."""


class Mortal(Memory):
    """A memory whose legs can die."""

    dies_in: int | None = None
    dies_committed = False

    @contextmanager
    def scope(self, group: Sequence[Traveller]) -> Iterator[MemoryScope]:
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


class MemoryWorld:
    """The memory, as the contract wants to see it."""

    def __init__(self, plan: Plan, acting: Acting) -> None:
        self._memory = Mortal(plan, act=self._acted)
        self._acting = acting
        self._told = 0
        self.pause, self.resume = self._memory.pause, self._memory.resume
        self.next_wake = self._memory.next_wake

    def _acted(self, call: Call) -> Outcome:
        who = call.traveller

        def send(channel: str) -> str:
            return call.send(channel, str(who.contact))

        return self._acting(Doing(who.contact, call.node_id, who.attempt, call.due, send))

    def enter(self, contact: int, at: int, cause: str, *, by_event: bool = False) -> int | None:
        """Let a contact enter."""
        events = self._memory.events.get(contact, ())
        orders = [event.order for event in events if event.message_id == cause]
        return self._memory.enter(contact, at, cause, order=orders[0] if by_event else None)

    def tell(self, contact: int, message_id: str, name: str, at: int, about: str | None = None) -> bool:
        """Ingest an event."""
        self._told += 1
        return self._memory.ingest(contact, Happening(self._told, message_id, name, at, {}, about))

    def run(self, due: int) -> None:
        """Drain, and run a leg."""
        self.run_read(self.read(due), due)

    def read(self, due: int) -> list[Traveller]:
        """The members who are due."""
        self._memory.drain()
        return self._memory.members(due)

    def run_read(self, members: list[Traveller], due: int) -> None:
        """A leg for these."""
        try:
            run_leg(self._memory.plan, self._memory, members, due)
        except Died:
            self._memory.dies_in = None

    def die(self, transaction: int, *, committed: bool) -> None:
        """Let the next leg die."""
        self._memory.dies_in, self._memory.dies_committed = transaction, committed

    def replay(self, strand: int) -> None:
        """Set a parked strand moving."""
        assert self._memory.replay(strand)

    def family(self, enrolment: int) -> list[Seen]:
        """The enrolment and its strands."""
        return [_seen(row) for row in self._memory.rows.family(enrolment)]

    def sent(self, enrolment: int) -> list[str]:
        """The send keys."""
        return [message.send_key for message in self._memory.sent.values() if message.root == enrolment]


def _seen(row: Row) -> Seen:
    steps = [(passed.node, passed.port, passed.at, passed.cause) for passed in row.steps]
    return Seen(
        row.strand, row.parent, row.place, row.reason, row.result, row.position, row.step, row.at, row.wake_at,
        row.pending, steps,
    )  # fmt: skip


class TestMemory(HostContract):
    """The contract, on dictionaries."""

    @pytest.fixture
    def worlds(self) -> Worlds:
        """Worlds in memory."""

        def build(plan: Plan, act: Acting) -> World:
            return MemoryWorld(plan, act)

        return build
