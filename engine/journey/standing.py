"""Nodes at which travellers stand still: delays, moments to wait until, waits for events."""

from collections.abc import Sequence

from engine.flow.plan import PlanNode, RestFor, RestUntil, Wait
from engine.journey.host import Listening
from engine.journey.progress import Leg, go_on, pass_on
from engine.journey.rests import rest_until_moment
from engine.journey.time import after, bucket
from engine.journey.traveller import Moment, Traveller


def rest_for(leg: Leg, node_id: str, node: PlanNode, group: list[Traveller]) -> list[Traveller]:
    """Stand still for a duration."""
    assert isinstance(node.operation, RestFor)
    moments = {
        traveller.strand: after(traveller.at, node.operation.duration, leg.zone(traveller))
        for traveller in group
        if traveller.place == "moving"
    }
    return _rest(leg, group, moments, node.operation.port)


def rest_until(leg: Leg, node_id: str, node: PlanNode, group: list[Traveller]) -> list[Traveller]:
    """Stand still until a moment; those for whom it has gone by, or is not known, pass at once."""
    operation = node.operation
    assert isinstance(operation, RestUntil)
    arriving = [traveller for traveller in group if traveller.place == "moving"]
    texts: Sequence[str | None] = [None] * len(arriving)
    if operation.attribute is not None and arriving:
        texts = leg.host.moments(operation.attribute, arriving)
    moments: dict[int, int] = {}
    passing: list[Traveller] = []
    for traveller, text in zip(arriving, texts, strict=True):
        holidays = leg.plan.settings.holidays
        moment = rest_until_moment(operation, traveller.at, text, leg.zone(traveller), holidays)
        if moment is not None:
            moments[traveller.strand] = moment
            continue
        leg.leave(traveller, operation.past_port or operation.port, traveller.at)
        traveller.decided = traveller.decided or operation.attribute is not None
        passing.append(traveller)
    resting = [t for t in group if t.place == "resting" or t.strand in moments]
    return _rest(leg, resting, moments, operation.port) + pass_on(leg, passing)


def _rest(leg: Leg, group: list[Traveller], moments: dict[int, int], port: str) -> list[Traveller]:
    """Those who arrive with a moment ahead rest until it; those whose rest has ended leave by `port`, at its end."""
    if not group:
        return []
    with leg.host.scope(group) as scope:
        left: list[Traveller] = []
        for traveller in scope.held:
            end = _end_of_rest(traveller, moments.get(traveller.strand))
            if end > leg.due:
                scope.rest(traveller, end, None, None)
            else:
                leg.leave(traveller, port, end)
                left.append(traveller)
        return go_on(leg, scope, left)


def _end_of_rest(traveller: Traveller, moment: int | None) -> int:
    if moment is None:
        return traveller.at if traveller.wake_at is None else traveller.wake_at
    # A moment that has come is no rest: rounding it up would make one.
    return bucket(moment, traveller.at) if moment > traveller.at else traveller.at


def wait(leg: Leg, node_id: str, node: PlanNode, group: list[Traveller]) -> list[Traveller]:
    """Stand still until an event or the time-out. Who looks, has locked: an event that is committed is found."""
    operation = node.operation
    assert isinstance(operation, Wait)
    anchored = _anchored(leg, operation.since, [t for t in group if t.place == "moving"])
    with leg.host.scope(group) as scope:
        listening = [_listen(leg, operation, traveller, anchored) for traveller in scope.held]
        left: list[Traveller] = []
        for one, hit in zip(listening, scope.look(node, operation, listening), strict=True):
            traveller = one.traveller
            if hit is not None:
                leg.leave(traveller, hit.port, hit.at, cause=hit.cause, order=hit.order)
                left.append(traveller)
            elif one.until is None or one.until > leg.due:
                traveller.since_order = one.since_order
                scope.rest(traveller, one.until, one.since, "event")
            else:
                assert operation.timeout_port is not None
                leg.leave(traveller, operation.timeout_port, one.until, cause="timeout")
                left.append(traveller)
        return go_on(leg, scope, left)


def _listen(leg: Leg, operation: Wait, traveller: Traveller, anchored: dict[int, Moment]) -> Listening:
    if traveller.place == "resting":
        since = traveller.at if traveller.since is None else traveller.since
        return Listening(traveller, since, traveller.since_order, traveller.wake_at)
    since, order = anchored.get(traveller.strand, traveller.moment)
    until = None
    if operation.within is not None:
        start = since if operation.timer_from_anchor else traveller.at
        until = bucket(after(start, operation.within, leg.zone(traveller)), traveller.at)
    return Listening(traveller, since, order, until)


def _anchored(leg: Leg, since: str, arriving: Sequence[Traveller]) -> dict[int, Moment]:
    """From when on events count for those who arrive, if not from here."""
    if since == "here" or not arriving:
        return {}
    if since == "entry":
        return {traveller.strand: traveller.entry for traveller in arriving}
    found = zip(arriving, leg.host.anchors(since, arriving), strict=True)
    return {traveller.strand: moment for traveller, moment in found if moment is not None}
