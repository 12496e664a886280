"""Random plans and random histories for the oracle test.

A plan is drawn from its end to its beginning: a block knows what follows it. So ids count backwards, and the order of
visits is the order of creation, reversed.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from hypothesis import strategies as st

from engine.flow.condition import Compare, Tagged
from engine.flow.document import Reentry, Settings
from engine.flow.duration import Duration
from engine.flow.plan import (
    Act,
    Arm,
    Ask,
    Branch,
    Draw,
    Enter,
    Exit,
    Fork,
    Goal,
    Merge,
    Operation,
    Plan,
    PlanNode,
    Repeat,
    RestFor,
    RestUntil,
    Share,
    Trigger,
    Wait,
)

START = 1_740_992_400_000
"""2025-03-03 09:00 UTC, when every history begins."""

EVENTS = ("viewed", "Order Completed", "message.opened")
TOLD = (*EVENTS, "Order Cancelled")
"""What happens: those that somebody may listen for, and what takes an order back."""
GOAL = "Order Completed"
DURATIONS = ("0 seconds", "30 seconds", "10 minutes", "1 hour", "61 minutes", "1 day", "2 days", "2 days")
RESULTS = ("converted", "no visit", "accepted")
DATES = ("2025-03-03T10:00:00Z", "2025-03-04T09:00:30Z", "2025-02-01T00:00:00Z")


@dataclass
class _Draft:
    """A plan under construction."""

    draw: st.DrawFn
    left: int
    nodes: dict[str, tuple[Operation, dict[str, str | None]]] = field(default_factory=dict)

    def one_of(self, *choices: Any) -> Any:
        return self.draw(st.sampled_from(choices))

    def chance(self, percent: int) -> bool:
        return bool(self.draw(st.integers(0, 99)) >= 100 - percent)

    def add(self, operation: Operation, node_id: str | None = None, **ports: str | None) -> str:
        node_id = node_id or self.new_id(operation.op)
        self.nodes[node_id] = (operation, ports)
        return node_id

    def new_id(self, kind: str) -> str:
        self.left -= 1
        return f"{kind}{max(self.left, -1) + 1}x{len(self.nodes)}"


@dataclass(frozen=True)
class _Path:
    """What a block may do: `after` is what follows it; `joined`, whether that leads to a merge; `depth`, how deep it is."""

    after: str | None
    joined: bool = False
    looped: bool = False
    depth: int = 0

    def inner(self, after: str | None, **changes: Any) -> _Path:
        joined = changes.get("joined", self.joined)
        return _Path(after, joined, changes.get("looped", self.looped), self.depth + 1)


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    """A random plan of some ten nodes."""
    draft = _Draft(draw, left=draw(st.integers(3, 16)))
    entry = _blocks(draft, _Path(None))
    draft.add(Enter(), "start", entered=entry)
    rule = draft.one_of("once", "after_end", "every_event")
    return Plan(
        nodes={node_id: _node(draft, node_id) for node_id in draft.nodes},
        triggers=(Trigger(node="start", kind="api", params={}),),
        goals=_goals(draft),
        settings=Settings(reentry=Reentry(rule=rule)),
        templates={},
        promotions={},
        order=tuple(reversed(draft.nodes)),
        listens=EVENTS,
    )


def _node(draft: _Draft, node_id: str) -> PlanNode:
    operation, ports = draft.nodes[node_id]
    if isinstance(operation, Wait):
        operation = operation.model_copy(update=_anchored(draft, operation))
    if isinstance(operation, Ask):
        operation = operation.model_copy(update={"since": draft.one_of("entry", *draft.nodes)})
    return PlanNode(
        type=operation.op,
        version=1,
        label=node_id,
        family="control",
        config={},
        operation=operation,
        ports=ports,
    )


def _anchored(draft: _Draft, operation: Wait) -> dict[str, Any]:
    """What only the whole plan can say: the nodes that a wait speaks of."""
    acts = [node_id for node_id, (other, _) in draft.nodes.items() if isinstance(other, Act)]
    arms = tuple(
        arm.model_copy(update={"message_of": draft.one_of(*acts)}) if acts and draft.chance(40) else arm
        for arm in operation.arms
    )
    since = draft.one_of("here", "here", "here", "entry", *draft.nodes)
    return {"arms": arms, "since": since, "timer_from_anchor": draft.chance(30)}


def _goals(draft: _Draft) -> tuple[Goal, ...]:
    goals = []
    for number in range(draft.one_of(0, 0, 0, 1, 2)):
        target = draft.one_of(None, None, *draft.nodes)
        arm = _arm(draft, "reached", GOAL if number == 0 else draft.one_of(*EVENTS))
        arm = arm.model_copy(update={"unless_cancelled": False})  # what waits alone may say
        goals.append(
            Goal(node=f"goal{number}", arms=(arm,), result=f"goal {number}", target=target, port="reached")
        )
    return tuple(goals)


def _blocks(draft: _Draft, path: _Path) -> str | None:
    """Some blocks in a row; gives the id of the first node, or what follows when there is none."""
    entry = path.after
    for _ in range(draft.draw(st.integers(1, 3) if path.depth else st.integers(2, 6))):
        if draft.left <= 0:
            break
        kinds = [_act, _act, _act, _rest, _until, _wait, _wait, _wait, _wait, _ask, _draw]
        if path.depth < 3:
            kinds += [_fork, _fork, _fork, _repeat, _repeat, _endless]
        if path.depth:
            kinds += [_exit]
        block = draft.draw(st.sampled_from(kinds))
        entry = block(draft, _Path(entry, path.joined, path.looped, path.depth))
    return entry


def _branch(draft: _Draft, path: _Path) -> str | None:
    """What a port leads to: on, nowhere, or by some blocks of its own."""
    if draft.left <= 0 or path.depth >= 3:
        return path.after
    way = draft.one_of("on", "on", "on", "nowhere", "blocks", "blocks")
    if way == "blocks":
        return _blocks(draft, path.inner(path.after))
    return path.after if way == "on" else None


def _act(draft: _Draft, path: _Path) -> str:
    other = _branch(draft, path)
    return draft.add(Act(effect="once", attempts=draft.one_of(1, 2, 3)), done=path.after, other=other)


def _rest(draft: _Draft, path: _Path) -> str:
    duration = Duration.parse(draft.one_of(*DURATIONS))
    return draft.add(RestFor(duration=duration, port="on"), on=path.after)


def _until(draft: _Draft, path: _Path) -> str:
    past = _branch(draft, path)
    when: dict[str, Any] = draft.one_of(
        {"date": draft.one_of(*DATES)},
        {"opens": "10:00", "closes": "17:00"},
        {"opens": "22:00", "closes": "06:00"},
        {"attribute": "renewal"},
    )
    return draft.add(RestUntil(port="on", past_port="past", **when), on=path.after, past=past)


def _wait(draft: _Draft, path: _Path) -> str:
    arms = [_arm(draft, f"arm{number}", draft.one_of(*EVENTS)) for number in range(draft.one_of(1, 2, 2, 3))]
    ports = {arm.port: _branch(draft, path) for arm in arms}
    within = draft.one_of(None, *DURATIONS[1:])
    if within is not None:
        ports["timeout"] = path.after
    operation = Wait(
        arms=tuple(arms),
        within=None if within is None else Duration.parse(within),
        timeout_port=None if within is None else "timeout",
    )
    return draft.add(operation, **ports)


def _arm(draft: _Draft, port: str, event: str) -> Arm:
    events = (event,) if draft.chance(70) else (event, draft.one_of(*EVENTS))
    where = draft.one_of(None, None, None, Compare(op="is", field="event.n", value=1))
    return Arm(events=events, where=where, port=port, unless_cancelled=draft.chance(40))


def _ask(draft: _Draft, path: _Path) -> str:
    branch = Branch(port="yes", condition=Tagged(tag="asked"))
    return draft.add(Ask(branches=(branch,), otherwise="no"), yes=_branch(draft, path), no=path.after)


def _draw(draft: _Draft, path: _Path) -> str:
    arms = tuple(Share(port=f"share{number}", weight=1 + number) for number in range(draft.one_of(2, 3)))
    ports = {arm.port: _branch(draft, path) for arm in arms}
    return draft.add(Draw(arms=arms, salt=f"salt{draft.one_of(1, 2, 3)}"), **ports)


def _fork(draft: _Draft, path: _Path) -> str:
    count = draft.one_of(1, 2, 2, 3)
    if draft.chance(60):
        fork_id = draft.new_id("fork")
        mode = draft.one_of("all", "any")
        merge_id = draft.add(Merge(fork=fork_id, mode=mode, port="on"), on=path.after)
        inner = path.inner(merge_id, joined=True)
        ports = {f"way{number}": _branch(draft, inner) for number in range(count)}
        return draft.add(Fork(ports=tuple(ports), merge=merge_id), fork_id, **ports)
    # Without a merge of its own, a strand does not come to another fork's; and of those that go round a loop only one
    # does, or their number would double with each round.
    ports = {
        f"way{number}": _branch(
            draft, path.inner(None if path.joined or (path.looped and number) else path.after)
        )
        for number in range(count)
    }
    return draft.add(Fork(ports=tuple(ports), merge=None), **ports)


def _repeat(draft: _Draft, path: _Path) -> str:
    node_id = draft.new_id("repeat")
    body = _blocks(draft, path.inner(node_id, looped=True))
    most = draft.one_of(0, 1, 2)
    return draft.add(Repeat(most=most, again="again", done="done"), node_id, again=body, done=path.after)


def _endless(draft: _Draft, path: _Path) -> str:
    """A loop that nothing bounds: round and round as long as the answer is yes."""
    node_id = draft.new_id("ask")
    body = _blocks(draft, path.inner(node_id, looped=True))
    branch = Branch(port="yes", condition=Tagged(tag="asked"))
    return draft.add(Ask(branches=(branch,), otherwise="no"), node_id, yes=body, no=path.after)


def _exit(draft: _Draft, path: _Path) -> str:
    return draft.add(Exit(result=draft.one_of(*RESULTS)), end=None)


# ------------------------------------------------------------------------------------------------ histories

LATE = (0, 0, 0, 1, 30_000, 600_000, 86_400_000)
"""How long before it is told, in milliseconds, something happened."""

PASSES = (1_000, 30_000, 600_000, 3_600_000, 90_000_000)


@dataclass(frozen=True)
class Enters:
    """A contact enters, by a campaign or by an event that is told at the same time."""

    contact: int
    late: int
    event: str | None
    order: int


@dataclass(frozen=True)
class Happens:
    """An event is told. `about` picks one of the messages sent to the contact by then."""

    contact: int
    name: str
    late: int
    order: int
    n: int
    about: int | None


@dataclass(frozen=True)
class ToldAgain:
    """An event that was told before is told once more."""

    which: int


@dataclass(frozen=True)
class Passes:
    """Time passes. Everyone moves as it does; or late, when all of it has passed; or not at all, while workers sleep."""

    time: int
    how: Literal["on time", "late", "asleep"] = "on time"


@dataclass(frozen=True)
class Pauses:
    """The journey is held."""


@dataclass(frozen=True)
class Resumes:
    """It goes on."""


@dataclass(frozen=True)
class Replays:
    """One of those who are parked is set moving."""

    which: int


Deed = Enters | Happens | ToldAgain | Passes | Pauses | Resumes | Replays

_contacts = st.integers(1, 2)
_orders = st.integers(0, 9)
_deeds: st.SearchStrategy[Deed] = st.one_of(
    st.builds(Passes, st.sampled_from(PASSES), st.sampled_from(["on time", "late", "asleep"])),
    st.builds(Passes, st.just(0)),
    st.builds(
        Happens,
        contact=_contacts,
        name=st.sampled_from(TOLD),
        late=st.sampled_from(LATE),
        order=_orders,
        n=st.integers(0, 1),
        about=st.none() | st.integers(0, 5),
    ),
    st.builds(
        Happens,
        contact=st.just(1),
        name=st.sampled_from(TOLD),
        late=st.just(0),
        order=_orders,
        n=st.just(1),
        about=st.integers(0, 5),
    ),
    st.builds(Enters, _contacts, st.sampled_from(LATE), st.none() | st.sampled_from(EVENTS), _orders),
    st.builds(ToldAgain, st.integers(0, 5)),
    st.sampled_from([Pauses(), Resumes()]),
    st.builds(Replays, st.integers(0, 3)),
)


def histories() -> st.SearchStrategy[list[Deed]]:
    """A contact enters; then anything, in any order."""
    first = st.builds(Enters, st.just(1), st.just(0), st.none() | st.sampled_from(EVENTS), _orders)
    moves = st.just(Passes(0))
    deeds = st.lists(_deeds, min_size=4, max_size=16)
    return st.builds(lambda start, soon, rest: [start, soon, *rest], first, moves, deeds)
