"""The rehearsal: one contact, invented or real, goes through a plan in virtual time, and nothing is sent.

    rehearsal = Rehearsal(plan, Contact(1, {"first_name": "Mario"}), start, render=render)
    rehearsal.run()                 # until he stands still
    rehearsal.standing()            # "Opened?", until 5 March 12:01; he may take "opened", or let the time pass
    rehearsal.take(strand, "opened")

It runs the same leg runner as production, a node at a time, on the in-memory Host.
"""

from collections.abc import Callable, Sequence
from typing import Any

from engine.flow.plan import Act, Ask, Plan, PlanNode, Wait
from engine.journey.contact import Contact
from engine.journey.host import Outcome, Stuck, Went
from engine.journey.leg import Worklist
from engine.journey.memory import Call, Memory, usual_port
from engine.journey.memory_rows import Row
from engine.journey.progress import Leg, commit
from engine.journey.rehearsed import (
    Before,
    Done,
    Draft,
    Life,
    Made,
    Note,
    Outgoing,
    RehearsalError,
    RehearsalTooLong,
    Rendering,
    Standing,
    Told,
    choices_of,
)
from engine.journey.supposed import suppose
from engine.journey.traveller import Happening, Hit, Traveller
from engine.journey.visits import visit

__all__ = [
    "Draft", "Made", "Outgoing", "Rehearsal", "RehearsalError", "RehearsalTooLong", "Render", "Rendering", "Standing",
]  # fmt: skip

Render = Callable[[Rendering], Outgoing | None]
"""Makes the message of an act; None where the act sends none."""


class Rehearsal:
    """One contact's way through a plan. `now` is the virtual instant; `log`, `drafts` and `story` grow as it goes on.

    `life` says what acts do and what is true of the contact; without it acts take their usual port, and `render` makes
    their messages. `most` bounds how many steps it follows.
    """

    most: int | None = None

    def __init__(
        self,
        plan: Plan,
        contact: Contact,
        at: int,
        *,
        node: str | None = None,
        trigger: dict[str, Any] | None = None,
        render: Render | None = None,
        life: Life | None = None,
        before: Before | None = None,
    ) -> None:
        self.plan = plan
        self.contact = contact
        self.now = at
        self.log: list[Made] = []
        self.drafts: list[Draft] = []
        self.story: list[Told] = []
        self._render = render
        self._life = life
        self._trigger = trigger or {}
        self._chosen: dict[str, str] = {}
        self._memory = Memory(plan, {contact.id: contact}, act=self._act, answer=self._answer)
        self._logged: dict[int, int] = {}
        self._told = 0
        self._leg = Leg(plan, self._memory, at)
        before = before or Before()
        events = self._memory.events[contact.id] = list(before.history)
        order = None
        if before.entered_by is not None:
            events.append(before.entered_by)
            order = self._told = before.entered_by.order
        entered = self._memory.enter(contact.id, at, "rehearsal", node=node, order=order, trigger=trigger)
        assert entered is not None
        self._root = entered
        self._know(at)

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
            choices=choices_of(node, row.wake_at),
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

        A way that takes time moves the clock. An event happens now, and goals and others who wait for it hear of it;
        where none can be made up, the strand leaves all the same.
        """
        row = self._resting(strand)
        node = self.plan.nodes[row.position]
        self._known_port(row.position, port)
        way = next((one for one in choices_of(node, row.wake_at) if one.port == port), None)
        if way is None:
            raise RehearsalError(
                f'"{port}" is not a way on from "{row.position}" now. Take one of: '
                f"{', '.join(one.port for one in choices_of(node, row.wake_at))}."
            )
        if way.events:
            self._told += 1
            supposed = self._suppose(row, node, port)
            if supposed is None:
                self._memory.take_out(row, Hit(port, self.now, self._told, "rehearsal"))
            else:
                self._take_in(supposed)
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
        self._take_in(happening)
        return self._new() + self.run()

    def _suppose(self, row: Row, node: PlanNode, port: str) -> Happening | None:
        assert isinstance(node.operation, Wait)
        keys = self._memory.keys(self._root)
        arms = [arm for arm in node.operation.arms if arm.port == port]
        found = (suppose(arm, self._told, self.now, keys) for arm in arms)
        return next((one for one in found if one is not None), None)

    def _take_in(self, happening: Happening) -> None:
        """Let an event be heard, and what follows from it."""
        self.story.append(happening)
        following = self._life.told(happening) if self._life is not None else ()
        self._memory.ingest(self.contact.id, happening)
        self._follow(following, happening.at)
        self._know(self.now)

    def _follow(self, events: Sequence[tuple[str, dict[str, Any]]], at: int) -> None:
        for name, properties in events:
            self._told += 1
            self._take_in(Happening(self._told, f"rehearsal {self._told}", name, at, properties))

    def _know(self, at: int) -> None:
        """What is known of the contact may have changed."""
        if self._life is not None:
            self.contact = self._life.contact(at, self._memory.events.get(self.contact.id, ()))
            self._memory.contacts[self.contact.id] = self.contact

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
        chosen = self._chosen.get(call.node_id)
        doing = Rendering(call.node_id, call.node, self.contact, call.due, self._trigger, chosen)
        done = self._done(doing)
        if done.message is not None:
            key = call.send(done.message.channel, done.message.recipient)
            draft = Draft(call.node_id, call.due, key, done.message)
            self.drafts.append(draft)
            self.story.append(draft)
        self.story += [Note(call.node_id, call.due, kind, text) for kind, text in done.notes]
        self._follow(done.events, call.due)
        self._know(call.due)
        if done.stuck is not None:
            return Stuck(done.stuck)
        return Went(done.port or chosen or usual_port(call.node))

    def _done(self, doing: Rendering) -> Done:
        if self._life is not None:
            return self._life.act(doing)
        return Done(message=None if self._render is None else self._render(doing))

    def _answer(self, node: PlanNode, traveller: Traveller, due: int) -> str | None:
        self._know(due)
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
        self.story += made
        if self.most is not None and len(self.log) > self.most:
            raise RehearsalTooLong(
                f"The contact makes more than {self.most:,} steps. Move the clock by less, or give a loop a longer rest."
            )
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
