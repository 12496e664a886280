"""What the engine does with a group at a node, one function an operation. Each returns those who can go on.

Steps gather in the travellers' trails; a scope commits them. A traveller leaves a scope only if its fence held.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from engine.flow.plan import (
    Act,
    Ask,
    Draw,
    Enter,
    Exit,
    Fork,
    Merge,
    Plan,
    PlanNode,
    Repeat,
    RestFor,
    RestUntil,
    Wait,
)
from engine.journey.draw import draw
from engine.journey.host import Again, Gone, Host, Listening, Scope, Stuck, Went
from engine.journey.rests import rest_until_moment
from engine.journey.time import after, bucket, zone
from engine.journey.traveller import Traveller

ATTEMPTS_CODE = "attempts"
"""Why an enrolment is parked whose act asked for one try too many."""


@dataclass(frozen=True, slots=True)
class Leg:
    """What holds for the whole leg. `due` is its business instant."""

    plan: Plan
    host: Host
    due: int

    def until(self, traveller: Traveller, moment: int) -> int:
        """A rest's end, on its bucket."""
        return bucket(moment, traveller.at)


def visit(leg: Leg, node_id: str, group: list[Traveller]) -> list[Traveller]:
    """Run one node for a group that stands at it, or is about to run it."""
    node = leg.plan.nodes[node_id]
    handler = _HANDLERS[type(node.operation)]
    return handler(leg, node_id, node, group)


def _enter(leg: Leg, node_id: str, node: PlanNode, group: list[Traveller]) -> list[Traveller]:
    for traveller in group:
        traveller.leave(leg.plan, next(iter(node.ports)), traveller.at)
    return _close_ended(leg, group)


def _draw(leg: Leg, node_id: str, node: PlanNode, group: list[Traveller]) -> list[Traveller]:
    assert isinstance(node.operation, Draw)
    for traveller in group:
        traveller.leave(leg.plan, draw(node.operation, traveller.contact), traveller.at)
    return _close_ended(leg, group)


def _ask(leg: Leg, node_id: str, node: PlanNode, group: list[Traveller]) -> list[Traveller]:
    for traveller, port in zip(group, leg.host.ask(node, group, leg.due), strict=True):
        traveller.leave(leg.plan, port, traveller.at)
        traveller.decided = True
    return _close_ended(leg, group)


def _repeat(leg: Leg, node_id: str, node: PlanNode, group: list[Traveller]) -> list[Traveller]:
    assert isinstance(node.operation, Repeat)
    operation = node.operation
    for traveller, count in zip(group, leg.host.repeats(node_id, group), strict=True):
        port = operation.again if count < operation.most else operation.done
        traveller.leave(leg.plan, port, traveller.at)
    return _close_ended(leg, group)


def _exit(leg: Leg, node_id: str, node: PlanNode, group: list[Traveller]) -> list[Traveller]:
    with leg.host.scope(group) as scope:
        return [other for traveller in scope.held for other in _end(leg, scope, traveller)]


def _rest_for(leg: Leg, node_id: str, node: PlanNode, group: list[Traveller]) -> list[Traveller]:
    assert isinstance(node.operation, RestFor)
    operation = node.operation

    def moment(traveller: Traveller) -> int:
        return after(traveller.at, operation.duration, _zone(leg, traveller))

    return _rest(leg, group, {t.strand: moment(t) for t in group if t.place == "moving"}, operation.port)


def _rest_until(leg: Leg, node_id: str, node: PlanNode, group: list[Traveller]) -> list[Traveller]:
    assert isinstance(node.operation, RestUntil)
    operation = node.operation
    arriving = [traveller for traveller in group if traveller.place == "moving"]
    texts: Sequence[str | None] = (
        leg.host.moments(operation.attribute, arriving) if operation.attribute else [None] * len(arriving)
    )
    moments: dict[int, int] = {}
    passing: list[Traveller] = []
    for traveller, text in zip(arriving, texts, strict=True):
        moment = rest_until_moment(operation, traveller.at, text, _zone(leg, traveller), leg.plan.settings.holidays)
        if moment is None:
            traveller.leave(leg.plan, operation.past_port or operation.port, traveller.at)
            traveller.decided = True
            passing.append(traveller)
        else:
            moments[traveller.strand] = moment
    resting = [t for t in group if t.place == "resting" or t.strand in moments]
    return _rest(leg, resting, moments, operation.port) + _close_ended(leg, passing)


