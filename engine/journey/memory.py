"""The in-memory Host: a whole world of one plan in dictionaries, for tests and for the rehearsal.

It keeps the protocol as the store does: fences, all or nothing, take-outs by events and goals, one door for admissions.
The same contract tests hold for both. A journey here has one cohort, to which everyone drained belongs.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from engine.flow.condition_eval import Facts, Happened, Test, compile_condition
from engine.flow.plan import MOST_STEPS, Act, Ask, Exit, Fork, Merge, Plan, PlanNode, Repeat, Wait
from engine.journey.contact import Contact
from engine.journey.host import Gone, Listening, Outcome, Went
from engine.journey.leg import run_leg
from engine.journey.memory_rows import Row, Rows
from engine.journey.time import after, zone
from engine.journey.traveller import Happening, Hit, Moment, Traveller, just_after
from engine.journey.waits import cancelled_orders, first_hit


@dataclass(frozen=True, slots=True)
class Sent:
    """A message that left, under its send key."""

    send_key: str
    root: int
    strand: int
    node: str
    visit: int
    channel: str
    recipient: str
    at: int


@dataclass(frozen=True, slots=True)
class Call:
    """One run of an act's code, for one traveller. `due` is the business instant."""

    node_id: str
    node: PlanNode
    traveller: Traveller
    due: int
    send: Callable[[str, str], str]
    """Send a message by (channel, recipient). Returns its send key; a key that has left already leaves once only."""


Acting = Callable[[Call], Outcome]
Answering = Callable[[PlanNode, Traveller, int], str | None]


def usual_port(node: PlanNode) -> str:
    """The port that an act takes where nothing else is said."""
    operation = node.operation
    usual = operation.usual if isinstance(operation, Act) else None
    return usual if usual is not None else next(iter(node.ports))


def usually(call: Call) -> Outcome:
    """An act that does nothing and leaves by its usual port."""
    return Went(usual_port(call.node))


@dataclass(slots=True)
class _Entry:
    count: int
    last_at: int
    causes: set[str] = field(default_factory=set)


class MemoryScope:
    """A Scope on the rows of memory. See `engine.journey.host.Scope`."""

    def __init__(self, memory: "Memory", group: Sequence[Traveller]) -> None:
        self._memory = memory
        self._rows = memory.rows
        self.held = [traveller for traveller in group if memory.holds(traveller)]

    def look(self, node: PlanNode, wait: Wait, listening: Sequence[Listening]) -> list[Hit | None]:
        """For each, the earliest event that belongs to the wait."""
        found: list[Hit | None] = []
        for one in listening:
            events = self._memory.events.get(one.traveller.contact, ())
            keys = self._memory.keys(one.traveller.root)
            cancelled = cancelled_orders(events)
            found.append(first_hit(wait.arms, events, keys, one.since, one.since_order, one.until, cancelled))
        return found

    def onward(self, traveller: Traveller) -> None:
        """Commit the trail; it stays moving."""
        self._rows.save(traveller, "moving")

    def rest(self, traveller: Traveller, wake_at: int | None, since: int | None, reason: str | None) -> None:
        """Rest at the position."""
        traveller.place = "resting"
        traveller.since, traveller.wake_at = since, wake_at
        traveller.step += 1
        self._rows.save(traveller, "resting", reason=reason)

    def park(self, traveller: Traveller, code: str) -> None:
        """Stop at the position until a person acts."""
        traveller.step += 1
        self._rows.save(traveller, "parked", reason=code)

    def end(self, traveller: Traveller, result: str) -> Traveller | None:
        """End it."""
        return self._rows.end(traveller, result)

    def fork(self, traveller: Traveller, fork: Fork) -> list[Traveller]:
        """Let it rest for its strands."""
        return self._rows.fork(traveller, fork)

    def arrive(self, traveller: Traveller, merge: str) -> Traveller | None:
        """End the strand at its merge."""
        return self._rows.arrive(traveller, merge)


