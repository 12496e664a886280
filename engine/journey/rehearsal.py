"""The rehearsal: one contact, invented or real, goes through a plan in virtual time, and nothing is sent.

    rehearsal = Rehearsal(plan, Contact(1, {"first_name": "Mario"}), start, render=render)
    rehearsal.run()                 # until he stands still
    rehearsal.standing()            # "Opened?", until 5 March 12:01; he may take "opened", or let the time pass
    rehearsal.take(strand, "opened")

It runs the same leg runner as production, a node at a time, on the in-memory Host.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.flow.plan import Act, Ask, Plan, PlanNode, Wait
from engine.journey.contact import Contact
from engine.journey.host import Outcome, Went
from engine.journey.leg import Worklist
from engine.journey.memory import Call, Memory, usual_port
from engine.journey.memory_rows import Row
from engine.journey.progress import Leg, commit
from engine.journey.traveller import Happening, Hit, Traveller
from engine.journey.visits import visit


class RehearsalError(ValueError):
    """What was asked for cannot be done here. The text says what can."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message as it would go out. `content` is what the channel shows: subject, html, text, title, link."""

    channel: str
    recipient: str
    content: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Draft:
    """A message that a node would send, at a business instant."""

    node: str
    at: int
    send_key: str
    message: Outgoing


@dataclass(frozen=True, slots=True)
class Rendering:
    """What a renderer gets: the act, the contact, the business instant, and what the trigger's event carried."""

    node_id: str
    node: PlanNode
    contact: Contact
    at: int
    trigger: Mapping[str, Any]


