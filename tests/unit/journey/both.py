"""One history, played on the engine and on the oracle; and what of it must be equal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from zlib import crc32

from engine.flow.plan import Act, Ask, Plan, PlanNode
from engine.journey.contact import Contact
from engine.journey.draw import draw
from engine.journey.host import Again, Outcome, Stuck, Went
from engine.journey.memory import Call, Memory, MemoryScope, Sent
from engine.journey.memory_rows import Row
from engine.journey.traveller import Happening, Traveller
from tests.unit.journey.oracle import Oracle
from tests.unit.journey.oracle_parts import Fate, Sending, Strand, Told
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
)

MOST = 60
RENEWALS = {1: "2025-03-04T12:00:00Z"}
DELAYS = (90_000, 3_000_000, 7_200_000)

Story = dict[tuple[int, str], tuple[object, ...]]
"""What became of each strand, by (number of the enrolment, lineage)."""


def chance(*what: object) -> int:
    """A number from 0 to 99 that depends on nothing but `what`."""
    return crc32("/".join(map(str, what)).encode()) % 100


@dataclass
class World:
    """What is decided outside the engine: what acts do, what asks answer. Both sides get the same."""

    plan: Plan
    seed: int = 0

    def fate(self, contact: int, node: str, run: int, attempt: int) -> Fate:
        """What an act does on a try of a run."""
        roll = chance(self.seed, contact, node, run, attempt)
        operation = self.plan.nodes[node].operation
        assert isinstance(operation, Act)
        ports = sorted(self.plan.nodes[node].ports)
        port = ports[chance("port", self.seed, contact, node, run) % len(ports)]
        kind = "port" if roll < 65 else "again" if roll < 80 else "not yet" if roll < 93 else "stuck"
        sends = kind != "stuck" and chance("sends", roll) < 70
        return Fate(sends, kind, port, DELAYS[roll % len(DELAYS)])

    def answer(self, contact: int, node: str, due: int, told: int) -> str:
        """The answer at an ask; it changes as time passes and events come in."""
        operation = self.plan.nodes[node].operation
        assert isinstance(operation, Ask)
        return "yes" if chance(self.seed, contact, node, due // 600_000, told) < 60 else "no"


class EngineSide(Memory):
    """The engine on its in-memory Host. Names what it does as the oracle does: by lineage and run."""

    def __init__(self, world: World) -> None:
        contacts = {
            number: Contact(number, {"attributes": {"renewal": text}}) for number, text in RENEWALS.items()
        }
        super().__init__(world.plan, contacts, act=self._fated, answer=self._answered, most=MOST)
        self._world = world
        self._visits: dict[tuple[int, str], list[int]] = {}
        self.was_cut = False

    def leg(self, due: int) -> None:
        """One leg. Remembers whether it had no end, and was cut."""
        super().leg(due)
        self.was_cut = self.was_cut or any(row.reason == "loop" for row in self.rows.by_id.values())

    def _fated(self, call: Call) -> Outcome:
        traveller = call.traveller
        run = self._run(traveller.strand, call.node_id, traveller.visit)
        fate = self._world.fate(traveller.contact, call.node_id, run, traveller.attempt)
        if fate.sends:
            call.send("email", str(traveller.contact))
        if fate.kind == "stuck":
            return Stuck("broken")
        if fate.kind == "again":
            return Again(call.due + fate.delay, "not now")
        if fate.kind == "not yet" and call.due - traveller.at < fate.delay:
            return Again(traveller.at + fate.delay, counts=False)
        return Went(fate.port)

    def _answered(self, node: PlanNode, traveller: Traveller, due: int) -> str:
        told = len(self.events.get(traveller.contact, ()))
        return self._world.answer(traveller.contact, node.label, due, told)

    def _run(self, strand: int, node: str, visit: int) -> int:
        visits = self._visits.setdefault((strand, node), [])
        if visit not in visits:
            visits.append(visit)
        return visits.index(visit)

    def lineages(self) -> dict[int, tuple[int, str]]:
        """Each strand's enrolment and lineage."""
        names: dict[int, tuple[int, str]] = {}
        children: dict[int, int] = {}
        roots = 0
        for row in self.rows.by_id.values():
            if row.parent is None:
                names[row.strand] = (roots, "0")
                roots += 1
            else:
                number, lineage = names[row.parent]
                names[row.strand] = (number, f"{lineage}.{children.get(row.parent, 0)}")
                children[row.parent] = children.get(row.parent, 0) + 1
        return names

    def messages(self) -> dict[Sending, Sent]:
        """Messages by the oracle's names."""
        names = self.lineages()
        return {
            (*names[sent.strand], sent.node, self._run(sent.strand, sent.node, sent.visit)): sent
            for sent in self.sent.values()
        }

    def story(self) -> Story:
        """What became of everyone."""
        names = self.lineages()
        return {names[row.strand]: self._told_of(row) for row in self.rows.by_id.values()}

    def _told_of(self, row: Row) -> tuple[object, ...]:
        steps = [(passed.node, passed.port, passed.at, passed.cause) for passed in row.steps]
        wake = row.wake_at if row.place == "resting" else None
        return (row.place, row.reason, row.result, wake, row.at, row.position if wake else None, steps)

    def parked(self) -> list[int]:
        """The strands that are parked, in the order of their creation."""
        return [row.strand for row in self.rows.by_id.values() if row.place == "parked"]


