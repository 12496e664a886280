"""Every loop has a rest in it that stops everybody.

A node that repeats bounds its loop, so any rest will do there. The wait for a message that is sent anew in each round is
as good as a delay: it can only be over at once for a message of an earlier round.
"""

from collections.abc import Iterator

from engine.flow.contract import Engagement
from engine.flow.diagnostic import Diagnostic, diagnostic, titles
from engine.flow.resolve import Resolved
from engine.flow.waits import always_rests, is_rest
from engine.flow.world import World

_BUDGET = 300_000
"""Edges to follow in search of ways round a message's node; a drawing that needs more is refused."""


def check(resolved: Resolved, world: World) -> Iterator[Diagnostic]:
    """Find loops that a contact could run through without end, or again and again in one instant."""
    nodes = resolved.nodes
    resting = {node.id for node in nodes.values() if always_rests(node.contract)}
    repeats = [
        (node, nodes[node].out["again"])
        for node in resolved.of_operation("repeat")
        if "again" in nodes[node].out
    ]
    resting |= _fresh_messages(resolved, resting)
    reported: set[str] = set()
    for loop in resolved.graph.loops(without=resting, cut=repeats):
        reported |= set(loop)
        yield _diagnostic(resolved, "loop-without-rest", loop)
    rests = {node.id for node in nodes.values() if is_rest(node.contract)}
    for loop in resolved.graph.loops(without=rests):
        if not reported & set(loop):
            yield _diagnostic(resolved, "repeat-without-rest", loop)


def _fresh_messages(resolved: Resolved, resting: set[str]) -> set[str]:
    """The waits for a message that is sent anew each time before a contact comes back to them."""
    found: set[str] = set()
    for loop in resolved.graph.loops(without=resting):
        inside = set(loop)
        waits = [
            (node, wait.message)
            for node in loop
            if isinstance(wait := resolved.nodes[node].contract, Engagement)
            and wait.message in inside
            and (wait.within is None or wait.within.amount > 0)
        ]
        found |= resolved.graph.only_through(loop, waits, _BUDGET)
    return found


def _diagnostic(resolved: Resolved, code: str, loop: list[str]) -> Diagnostic:
    return diagnostic(code, resolved.nodes[loop[0]], nodes=titles(resolved.nodes[node] for node in loop))
