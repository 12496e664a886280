"""Who listens to which events: the triggers of running journeys, the waits and goals of all plans, the rules.

Read once and kept. Each transaction asks the database for a few numbers that change when a plan is published, a journey
starts or stops, or a rule changes, and reads anew what has changed.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

from sqlalchemy import Connection, func, select

from engine.audience.rules import Rule, read_rules
from engine.enrolment.own_events import SIGNS, named_anywhere
from engine.enrolment.plans import Plans, Published
from engine.flow.condition import Condition, parse_condition
from engine.flow.condition_eval import Facts, compile_condition
from engine.flow.plan import Plan, Trigger, Wait
from engine.store.tables import journey, plan, rule


@dataclass(frozen=True, slots=True, eq=False)
class Start:
    """A trigger of a running journey: the event's name, and what it asks besides. `since` is when the journey was first
    published: what happened before there was a journey starts none, however late it is told."""

    published: Published
    node: str
    event: str
    condition: Condition | None
    test: Callable[[Facts], bool] | None
    since: int


@dataclass(frozen=True, slots=True)
class Heard:
    """What one plan listens to. `waits` are its waiting nodes, by the names of the events that they wait for."""

    goals: frozenset[str]
    waits: Mapping[str, frozenset[str]]
    names: frozenset[str]
    reaches: tuple[str, ...]
    """The goals that lead on to a node: each is reached once."""


def heard_by(published: Plan) -> Heard:
    """What a plan listens to."""
    goals = frozenset(name for goal in published.goals for arm in goal.arms for name in arm.events)
    waits = {
        node: frozenset(name for arm in one.operation.arms for name in arm.events)
        for node, one in published.nodes.items()
        if isinstance(one.operation, Wait)
    }
    names = goals.union(*waits.values())
    return Heard(goals, waits, names, tuple(goal.node for goal in published.goals if goal.target is not None))


@dataclass(frozen=True)
class Listening:
    """All who listen, at one moment."""

    starts: Mapping[str, list[Start]] = field(default_factory=dict)
    names: frozenset[str] = frozenset()
    rules: Mapping[str, list[Rule]] = field(default_factory=dict)
    own: frozenset[str] = frozenset()
    """Those of `own_events.OWN` that somebody could hear of."""


class Listeners:
    """Keeps what was read of listeners. Threads share it."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._heard: dict[int, Heard] = {}
        self._running: tuple[Any, ...] = ()
        self._published: tuple[Any, ...] = ()
        self._ruled: tuple[Any, ...] = ()
        self._now = Listening()
        self._mentions: dict[int, frozenset[str]] = {}
        self._own: tuple[tuple[Any, ...], frozenset[str]] = ((), frozenset())

    def heard(self, published: Published) -> Heard:
        """What a plan listens to."""
        known = self._heard.get(published.id)
        if known is None:
            known = self._heard[published.id] = heard_by(published.plan)
        return known

    def current(self, connection: Connection, plans: Plans) -> Listening:
        """All who listen, as this transaction sees it."""
        running = tuple(
            tuple(row)
            for row in connection.execute(
                select(journey.c.id, journey.c.plan)
                .where(journey.c.state == "running", journey.c.plan.is_not(None))
                .order_by(journey.c.id)
            )
        )
        signs = tuple(connection.execute(select(*SIGNS)).one())
        published = signs[:2]
        own = self.own(connection, signs)
        ruled = tuple(
            (row.id, row.event, row.tag, str(row.condition))
            for row in connection.execute(select(rule).where(rule.c.enabled).order_by(rule.c.id))
        )
        with self._lock:
            before = self._now
            same = (
                running == self._running,
                published == self._published,
                ruled == self._ruled,
                own == before.own,
            )
        if all(same):
            return before
        now = Listening(
            starts=before.starts if same[0] else self._starts(connection, plans, running),
            names=before.names if same[1] else self._names(connection, plans),
            rules=before.rules if same[2] else _by_event(read_rules(connection)),
            own=own,
        )
        with self._lock:
            self._running, self._published, self._ruled, self._now = running, published, ruled, now
        return now

    def own(self, connection: Connection, signs: tuple[Any, ...]) -> frozenset[str]:
        """Those of `own_events.OWN` that somebody could hear of. `signs` is what `SIGNS` gave in this transaction; as long
        as they are the same, nothing is read."""
        with self._lock:
            known, names = self._own
            mentions = dict(self._mentions) if known != signs else {}
        if known != signs:
            names = named_anywhere(connection, mentions)
            with self._lock:
                self._mentions |= mentions
                self._own = (signs, names)
        return names

    def _starts(
        self, connection: Connection, plans: Plans, running: tuple[Any, ...]
    ) -> dict[str, list[Start]]:
        starts: dict[str, list[Start]] = {}
        first = select(plan.c.journey, func.min(plan.c.published_at)).group_by(plan.c.journey)
        since: dict[int, int] = {row[0]: row[1] for row in connection.execute(first)}
        for _, plan_id in running:
            published = plans.find(connection, plan_id)
            if published is None or published.journey not in since:
                continue
            for trigger in published.plan.triggers:
                start = _start(published, trigger, since[published.journey])
                if start is not None:
                    starts.setdefault(start.event, []).append(start)
        return starts

    def _names(self, connection: Connection, plans: Plans) -> frozenset[str]:
        # Plans that nobody can enter any more may still hold people who wait.
        found = [plans.find(connection, number) for number in connection.scalars(select(plan.c.id)).all()]
        return frozenset[str]().union(*(self.heard(one).names for one in found if one is not None))


def _start(published: Published, trigger: Trigger, since: int) -> Start | None:
    if trigger.kind not in ("event", "segment", "tag"):
        return None
    asked = trigger.params.get("where")
    condition = None if asked is None else parse_condition(asked)
    test = None if condition is None else compile_condition(condition)
    return Start(published, trigger.node, str(trigger.params["event"]), condition, test, since)


def _by_event(rules: list[Rule]) -> dict[str, list[Rule]]:
    found: dict[str, list[Rule]] = {}
    for one in rules:
        found.setdefault(one.event, []).append(one)
    return found