class OracleSide(Oracle):
    """The oracle, and its story in the same words."""

    def __init__(self, world: World) -> None:
        super().__init__(world.plan, world.fate, world.answer, draw, RENEWALS, MOST)

    def story(self) -> Story:
        """What became of everyone."""
        return {
            (enrolment.number, strand.lineage): self._told_of(strand)
            for enrolment in self.enrolments
            for strand in enrolment.strands
        }

    def _told_of(self, strand: Strand) -> tuple[object, ...]:
        wake = strand.until if strand.place == "resting" else None
        where = strand.node if wake else None
        return (strand.place, strand.reason, strand.result, wake, strand.time[0], where, strand.steps)

    def messages(self) -> set[Sending]:
        """All messages."""
        return {message for messages in self.sent.values() for message in messages}

    def parked(self) -> list[Strand]:
        """The strands that are parked."""
        return [s for enrolment in self.enrolments for s in enrolment.strands if s.place == "parked"]


class Crash(Exception):
    """A process died here."""


class Disturbed(EngineSide):
    """The engine, whose legs are disturbed as they commit: "dies" before it, "lost" after it, "rival" another attempt of
    the same leg gets in first."""

    def __init__(self, world: World, disturbances: Iterable[str | None]) -> None:
        super().__init__(world)
        self._disturbances = iter(disturbances)
        self._due: int | None = None
        self._rivalled = False

    @contextmanager
    def scope(self, group: Sequence[Traveller]) -> Iterator[MemoryScope]:
        """One transaction, disturbed or not."""
        what = next(self._disturbances, None)
        if what == "rival" and not self._rivalled and self._due is not None:
            self._rivalled = True
            super().leg(self._due)
            self._rivalled = False
        with super().scope(group) as scope:
            yield scope
            if what == "dies":
                raise Crash
        if what == "lost":
            raise Crash

    def leg(self, due: int) -> None:
        """One leg, again until it gets through."""
        self._due = due
        while True:
            try:
                super().leg(due)
            except Crash:
                self._rivalled = False
            else:
                break
        self._due = None


@dataclass
class Stage:
    """Plays deeds on the engine, and on the oracle if there is one."""

    engine: EngineSide
    oracle: OracleSide | None = None
    now: int = START
    told: list[tuple[int, Happening, Told]] = field(default_factory=list)
    orders: set[int] = field(default_factory=set)

    def play(self, deeds: Iterable[Deed]) -> None:
        """All deeds, and then two weeks in which nothing happens."""
        for deed in [*deeds, Passes(1_209_600_000)]:
            self._play(deed)

    def _play(self, deed: Deed) -> None:
        match deed:
            case Enters():
                self._enter(deed)
            case Happens():
                about = self._about(deed)
                self._tell(
                    deed.contact, deed.name, self.now - deed.late, self._order(deed.order), deed.n, about
                )
            case ToldAgain(which):
                if self.told:
                    contact, happening, told = self.told[which % len(self.told)]
                    self._ingest(contact, happening, told)
            case Passes():
                self._pass(deed)
            case Pauses():
                self.engine.pause()
                if self.oracle:
                    self.oracle.pause()
            case Resumes():
                self.engine.resume()
                if self.oracle:
                    self.oracle.go_on()
            case Replays(which):
                self._replay(which)

    def _enter(self, deed: Enters) -> None:
        at, order, cause = self.now - deed.late, None, f"run {len(self.orders)} {self.now}"
        if deed.event is not None:
            order = self._order(deed.order)
            cause = self._tell(deed.contact, deed.event, at, order, 0, None)
        self.engine.enter(deed.contact, at, cause, order=order)
        if self.oracle:
            self.oracle.enter(deed.contact, at, cause, order)

    def _order(self, wish: int) -> int:
        """An id near the wish: ids are unique, but become visible in any order."""
        order = next(n for n in range(wish * 100, wish * 100 + 100) if n not in self.orders)
        self.orders.add(order)
        return order

    def _about(self, deed: Happens) -> Sending | None:
        contacts = {root.strand: root.contact for root in self.engine.rows.by_id.values()}
        mine = sorted(
            message for message, sent in self.engine.messages().items() if contacts[sent.root] == deed.contact
        )
        return None if deed.about is None or not mine else mine[deed.about % len(mine)]

    def _tell(self, contact: int, name: str, at: int, order: int, n: int, about: Sending | None) -> str:
        message_id = f"m{order}"
        key = None if about is None else self.engine.messages()[about].send_key
        happening = Happening(order, message_id, name, at, {"n": n, "order_id": f"o{n}"}, key)
        told = Told(order, message_id, name, at, n, about)
        self.told.append((contact, happening, told))
        self._ingest(contact, happening, told)
        return message_id

    def _ingest(self, contact: int, happening: Happening, told: Told) -> None:
        self.engine.ingest(contact, happening)
        if self.oracle:
            self.oracle.tell(contact, told)

    def _pass(self, deed: Passes) -> None:
        start, self.now = self.now, self.now + deed.time
        if deed.how == "asleep":
            return
        if deed.how == "late":
            start = self.now
        self.engine.travel(start, self.now)
        if self.oracle:
            self.oracle.travel(start, self.now)

    def _replay(self, which: int) -> None:
        parked = self.engine.parked()
        if parked:
            self.engine.replay(parked[which % len(parked)])
        if self.oracle and (theirs := self.oracle.parked()):
            self.oracle.replay(theirs[which % len(theirs)])
