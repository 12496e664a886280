"""Acts: nodes whose code runs."""

from collections.abc import Sequence

from engine.flow.plan import Act, PlanNode, RestFor, RestUntil, Wait
from engine.journey.host import Again, Gone, Stuck, Went
from engine.journey.progress import Leg, commit, commit_decided, cut
from engine.journey.standing import rest_for, rest_until, wait
from engine.journey.time import bucket
from engine.journey.traveller import Traveller

ATTEMPTS_CODE = "attempts"
"""Why an enrolment is parked whose act asked for one try too many."""

MOST_PAUSE = 3_653 * 86_400_000
"""Ten years in milliseconds: the longest rest before an act is tried again, whatever it asks for."""

_STANDING = {RestFor: rest_for, RestUntil: rest_until, Wait: wait}


def act(leg: Leg, node_id: str, node: PlanNode, group: list[Traveller]) -> list[Traveller]:
    """Run the node's code for the group. In a pause nobody gets further than here."""
    assert isinstance(node.operation, Act)
    if leg.host.paused():
        with leg.host.scope(group) as scope:
            for traveller in scope.held:
                scope.rest(traveller, None, None, "paused")
        return []
    group = commit_decided(leg, group)
    outcomes = leg.host.run(node_id, node, group, leg.due) if group else []
    went: list[Traveller] = []
    stopped: list[tuple[Traveller, Again | Stuck]] = []
    for traveller, outcome in zip(group, outcomes, strict=True):
        if isinstance(outcome, Went):
            leg.leave(traveller, outcome.port, leg.due, output=outcome.output)
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
                scope.park(traveller, _storable(outcome.code))
            elif outcome.counts and traveller.attempt + 1 >= operation.attempts:
                code = f"{ATTEMPTS_CODE}: {outcome.reason}" if outcome.reason else ATTEMPTS_CODE
                scope.park(traveller, _storable(code))
            else:
                traveller.attempt += 1 if outcome.counts else 0
                # The rest begins now, not when the traveller first came here; and it ends later than now, or the leg
                # would not end.
                at = min(max(outcome.at, leg.due + 1), leg.due + MOST_PAUSE)
                until = bucket(at, at if outcome.exact else leg.due)
                scope.rest(traveller, until, None, "again")


def _storable(code: str) -> str:
    """A node's code as every database can hold it: one odd sign in one person's must not undo what all have done."""
    return code.replace("\x00", "�").encode("utf-8", "replace").decode()


def _settle(leg: Leg, went: list[Traveller]) -> list[Traveller]:
    """Commit what an act has done without delay: with the next rest or end where that comes at once, else by itself."""
    standing: dict[str, list[Traveller]] = {}
    others: list[Traveller] = []
    for traveller in went:
        # A strand waits for its turn: its siblings at earlier nodes go first.
        if traveller.ending is None and traveller.parent is None and _stands(leg, traveller):
            standing.setdefault(traveller.position, []).append(traveller)
        else:
            others.append(traveller)
    onward = commit(leg, others)
    for node_id, group in standing.items():
        node = leg.plan.nodes[node_id]
        onward += _STANDING[type(node.operation)](leg, node_id, node, cut(leg, group))
    return onward


def _stands(leg: Leg, traveller: Traveller) -> bool:
    return type(leg.operation(traveller.position)) in _STANDING