Render = Callable[[Rendering], Outgoing | None]
"""Makes the message of an act; None where the act sends none."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A way on from where a strand stands. `at` is when it is taken if nobody does anything: a time-out, a rest's end."""

    port: str
    to: str | None
    events: tuple[str, ...] = ()
    message_of: str | None = None
    at: int | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one strand is: about to run `node` ("moving"), or at it ("resting", "parked")."""

    strand: int
    parent: int | None
    node: str
    label: str
    place: str
    reason: str | None
    since: int
    wake_at: int | None
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class Made:
    """A step that was made: who left which node by which port, when, and why."""

    strand: int
    node: str
    label: str
    port: str
    at: int
    cause: str


class Rehearsal:
    """One contact's way through a plan. `now` is the virtual instant; `log` and `drafts` grow as it goes on."""

    def __init__(
        self,
        plan: Plan,
        contact: Contact,
        at: int,
        *,
        node: str | None = None,
        trigger: dict[str, Any] | None = None,
        render: Render | None = None,
    ) -> None:
        self.plan = plan
        self.contact = contact
        self.now = at
        self.log: list[Made] = []
        self.drafts: list[Draft] = []
        self._render = render
        self._trigger = trigger or {}
        self._chosen: dict[str, str] = {}
        self._memory = Memory(plan, {contact.id: contact}, act=self._act, answer=self._answer)
        self._logged: dict[int, int] = {}
        self._told = 0
        self._leg = Leg(plan, self._memory, at)
        entered = self._memory.enter(contact.id, at, "rehearsal", node=node, trigger=trigger)
        assert entered is not None
        self._root = entered

    # ------------------------------------------------------------------------------------------- looking

    @property
    def result(self) -> str | None:
        """The result with which it ended; None while it goes on."""
        return self._memory.rows.by_id[self._root].result

    def standing(self) -> list[Standing]:
        """Where the contact is now, on each of its strands, and the ways on from there. Empty when it has ended."""
        rows = self._memory.rows.family(self._root)
        return [self._standing(row) for row in rows if row.place != "ended" and row.reason != "strands"]

    def _standing(self, row: Row) -> Standing:
        node = self.plan.nodes[row.position]
        return Standing(
            strand=row.strand,
            parent=row.parent,
            node=row.position,
            label=node.label,
            place="moving" if row.place == "admitted" else row.place,
            reason=row.reason,
            since=row.at,
            wake_at=row.wake_at,
            choices=_choices(node, row.wake_at),
        )

    # ------------------------------------------------------------------------------------------- going on

    def step(self) -> list[Made]:
        """Run the next node. Returns the steps made; none when everyone stands still."""
        self._memory.drain()
        work = Worklist(self.plan)
        work.add(self._memory.members(self.now))
        group = work.next()
        if group is None:
            return []
        if self._leg.due != self.now:
            self._leg = Leg(self.plan, self._memory, self.now)
        commit(self._leg, visit(self._leg, *group))
        return self._new()

    def run(self) -> list[Made]:
        """Run nodes until everyone stands still, or the contact has ended."""
        made: list[Made] = []
        while self._moves():
            made += self.step()
        return made

    def _moves(self) -> bool:
        self._memory.drain()
        return bool(self._memory.members(self.now))

    def choose(self, node: str, port: str) -> None:
        """Let an act or an ask answer by this port from now on; without that, acts take their usual port."""
        operation = self._node(node).operation
        if not isinstance(operation, Act | Ask):
            raise RehearsalError(
                f'Nobody chooses at "{node}". Choose the port of an act or of a question, or take a way on with `take`.'
            )
        self._known_port(node, port)
        self._chosen[node] = port

    def take(self, strand: int, port: str) -> list[Made]:
        """Let a strand leave the place where it rests by one of its ways on, and run until everyone stands still.

        A way that takes time moves the clock; an event happens now.
        """
        row = self._resting(strand)
        node = self.plan.nodes[row.position]
        self._known_port(row.position, port)
        way = next((one for one in _choices(node, row.wake_at) if one.port == port), None)
        if way is None:
            raise RehearsalError(
                f'"{port}" is not a way on from "{row.position}" now. Take one of: '
                f"{', '.join(one.port for one in _choices(node, row.wake_at))}."
            )
        if way.events:
            self._told += 1
            self._memory.take_out(row, Hit(port, self.now, self._told, "rehearsal"))
            return self._new() + self.run()
        if way.at is None:
            raise RehearsalError(
                f'Nothing leads on from "{row.position}" by "{port}" now. Wait for it, or replay it.'
            )
        return self.pass_time(way.at)

    def happen(
        self, name: str, properties: dict[str, Any] | None = None, *, message_of: str | None = None
    ) -> list[Made]:
        """Let the contact do something now; `message_of`: to the latest message of that node. Then run until everyone
        stands still. Waits and goals that listen for it hear of it."""
        keys = self._memory.keys(self._root).get(message_of, frozenset()) if message_of else frozenset()
        if message_of and not keys:
            raise RehearsalError(
                f'"{message_of}" has sent nothing yet. Run the rehearsal until it has, then let this happen.'
            )
        self._told += 1
        happening = Happening(
            self._told, f"rehearsal {self._told}", name, self.now, properties or {}, min(keys, default=None)
        )
        self._memory.ingest(self.contact.id, happening)
        return self._new() + self.run()

    def pass_time(self, until: int) -> list[Made]:
        """Move the clock to an instant. Everyone whose rest ends on the way goes on at its end."""
        if until < self.now:
            raise RehearsalError(
                "The clock of a rehearsal runs forward only. Give a later instant, or begin a new one."
            )
        made = self.run()
        while (wake := self._memory.next_wake()) is not None and wake <= until:
            self.now = max(self.now, wake)
            made += self.run()
        self.now = until
        return made

    def skip(self) -> list[Made]:
        """Move the clock to the end of the next rest. Does nothing where nobody rests until a time."""
        wake = self._memory.next_wake()
        return [] if wake is None else self.pass_time(max(wake, self.now))

    def replay(self, strand: int) -> list[Made]:
        """Let a parked strand try its node again, and run until everyone stands still."""
        if not self._memory.replay(self._row(strand).strand):
            raise RehearsalError("This strand is not parked. Replay one that is, or let it go on with `run`.")
        return self.run()

    # ------------------------------------------------------------------------------------------- the acts

    def _act(self, call: Call) -> Outcome:
        message = None
        if self._render is not None:
            message = self._render(Rendering(call.node_id, call.node, self.contact, call.due, self._trigger))
        if message is not None:
            key = call.send(message.channel, message.recipient)
            self.drafts.append(Draft(call.node_id, call.due, key, message))
        return Went(self._chosen.get(call.node_id) or usual_port(call.node))

    def _answer(self, node: PlanNode, traveller: Traveller, due: int) -> str | None:
        return self._chosen.get(traveller.position)

    # ------------------------------------------------------------------------------------------- the record

    def _new(self) -> list[Made]:
        """Log the steps that were committed since the last time, in the order of their instants."""
        made: list[Made] = []
        for row in self._memory.rows.family(self._root):
            for passed in row.steps[self._logged.get(row.strand, 0) :]:
                node = self.plan.nodes.get(passed.node)
                label = node.label if node is not None else passed.node
                made.append(Made(row.strand, passed.node, label, passed.port, passed.at, passed.cause))
            self._logged[row.strand] = len(row.steps)
        made.sort(key=lambda one: one.at)
        self.log += made
        return made

    def _row(self, strand: int) -> Row:
        row = self._memory.rows.by_id.get(strand)
        if row is None or row.place == "ended":
            raise RehearsalError(f"There is no strand {strand} under way. Take one of those in `standing`.")
        return row

    def _resting(self, strand: int) -> Row:
        row = self._row(strand)
        if row.place != "resting" or row.reason == "strands":
            raise RehearsalError(
                f'Strand {strand} does not rest at "{row.position}". Let it go on with `run` or `step`.'
            )
        return row

    def _node(self, node: str) -> PlanNode:
        found = self.plan.nodes.get(node)
        if found is None:
            raise RehearsalError(f'The plan has no node "{node}". Name one of its nodes.')
        return found

    def _known_port(self, node: str, port: str) -> None:
        ports = self._node(node).ports
        if port not in ports:
            raise RehearsalError(f'"{node}" has no port "{port}". Name one of: {", ".join(ports)}.')


def _choices(node: PlanNode, wake_at: int | None) -> tuple[Choice, ...]:
    """The ways on from a node: what a wait listens for and when it times out, when a rest ends, an act's ports."""
    operation = node.operation
    if isinstance(operation, Wait):
        arms = [Choice(a.port, node.ports[a.port], a.events, a.message_of) for a in operation.arms]
        late = operation.timeout_port
        return (*arms, *([Choice(late, node.ports[late], at=wake_at)] if late is not None else []))
    return tuple(Choice(port, to, at=wake_at) for port, to in node.ports.items())
