"""The rehearsal of a crowd: many invented contacts go through a plan in virtual time, and only their numbers are kept.

It is the leg runner of production on a Host that keeps no rows: whoever rests lies in a heap by the minute in which the
rest ends, and everyone of a minute travels together. What contacts do is up to a chooser; goals are not reached here.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from heapq import heappop, heappush
from types import TracebackType
from typing import Protocol

from engine.flow.plan import Ask, Fork, Merge, Plan, PlanNode, Repeat, Wait
from engine.journey.contact import Contact
from engine.journey.host import Listening, Outcome, Went
from engine.journey.leg import run_leg
from engine.journey.memory import usual_port
from engine.journey.time import DAY, MINUTE
from engine.journey.traveller import MERGED, Hit, Moment, Traveller

_TOGETHER = 1000
"""How many enter and travel together: as many as a cohort."""


class Chooser(Protocol):
    """What the contacts of a crowd do, and what comes of it."""

    def act(self, node_id: str, node: PlanNode, contact: int) -> str:
        """The port by which a contact leaves an act."""

    def ask(self, node_id: str, node: PlanNode, contact: int) -> str:
        """The answer for a contact."""

    def wait(self, node_id: str, node: PlanNode, contact: int) -> tuple[str, int] | None:
        """What a contact who comes to a wait will do: the port, and after how many milliseconds; None: nothing."""


class Usual:
    """A crowd that does nothing, in a world in which every act succeeds and every answer is the last."""

    def act(self, node_id: str, node: PlanNode, contact: int) -> str:
        """The usual port."""
        return usual_port(node)

    def ask(self, node_id: str, node: PlanNode, contact: int) -> str:
        """The port of those to whom no branch applies."""
        assert isinstance(node.operation, Ask)
        return node.operation.otherwise

    def wait(self, node_id: str, node: PlanNode, contact: int) -> tuple[str, int] | None:
        """Nothing."""
        return None


@dataclass(frozen=True, slots=True)
class Forecast:
    """What became of a crowd. `edges` counts how often a port was taken, {(node, port): n}; `resting` how many stand
    still at a node when time is up; ended, resting and parked add up to `entered`."""

    entered: int
    edges: dict[tuple[str, str], int]
    results: dict[str, int]
    resting: dict[str, int]
    parked: dict[str, int]


def rehearse(
    plan: Plan, contacts: Iterable[Contact], start: int, days: int, chooser: Chooser | None = None
) -> Forecast:
    """Let everyone enter at `start`, by the first trigger, and travel for so many days."""
    crowd = _Crowd(plan, chooser or Usual())
    for number, contact in enumerate(contacts, 1):
        crowd.enter(number, contact, start)
    crowd.travel(start, start + days * DAY)
    return crowd.forecast()


@dataclass(slots=True)
class _Family:
    """A traveller who rests for strands."""

    parent: Traveller
    live: set[int]
    ended: list[tuple[Moment, int, str]] = field(default_factory=list)


class _Crowd:
    """A Host without rows, and its own Scope: there is one process and nothing that could be lost."""

    def __init__(self, plan: Plan, chooser: Chooser) -> None:
        self.plan = plan
        self.held: list[Traveller] = []
        self._chooser = chooser
        self._edges: dict[tuple[str, str], int] = {}
        self._results: Counter[str] = Counter()
        self._waiting: Counter[str] = Counter()
        self._parked: Counter[str] = Counter()
        self._minutes: dict[int, list[Traveller]] = {}
        self._heap: list[int] = []
        self._hits: dict[int, Hit] = {}
        self._families: dict[int, _Family] = {}
        self._gone: set[int] = set()
        self._parents: dict[int, int] = {}
        self._now = 0
        self._entered = 0
        self._last_strand = 0
        operations = {key: node.operation for key, node in plan.nodes.items()}
        anchors = {operation.since for operation in operations.values() if isinstance(operation, Wait | Ask)}
        repeats = {key for key, operation in operations.items() if isinstance(operation, Repeat)}
        self._left: dict[str, dict[int, Moment]] = {node: {} for node in anchors & plan.nodes.keys()}
        self._rounds: dict[str, dict[int, int]] = {node: {} for node in repeats}
        self._remembered = self._left.keys() | self._rounds.keys()

    # ------------------------------------------------------------------------------------------- from outside

    def enter(self, strand: int, contact: Contact, at: int) -> None:
        """Let a contact enter."""
        self._entered = self._last_strand = strand
        traveller = Traveller(
            strand=strand,
            root=strand,
            parent=None,
            contact=contact.id,
            place="moving",
            position=self.plan.triggers[0].node,
            step=1,
            visit=1,
            at=at,
            entered_at=at,
            timezone=contact.timezone,
        )
        self._lie_down(traveller, at)

    def travel(self, start: int, end: int) -> None:
        """Run the legs of every minute in which somebody's rest ends."""
        while self._heap and self._heap[0] <= end:
            minute = heappop(self._heap)
            woken = self._minutes.pop(minute)
            self._now = max(minute, start)
            if self._gone:
                woken = [traveller for traveller in woken if traveller.strand not in self._gone]
            for first in range(0, len(woken), _TOGETHER):
                run_leg(self.plan, self, woken[first : first + _TOGETHER], self._now)

    def forecast(self) -> Forecast:
        """The numbers."""
        resting = Counter(self._waiting)
        for woken in self._minutes.values():
            resting.update(t.position for t in woken if t.strand not in self._gone and t.parent is None)
        resting.update(
            family.parent.position for family in self._families.values() if family.parent.parent is None
        )
        return Forecast(
            self._entered, dict(self._edges), dict(self._results), dict(resting), dict(self._parked)
        )

    def _lie_down(self, traveller: Traveller, wake_at: int) -> None:
        minute = -(-wake_at // MINUTE) * MINUTE
        others = self._minutes.get(minute)
        if others is None:
            self._minutes[minute] = [traveller]
            heappush(self._heap, minute)
        else:
            others.append(traveller)

    # ------------------------------------------------------------------------------------------- the Host

    def members(self, due: int) -> list[Traveller]:
        """Nobody asks: whoever is due is handed to the leg."""
        return []

    def paused(self) -> bool:
        """A crowd is not held."""
        return False

    def scope(self, group: Sequence[Traveller]) -> "_Crowd":
        """No transaction; only those whom a sibling overtook drop out."""
        gone = self._gone
        self.held = [t for t in group if t.strand not in gone] if gone else list(group)
        return self

    def __enter__(self) -> "_Crowd":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None

    def ask(self, node: PlanNode, group: Sequence[Traveller], due: int) -> list[str]:
        """As the chooser says."""
        return [self._chooser.ask(t.position, node, t.contact) for t in group]

    def moments(self, attribute: str, group: Sequence[Traveller]) -> list[str | None]:
        """Invented contacts have no dates."""
        return [None] * len(group)

    def anchors(self, node: str, group: Sequence[Traveller]) -> list[Moment | None]:
        """When each one's enrolment last left `node`."""
        found: list[Moment | None] = []
        for traveller in group:
            moments = [passed.moment for passed in traveller.trail if passed.node == node]
            before = self._left[node].get(traveller.root)
            found.append(max([*moments, before] if before is not None else moments, default=None))
        return found

    def repeats(self, node: str, group: Sequence[Traveller]) -> list[int]:
        """How often each left by `again`."""
        counts = []
        for traveller in group:
            count = self._rounds_before(traveller.strand, node)
            for passed in traveller.trail:
                if passed.node == node:
                    count = self._count(node, passed.port, count)
            counts.append(count)
        return counts

    def _count(self, node: str, port: str, before: int) -> int:
        operation = self.plan.nodes[node].operation
        assert isinstance(operation, Repeat)
        return before + 1 if port == operation.again else 0

    def run(self, node_id: str, node: PlanNode, group: Sequence[Traveller], due: int) -> list[Outcome]:
        """As the chooser says; whom a sibling overtook does nothing that counts."""
        act = self._chooser.act
        outcomes = {port: Went(port) for port in node.ports}
        return [outcomes[act(node_id, node, traveller.contact)] for traveller in group]

    # ------------------------------------------------------------------------------------------- the Scope

    def look(self, node: PlanNode, wait: Wait, listening: Sequence[Listening]) -> list[Hit | None]:
        """What each was going to do when it came here, once its time has come."""
        found: list[Hit | None] = []
        for one in listening:
            traveller = one.traveller
            hit = self._hits.pop(traveller.strand, None)
            if hit is None and traveller.place == "moving":
                hit = self._planned(node, one)
                if hit is not None and hit.at > self._now:
                    self._hits[traveller.strand] = hit
                    hit = None
            found.append(hit)
        return found

    def _planned(self, node: PlanNode, one: Listening) -> Hit | None:
        """What a contact who comes to a wait will do before its end."""
        traveller = one.traveller
        planned = self._chooser.wait(traveller.position, node, traveller.contact)
        if planned is None:
            return None
        port, at = planned[0], traveller.at + planned[1]
        return Hit(port, at, traveller.strand, "crowd") if one.until is None or at <= one.until else None

    def onward(self, traveller: Traveller) -> None:
        """Count the steps."""
        self._pass(traveller)

    def rest(self, traveller: Traveller, wake_at: int | None, since: int | None, reason: str | None) -> None:
        """Rest until the end, or until the contact does something."""
        self._pass(traveller)
        traveller.place = "resting"
        traveller.since, traveller.wake_at = since, wake_at
        traveller.step += 1
        hit = self._hits.get(traveller.strand)
        wake = wake_at if hit is None else hit.at
        if wake is not None:
            self._lie_down(traveller, wake)
        elif traveller.parent is None:
            self._waiting[traveller.position] += 1

    def park(self, traveller: Traveller, code: str) -> None:
        """Stop."""
        self._pass(traveller)
        if traveller.parent is None:
            self._parked[traveller.position] += 1

    def end(self, traveller: Traveller, result: str) -> Traveller | None:
        """End it."""
        self._pass(traveller)
        if traveller.parent is None:
            self._results[result] += 1
            return None
        if traveller.strand in self._gone:
            return None
        family = self._count_down(traveller, result)
        if family.live:
            return None
        del self._families[traveller.parent]
        if any(how == MERGED for _, _, how in family.ended):
            return self._revived(family, _latest(family))
        _, _, last = max(family.ended, key=lambda one: (one[0][0], one[1]))
        parent = self._revived(family, _latest(family))
        return self.end(parent, last)

    def fork(self, traveller: Traveller, fork: Fork) -> list[Traveller]:
        """Let it rest for its strands."""
        self._pass(traveller)
        traveller.place = "resting"
        strands = []
        for port in fork.ports:
            self._last_strand += 1
            self._parents[self._last_strand] = traveller.strand
            strand = Traveller(
                strand=self._last_strand,
                root=traveller.root,
                parent=traveller.strand,
                contact=traveller.contact,
                place="moving",
                position=traveller.position,
                step=1,
                visit=1,
                at=traveller.at,
                at_order=traveller.at_order,
                entered_at=traveller.entered_at,
                timezone=traveller.timezone,
            )
            strand.leave(self.plan, port, strand.at)
            self._pass(strand)
            strands.append(strand)
        self._families[traveller.strand] = _Family(traveller, {strand.strand for strand in strands})
        return strands

    def arrive(self, traveller: Traveller, merge: str) -> Traveller | None:
        """End the strand at its merge."""
        operation = self.plan.nodes[merge].operation
        assert isinstance(operation, Merge)
        assert traveller.parent is not None
        if traveller.strand in self._gone:
            return None
        self._pass(traveller)
        family = self._count_down(traveller, MERGED)
        if operation.mode == "any":
            self._overtake(traveller.parent)
            return self._revived(family, traveller.moment)
        if family.live:
            return None
        del self._families[traveller.parent]
        return self._revived(family, _latest(family))

    def _count_down(self, strand: Traveller, result: str) -> _Family:
        assert strand.parent is not None
        family = self._families[strand.parent]
        family.live.discard(strand.strand)
        family.ended.append((strand.moment, strand.strand, result))
        return family

    def _overtake(self, parent: int) -> None:
        family = self._families.pop(parent, None)
        for strand in family.live if family is not None else ():
            self._gone.add(strand)
            self._hits.pop(strand, None)
            self._overtake(strand)

    def _revived(self, family: _Family, moment: Moment) -> Traveller:
        traveller = family.parent
        operation = self.plan.nodes[traveller.position].operation
        assert isinstance(operation, Fork)
        traveller.place = "moving"
        traveller.at, traveller.at_order = moment[0], None if moment[1] < 0 else moment[1]
        if operation.merge is not None:
            traveller.position = operation.merge
        return traveller

    def _pass(self, traveller: Traveller) -> None:
        """Count the steps of a trail, and remember what later nodes ask about."""
        edges, remembered = self._edges, self._remembered
        for passed in traveller.trail:
            edge = (passed.node, passed.port)
            edges[edge] = edges.get(edge, 0) + 1
            if passed.node in remembered:
                self._remember(traveller, passed.node, passed.port, passed.moment)
        traveller.trail.clear()
        traveller.decided = False
        traveller.fence = traveller.step

    def _remember(self, traveller: Traveller, node: str, port: str, moment: Moment) -> None:
        if node in self._left:
            left = self._left[node]
            left[traveller.root] = max(moment, left.get(traveller.root, moment))
        if node in self._rounds:
            before = self._rounds_before(traveller.strand, node)
            self._rounds[node][traveller.strand] = self._count(node, port, before)

    def _rounds_before(self, strand: int, node: str) -> int:
        """The rounds of a strand, or else of those that it came from."""
        rounds, line = self._rounds[node], strand
        while line not in rounds and line in self._parents:
            line = self._parents[line]
        return rounds.get(line, 0)


def _latest(family: _Family) -> Moment:
    return max(moment for moment, _, _ in family.ended)