class Memory:
    """A journey with everyone in it. `act` is the code of all acts, `answer` may decide for asks before their conditions do."""

    def __init__(
        self,
        plan: Plan,
        contacts: Mapping[int, Contact] | None = None,
        *,
        act: Acting = usually,
        answer: Answering | None = None,
        most: int = MOST_STEPS,
    ) -> None:
        self.plan = plan
        self.contacts: dict[int, Contact] = dict(contacts or {})
        self.rows = Rows(plan, self.contacts)
        self.events: dict[int, list[Happening]] = {}
        self.sent: dict[str, Sent] = {}
        self.held_for_pause = False
        self._act = act
        self._answer = answer
        self._most = most
        self._messages: set[str] = set()
        self._entries: dict[int, _Entry] = {}
        self._keys: dict[int, dict[str, tuple[tuple[int, int], frozenset[str]]]] = {}
        self._tests: dict[int, list[Test]] = {}

    # ------------------------------------------------------------------------------------------- from outside

    def enter(
        self,
        contact: int,
        at: int,
        cause: str,
        *,
        node: str | None = None,
        order: int | None = None,
        trigger: dict[str, Any] | None = None,
    ) -> int | None:
        """Let a contact enter at a trigger (the first one), if the re-entry rule allows. Returns the enrolment's id.

        `order` is the id of the event that caused it. Events after it that are known already may have reached a goal.
        """
        entry = self._entries.setdefault(contact, _Entry(0, at))
        if self.held_for_pause or cause in entry.causes or not self._may_enter(contact, at, entry):
            return None
        entry.count += 1
        entry.last_at = max(entry.last_at, at)
        entry.causes.add(cause)
        root = self.rows.new_id()
        row = Row(
            strand=root,
            root=root,
            parent=None,
            contact=contact,
            cause=cause,
            place="admitted",
            position=node if node is not None else self.plan.triggers[0].node,
            step=1,
            visit=1,
            at=at,
            at_order=order,
            entered_at=at,
            entered_order=order,
            trigger=trigger,
        )
        self.rows.insert(row)
        self._look_for_goals(row, self.events.get(contact, ()))
        return root

    def _may_enter(self, contact: int, at: int, entry: _Entry) -> bool:
        reentry = self.plan.settings.reentry
        if entry.count == 0 or reentry.rule == "every_event":
            return True
        inside = any(row.place != "ended" for row in self.rows.roots(contact))
        if reentry.rule == "once" or inside:
            return False
        if reentry.rule == "after_end":
            return True
        assert reentry.after is not None
        return after(entry.last_at, reentry.after, zone(None, self.plan.settings.timezone)) <= at

    def ingest(self, contact: int, happening: Happening) -> bool:
        """Take in an event, once: reach goals, then end waits. False if its message id is known."""
        if happening.message_id in self._messages:
            return False
        self._messages.add(happening.message_id)
        self.events.setdefault(contact, []).append(happening)
        for root in self.rows.roots(contact):
            if root.place != "ended" and not self._look_for_goals(root, [happening]):
                for row in self.rows.family(root.strand):
                    self._end_wait(row, happening)
        return True

    def _look_for_goals(self, root: Row, happenings: Sequence[Happening]) -> bool:
        """Reach the first goal that one of the events is for. Goals are watched from the entry on, each until reached."""
        reached = {passed.node for passed in root.steps}
        since, order = self.rows.traveller(root).entry
        for goal in self.plan.goals:
            if goal.node in reached:
                continue
            hit = first_hit(goal.arms, happenings, self.keys(root.strand), since, order, None)
            if hit is None:
                continue
            traveller = self.rows.traveller(root)
            times = [
                traveller.moment,
                *(self.rows.traveller(row).moment for row in self.rows.below(root.strand)),
            ]
            at, at_order = max(times)
            traveller.at, traveller.at_order = at, None if at_order < 0 else at_order
            with self.rows.transaction():
                self.rows.end_below(root.strand, goal.result)
                traveller.reach(goal, hit)
                self._admit(traveller)
            return True
        return False

    def _end_wait(self, row: Row, happening: Happening) -> None:
        """Take a strand out of its wait if the event belongs to it."""
        operation = self.plan.nodes[row.position].operation
        if row.place != "resting" or row.since is None or not isinstance(operation, Wait):
            return
        keys = self.keys(row.root)
        cancelled = cancelled_orders(self.events.get(row.contact, ()))
        hit = first_hit(operation.arms, [happening], keys, row.since, row.since_order, row.wake_at, cancelled)
        if hit is not None:
            self.take_out(row, hit)

    def take_out(self, row: Row, hit: Hit) -> None:
        """Let a resting strand leave its node by the port of what ended its rest."""
        traveller = self.rows.traveller(row)
        traveller.leave(self.plan, hit.port, hit.at, cause=hit.cause, order=hit.order)
        with self.rows.transaction():
            self._admit(traveller)

    def _admit(self, traveller: Traveller) -> None:
        """Set moving whoever has left a node outside a leg, by the one door; or end those who can go no further.

        A strand that comes to an exit leaves that to its leg, where its siblings at earlier nodes go first.
        """
        node = self.plan.nodes[traveller.position]
        result = traveller.ending
        if result is None and traveller.parent is None and isinstance(node.operation, Exit):
            result = node.operation.result
            traveller.leave(self.plan, next(iter(node.ports)), traveller.at)
        if result is None:
            self.rows.save(traveller, "admitted")
            return
        parent = self.rows.end(traveller, result)
        if parent is not None:
            merge = self.plan.nodes[parent.position].operation
            assert isinstance(merge, Merge)
            parent.leave(self.plan, merge.port, parent.at)
            self._admit(parent)

    def pause(self) -> None:
        """Hold everyone before their next act."""
        self.held_for_pause = True

    def resume(self) -> None:
        """End the pause, and set moving whom it held."""
        self.held_for_pause = False
        for row in list(self.rows.by_id.values()):
            if row.place == "resting" and row.reason == "paused":
                self._again(row)

    def replay(self, strand: int) -> bool:
        """Set a parked strand moving again, at the node where it stands. False if it is not parked."""
        row = self.rows.by_id[strand]
        if row.place != "parked":
            return False
        row.attempt = 0
        self._again(row)
        return True

    def _again(self, row: Row) -> None:
        traveller = self.rows.traveller(row)
        traveller.step += 1
        self.rows.save(traveller, "admitted")

    # ------------------------------------------------------------------------------------------- moving

    def drain(self) -> int:
        """Let everyone who is admitted join the cohort. Returns how many."""
        admitted = [row for row in self.rows.by_id.values() if row.place == "admitted"]
        for row in admitted:
            row.place = "moving"
        return len(admitted)

    def leg(self, due: int) -> None:
        """Run one leg for everyone who is due."""
        run_leg(self.plan, self, self.members(due), due, most=self._most)

    def travel(self, start: int, end: int) -> None:
        """Let everyone move until nobody does before `end`: a leg at `start` and whenever a rest ends."""
        due: int | None = start
        while due is not None and due <= end:
            self.drain()
            self.leg(due)
            due = self.next_wake()

    def next_wake(self) -> int | None:
        """When the earliest rest ends."""
        wakes = [row.wake_at for row in self.rows.by_id.values() if row.wake_at is not None]
        return min(wakes, default=None)

    # ------------------------------------------------------------------------------------------- the Host

    def members(self, due: int) -> list[Traveller]:
        """Everyone who is moving, or whose rest ends by `due`."""
        return [
            self.rows.traveller(row)
            for row in self.rows.by_id.values()
            if row.place == "moving"
            or (row.place == "resting" and row.wake_at is not None and row.wake_at <= due)
        ]

    def paused(self) -> bool:
        """Whether the journey is held."""
        return self.held_for_pause

    @contextmanager
    def scope(self, group: Sequence[Traveller]) -> Iterator[MemoryScope]:
        """One transaction over the group."""
        with self.rows.transaction():
            yield MemoryScope(self, group)

    def holds(self, traveller: Traveller) -> bool:
        """Whether nobody else has moved the traveller since it was read."""
        row = self.rows.by_id.get(traveller.strand)
        return row is not None and row.step == traveller.fence and row.place in ("moving", "resting")

    def ask(self, node: PlanNode, group: Sequence[Traveller], due: int) -> list[str]:
        """The first branch whose condition holds for what is known of the contact."""
        operation = node.operation
        assert isinstance(operation, Ask)
        since: Sequence[Moment | None] = [traveller.entry for traveller in group]
        if operation.since != "entry":
            since = self.anchors(operation.since, group)
        tests = self._tests.setdefault(
            id(operation), [compile_condition(branch.condition) for branch in operation.branches]
        )
        ports: list[str] = []
        for traveller, moment in zip(group, since, strict=True):
            port = None if self._answer is None else self._answer(node, traveller, due)
            if port is None:
                facts = self._facts(traveller.contact, due, just_after(moment or traveller.entry))
                fitting = zip(operation.branches, tests, strict=True)
                port = next((branch.port for branch, test in fitting if test(facts)), operation.otherwise)
            ports.append(port)
        return ports

    def _facts(self, contact_id: int, due: int, anchor: int) -> Facts:
        contact = self.contacts.get(contact_id) or Contact(contact_id)
        history: list[Happened] = [
            (event.name, event.at, event.properties) for event in self.events.get(contact_id, ())
        ]
        return Facts(
            now=due,
            contact=contact.fields,
            tags=contact.tags,
            segments=contact.segments,
            history=history,
            anchor=anchor,
        )

    def moments(self, attribute: str, group: Sequence[Traveller]) -> list[str | None]:
        """The text of a contact's date field."""
        known = [self.contacts.get(traveller.contact) for traveller in group]
        return [None if contact is None else contact.text(attribute) for contact in known]

    def anchors(self, node: str, group: Sequence[Traveller]) -> list[Moment | None]:
        """When each one's enrolment last left `node`."""
        found: list[Moment | None] = []
        for traveller in group:
            trails = [row.steps for row in self.rows.family(traveller.root)] + [traveller.trail]
            left = [passed.moment for trail in trails for passed in trail if passed.node == node]
            found.append(max(left, default=None))
        return found

    def repeats(self, node: str, group: Sequence[Traveller]) -> list[int]:
        """How often each left by `again` since it last left by `done`."""
        operation = self.plan.nodes[node].operation
        assert isinstance(operation, Repeat)
        counts = []
        for traveller in group:
            trails = [row.steps for row in reversed(self.rows.lineage(traveller.strand))] + [traveller.trail]
            ports = [passed.port for trail in trails for passed in trail if passed.node == node]
            done = [index for index, port in enumerate(ports) if port == operation.done]
            counts.append(len(ports) - 1 - max(done, default=-1))
        return counts

    def run(self, node_id: str, node: PlanNode, group: Sequence[Traveller], due: int) -> list[Outcome]:
        """Run the code of acts, for those whose fence still holds."""
        return [
            self._act(Call(node_id, node, traveller, due, self._sender(node_id, traveller, due)))
            if self.holds(traveller)
            else Gone()
            for traveller in group
        ]

    # ------------------------------------------------------------------------------------------- messages

    def keys(self, root: int) -> dict[str, frozenset[str]]:
        """The send keys of the latest messages of each node, to this enrolment."""
        return {node: keys for node, (_, keys) in self._keys.get(root, {}).items()}

    def _sender(self, node_id: str, traveller: Traveller, due: int) -> Callable[[str, str], str]:
        strand, visit, root = traveller.strand, traveller.visit, traveller.root

        def send(channel: str, recipient: str) -> str:
            key = f"{strand}/{node_id}/{visit}/{channel}/{recipient}"
            if key not in self.sent:
                self.sent[key] = Sent(key, root, strand, node_id, visit, channel, recipient, due)
                latest = self._keys.setdefault(root, {})
                of, keys = latest.get(node_id, ((strand, visit), frozenset()))
                same = of == (strand, visit)
                latest[node_id] = ((strand, visit), keys | {key} if same else frozenset({key}))
            return key

        return send