def _rest(leg: Leg, group: list[Traveller], moments: dict[int, int], port: str) -> list[Traveller]:
    """Those with a moment ahead rest until it; those whose moment has come leave by `port`, at that moment."""
    if not group:
        return []
    with leg.host.scope(group) as scope:
        onward: list[Traveller] = []
        for traveller in scope.held:
            arriving = traveller.strand in moments and traveller.place == "moving"
            if arriving and moments[traveller.strand] <= traveller.at:
                end = traveller.at
            else:
                end = leg.until(traveller, moments[traveller.strand]) if arriving else _wake(traveller)
            if end > leg.due:
                scope.rest(traveller, end, None, None)
            else:
                traveller.leave(leg.plan, port, end)
                onward += _go_on(leg, scope, traveller)
        return onward


def _wait(leg: Leg, node_id: str, node: PlanNode, group: list[Traveller]) -> list[Traveller]:
    assert isinstance(node.operation, Wait)
    operation = node.operation
    anchored = _anchors(leg, operation.since, [t for t in group if t.place == "moving"])
    with leg.host.scope(group) as scope:
        listening = [_listen(leg, operation, traveller, anchored) for traveller in scope.held]
        onward: list[Traveller] = []
        for wait, hit in zip(listening, scope.look(node, operation, listening), strict=True):
            traveller = wait.traveller
            if hit is not None:
                order = hit.order if hit.at >= traveller.at else traveller.at_order
                traveller.leave(leg.plan, hit.port, max(hit.at, traveller.at), cause=hit.cause, order=order)
                onward += _go_on(leg, scope, traveller)
            elif wait.until is None or wait.until > leg.due:
                scope.rest(traveller, wait.until, wait.since, "event")
            else:
                assert operation.timeout_port is not None
                traveller.leave(leg.plan, operation.timeout_port, max(wait.until, traveller.at), cause="timeout")
                onward += _go_on(leg, scope, traveller)
        return onward


def _listen(leg: Leg, operation: Wait, traveller: Traveller, anchored: dict[int, int]) -> Listening:
    if traveller.place == "resting":
        since = traveller.at if traveller.since is None else traveller.since
        until = traveller.wake_at
    else:
        since = anchored.get(traveller.strand, traveller.at)
        start = since if operation.timer_from_anchor else traveller.at
        until = None
        if operation.within is not None:
            until = leg.until(traveller, after(start, operation.within, _zone(leg, traveller)))
    order = traveller.at_order if since == traveller.at and operation.since == "here" else None
    return Listening(traveller, since, -1 if order is None else order, until)


def _anchors(leg: Leg, since: str, arriving: Sequence[Traveller]) -> dict[int, int]:
    """Where the events of those who arrive count from, if not from here."""
    if since == "here" or not arriving:
        return {}
    if since == "entry":
        return {traveller.strand: traveller.entered_at for traveller in arriving}
    found = zip(arriving, leg.host.anchors(since, arriving), strict=True)
    return {traveller.strand: at for traveller, at in found if at is not None}


def _fork(leg: Leg, node_id: str, node: PlanNode, group: list[Traveller]) -> list[Traveller]:
    assert isinstance(node.operation, Fork)
    with leg.host.scope(group) as scope:
        onward: list[Traveller] = []
        for traveller in scope.held:
            for strand in scope.fork(traveller, node.operation):
                onward += _end(leg, scope, strand) if strand.ending is not None else [strand]
        return onward


def _merge(leg: Leg, node_id: str, node: PlanNode, group: list[Traveller]) -> list[Traveller]:
    assert isinstance(node.operation, Merge)
    with leg.host.scope(group) as scope:
        onward: list[Traveller] = []
        for traveller in sorted(scope.held, key=lambda t: (t.at, t.strand)):
            parent = scope.arrive(traveller, node_id)
            if parent is not None:
                parent.leave(leg.plan, node.operation.port, parent.at)
                onward += _go_on(leg, scope, parent)
        return onward


def _act(leg: Leg, node_id: str, node: PlanNode, group: list[Traveller]) -> list[Traveller]:
    assert isinstance(node.operation, Act)
    if leg.host.paused():
        with leg.host.scope(group) as scope:
            for traveller in scope.held:
                scope.rest(traveller, None, None, "paused")
        return []
    group = _commit_decided(leg, group)
    outcomes = leg.host.run(node_id, node, group, leg.due) if group else []
    went: list[Traveller] = []
    stopped: list[tuple[Traveller, Again | Stuck]] = []
    for traveller, outcome in zip(group, outcomes, strict=True):
        if isinstance(outcome, Went):
            traveller.leave(leg.plan, outcome.port, max(traveller.at, leg.due), output=outcome.output)
            traveller.decided = True
            went.append(traveller)
        elif not isinstance(outcome, Gone):
            stopped.append((traveller, outcome))
    _stop(leg, node.operation, stopped)
    return _settle(leg, went)


