"""Events against everybody who listens: goals, then waits, then triggers, in the order in which the events happened.

The events are in their table and their contacts are locked. The number of queries depends on how many plans are concerned,
not on how many events there are, and the work not on how many contacts exist.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import Connection

from engine.audience.events import Recorded, brought_by
from engine.audience.facts import read_facts
from engine.enrolment.enter import Entering, enter
from engine.enrolment.goal import goal_hit, reached_goals
from engine.enrolment.listeners import Heard, Listening, Start
from engine.enrolment.matching import Keys, cancelled_by, keys_of
from engine.enrolment.own_events import JOURNEY_ENDED, ended_news, news_of
from engine.enrolment.runtime import Published, Runtime
from engine.enrolment.takeout import Standing, TakeOut, standing_where, strands_of
from engine.flow.plan import Arm, Wait
from engine.journey.time import iso
from engine.journey.traveller import Moment
from engine.journey.waits import first_hit, minds_cancelling
from engine.store.batch import News
from engine.store.sets import among
from engine.store.tables import enrolment

_NO_KEYS: Keys = {}


@dataclass
class Matched:
    """What events brought about. `news` are the events of our own among it that somebody could hear of."""

    admitted: int = 0
    ended: int = 0
    entered: int = 0
    news: list[News] = field(default_factory=list)

    def add(self, other: "Matched") -> None:
        """Count what others brought about, too."""
        self.admitted += other.admitted
        self.ended += other.ended
        self.entered += other.entered


@dataclass
class _Family:
    """A live enrolment and its live strands."""

    root: Standing
    strands: list[Standing] = field(default_factory=list)

    @property
    def all(self) -> list[Standing]:
        return [self.root, *self.strands]


@dataclass
class _Group:
    """The enrolments of one plan that the events may concern."""

    published: Published
    heard: Heard
    scope: TakeOut
    families: dict[int, list[_Family]]
    """By contact."""
    keys: Mapping[int, Keys]
    reached: dict[int, set[str]]
    cancelled: Mapping[int, frozenset[str]]
    """The orders that are known to be cancelled, by contact; empty where no wait minds."""
    ended_by: dict[int, Recorded] = field(default_factory=dict)
    """The event that ended an enrolment."""


def match(
    connection: Connection, runtime: Runtime, listening: Listening, events: Sequence[Recorded], now: int
) -> Matched:
    """Let everybody who listens hear of the events. `now` is a business instant."""
    matched, left = hear(connection, runtime, listening, events)
    _start(connection, runtime, listening, _ordered(events), left, now, matched)
    return matched


def hear(
    connection: Connection, runtime: Runtime, listening: Listening, events: Sequence[Recorded]
) -> tuple[Matched, dict[tuple[int, int], Moment]]:
    """Let those who are inside hear of the events: goals and waits alone. Gives what that brought about, and who went
    out of which journey, and when: {(journey, contact): moment}."""
    matched = Matched()
    left: dict[tuple[int, int], Moment] = {}
    heard = [one for one in _ordered(events) if one.name in listening.names]
    if heard:
        for group in _groups(connection, runtime, heard):
            for one in heard:
                _hear(group, one, left)
            group.scope.write()
            matched.admitted += len(group.scope.admitted)
            matched.ended += len(group.scope.ended)
            if JOURNEY_ENDED in listening.own:
                over = group.scope.over
                told = ended_news(group.published, over)
                matched.news += [
                    brought_by(group.ended_by[root.strand], one)
                    for (root, _), one in zip(over, told, strict=True)
                ]
    return matched, left


def _ordered(events: Sequence[Recorded]) -> list[Recorded]:
    return sorted((one for one in events if one.contact is not None), key=lambda one: one.moment)


# ------------------------------------------------------------------------------------------------ who is inside


def _groups(connection: Connection, runtime: Runtime, events: Sequence[Recorded]) -> list[_Group]:
    names: dict[int, set[str]] = {}
    for one in events:
        names.setdefault(one.contact or 0, set()).add(one.name)
    roots = standing_where(
        connection,
        among(enrolment.c.contact, names),
        enrolment.c.root.is_(None),
        enrolment.c.place != "ended",
    )
    families: dict[int, list[_Family]] = {}
    for root in roots:
        published = runtime.plans.get(connection, root.plan)
        if not runtime.listeners.heard(published).names.isdisjoint(names[root.traveller.contact]):
            families.setdefault(root.plan, []).append(_Family(root))
    by_root = {one.root.traveller.strand: one for members in families.values() for one in members}
    for strand in strands_of(connection, [number for number, one in by_root.items() if one.root.pending > 0]):
        by_root[strand.traveller.root].strands.append(strand)
    return [
        _group(connection, runtime, runtime.plans.get(connection, plan), members, events)
        for plan, members in sorted(families.items())
    ]


def _group(
    connection: Connection, runtime: Runtime, published: Published, members: Sequence[_Family],
    events: Sequence[Recorded],
) -> _Group:  # fmt: skip
    heard = runtime.listeners.heard(published)
    by_contact: dict[int, list[_Family]] = {}
    for one in members:
        by_contact.setdefault(one.root.traveller.contact, []).append(one)
    roots = {one.root.traveller.strand: one.root.traveller.contact for one in members}
    about_messages = any(one.send_key is not None for one in events)
    return _Group(
        published,
        heard,
        TakeOut(connection, published, [each for one in members for each in one.all]),
        by_contact,
        keys_of(connection, _arms(published), roots) if about_messages else {},
        reached_goals(connection, roots, heard.reaches),
        cancelled_by(connection, by_contact) if _minds_cancelling(published, events) else {},
    )


def _minds_cancelling(published: Published, events: Sequence[Recorded]) -> bool:
    """Whether one of the events is an order for which a wait asks whether it was cancelled."""
    names = {one.name for one in events}
    return minds_cancelling(arm for arm in _arms(published) if not names.isdisjoint(arm.events))


def _arms(published: Published) -> Iterable[Arm]:
    for goal in published.plan.goals:
        yield from goal.arms
    for node in published.plan.nodes.values():
        if isinstance(node.operation, Wait):
            yield from node.operation.arms


# ------------------------------------------------------------------------------------------------ goals and waits


def _hear(group: _Group, one: Recorded, left: dict[tuple[int, int], Moment]) -> None:
    """Let the enrolments of a plan hear of one event: a goal goes before the waits."""
    if one.name not in group.heard.names:
        return
    group.scope.lane = one.lane
    for family in group.families.get(one.contact or 0, ()):
        root = family.root.traveller
        if group.scope.has_ended(root):
            continue
        keys = group.keys.get(root.root, _NO_KEYS)
        if not (one.name in group.heard.goals and _reach(group, family, one, keys)):
            for standing in family.all:
                _end_wait(group, standing, one, keys)
        if group.scope.has_ended(root):
            left[family.root.journey, root.contact] = one.moment
            group.ended_by[root.strand] = one


def _reach(group: _Group, family: _Family, one: Recorded, keys: Keys) -> bool:
    root = family.root.traveller
    reached = group.reached.setdefault(root.strand, set())
    found = goal_hit(group.published, root, reached, [one.happening()], keys)
    if found is None:
        return False
    goal, hit = found
    group.scope.reach(root, [strand.traveller for strand in family.strands], goal, hit)
    reached.add(goal.node)
    family.strands.clear()
    return True


def _end_wait(group: _Group, standing: Standing, one: Recorded, keys: Keys) -> None:
    traveller = standing.traveller
    # Whoever has been taken out in this transaction no longer rests.
    if traveller.place != "resting" or traveller.since is None or group.scope.has_ended(traveller):
        return
    if one.name not in group.heard.waits.get(traveller.position, ()):
        return
    wait = group.published.plan.nodes[traveller.position].operation
    assert isinstance(wait, Wait)
    hit = first_hit(
        wait.arms,
        [one.happening()],
        keys,
        traveller.since,
        traveller.since_order,
        traveller.wake_at,
        group.cancelled.get(traveller.contact, ()),
    )
    if hit is not None:
        group.scope.leave(traveller, hit)


# ------------------------------------------------------------------------------------------------ triggers


def _start(
    connection: Connection, runtime: Runtime, listening: Listening, events: Sequence[Recorded],
    left: Mapping[tuple[int, int], Moment], now: int, matched: Matched,
) -> None:  # fmt: skip
    """Let contacts enter whom an event of theirs brings to a trigger. `left` says who went out by which event."""
    asked = [
        (one, start)
        for one in events
        for start in listening.starts.get(one.name, ())
        if one.at >= start.since and (not one.via or str(start.published.journey) not in one.via)
    ]
    if not asked:
        return
    conditions = [start.condition for _, start in asked if start.condition is not None]
    facts = read_facts(connection, conditions, events, now) if conditions else None
    entering: dict[int, tuple[Published, list[Entering]]] = {}
    for one, start in asked:
        if start.test is None or (facts is not None and start.test(facts.of(one))):
            entering.setdefault(start.published.id, (start.published, []))[1].append(_entering(one, start))
    for _, (published, who) in sorted(entering.items(), key=lambda item: item[0]):
        inside = {who: moment for (journey, who), moment in left.items() if journey == published.journey}
        entered = enter(connection, published, who, lane="live", now=runtime.now(), left=inside)
        matched.entered += len(entered.enrolments)
        # What is kept of triggers may be older than the journey's name.
        told = news_of(runtime.plans.get(connection, published.id), entered, listening.own)
        live = {one.contact for one in entered.who if one.lane != "bulk"}
        matched.news += [one if one.contact in live else replace(one, lane="bulk") for one in told]


def _entering(one: Recorded, start: Start) -> Entering:
    carried: dict[str, Any] = {"name": one.name, "at": iso(one.at), "properties": one.properties}
    if one.via:
        carried["via"] = list(one.via)
    return Entering(one.contact or 0, one.message_id, one.at, start.node, one.id, carried, one.lane)