def _stop(leg: Leg, operation: Act, stopped: Sequence[tuple[Traveller, Again | Stuck]]) -> None:
    """Let those rest who shall try again, and park those for whom a person must act."""
    if not stopped:
        return
    with leg.host.scope([traveller for traveller, _ in stopped]) as scope:
        held = {traveller.strand for traveller in scope.held}
        for traveller, outcome in stopped:
            if traveller.strand not in held:
                continue
            if isinstance(outcome, Stuck):
                scope.park(traveller, outcome.code)
            elif outcome.counts and traveller.attempt + 1 >= operation.attempts:
                scope.park(traveller, f"{ATTEMPTS_CODE}: {outcome.reason}" if outcome.reason else ATTEMPTS_CODE)
            else:
                traveller.attempt += 1 if outcome.counts else 0
                scope.rest(traveller, leg.until(traveller, max(outcome.at, leg.due + 1)), None, "again")


def _settle(leg: Leg, group: list[Traveller]) -> list[Traveller]:
    """Commit what an act has done without delay: with the next rest or end where that comes at once, else by itself."""
    open_ended = [traveller for traveller in group if traveller.ending is not None]
    onward = _close_ended(leg, open_ended)
    by_node: dict[str, list[Traveller]] = {}
    for traveller in group:
        if traveller.ending is None:
            by_node.setdefault(traveller.position, []).append(traveller)
    for node_id, members in by_node.items():
        if isinstance(leg.plan.nodes[node_id].operation, (Wait, RestFor, RestUntil, Exit)):
            onward += visit(leg, node_id, members)
        else:
            onward += _commit_decided(leg, members)
    return onward


def _commit_decided(leg: Leg, group: list[Traveller]) -> list[Traveller]:
    """Commit the trails that another attempt might find different; the others may go on uncommitted."""
    decided = [traveller for traveller in group if traveller.decided]
    if not decided:
        return group
    lost = {traveller.strand for traveller in decided}
    with leg.host.scope(decided) as scope:
        for traveller in scope.held:
            scope.onward(traveller)
            lost.discard(traveller.strand)
    return [traveller for traveller in group if traveller.strand not in lost]


def _close_ended(leg: Leg, group: Iterable[Traveller]) -> list[Traveller]:
    """End those who left by an open port; the others go on."""
    listed = list(group)
    ended = [traveller for traveller in listed if traveller.ending is not None]
    if not ended:
        return listed
    with leg.host.scope(ended) as scope:
        others = [other for traveller in scope.held for other in _end(leg, scope, traveller)]
    return [traveller for traveller in listed if traveller.ending is None] + others


def _go_on(leg: Leg, scope: Scope, traveller: Traveller) -> list[Traveller]:
    """Commit a traveller that has just left its node within this scope, or end it where it can go no further."""
    if traveller.ending is not None or isinstance(leg.plan.nodes[traveller.position].operation, Exit):
        return _end(leg, scope, traveller)
    scope.onward(traveller)
    return [traveller]


def _end(leg: Leg, scope: Scope, traveller: Traveller) -> list[Traveller]:
    """End a traveller by its open port or at its exit. Returns the parent that may move on because of it, if any."""
    operation = leg.plan.nodes[traveller.position].operation
    result = traveller.ending
    if result is None:
        assert isinstance(operation, Exit)
        result = operation.result
        traveller.leave(leg.plan, next(iter(leg.plan.nodes[traveller.position].ports)), traveller.at)
    parent = scope.end(traveller, result)
    if parent is None:
        return []
    merge = leg.plan.nodes[parent.position].operation
    assert isinstance(merge, Merge)
    parent.leave(leg.plan, merge.port, parent.at)
    return _go_on(leg, scope, parent)


def _zone(leg: Leg, traveller: Traveller) -> ZoneInfo:
    return zone(traveller.timezone, leg.plan.settings.timezone)


def _wake(traveller: Traveller) -> int:
    return traveller.at if traveller.wake_at is None else traveller.wake_at


_HANDLERS: dict[type, Callable[[Leg, str, PlanNode, list[Traveller]], list[Traveller]]] = {
    Enter: _enter,
    RestFor: _rest_for,
    RestUntil: _rest_until,
    Wait: _wait,
    Ask: _ask,
    Draw: _draw,
    Fork: _fork,
    Merge: _merge,
    Repeat: _repeat,
    Exit: _exit,
    Act: _act,
}
