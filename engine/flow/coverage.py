"""Which nodes contacts may come to without having left by certain ways out before: on some branch, by a goal, beside a merge."""

from collections.abc import Collection, Iterable

from engine.flow.contract import Exit, Merge
from engine.flow.resolve import Resolved
from engine.flow.waits import is_rest

Way = tuple[str, str]
"""A node and one of its ways out."""

_BUDGET = 300_000
"""Edges to follow inside parallel paths; a merge that is not judged by then is taken as one behind the ways."""


def reached_without(resolved: Resolved, ways: Collection[Way]) -> frozenset[str]:
    """The nodes to which some path leads from a trigger that takes none of the ways.

    Behind a merge that waits for all, every parallel path was gone, so that one of them suffices to take a way. A goal
    takes contacts from where they stand still, and so without the ways if they may stand still before them.
    """
    walk = _Walk(resolved, frozenset(ways))
    walk.spread(resolved.of_operation("enter"))
    if any(_stands_still(resolved, node) for node in walk.reached):
        walk.spread(resolved.of_operation("goal"))
    return frozenset(walk.reached)


def _stands_still(resolved: Resolved, node: str) -> bool:
    contract = resolved.nodes[node].contract
    return is_rest(contract) or (isinstance(contract, Exit) and contract.when == "goal_or_limit")


class _Walk:
    def __init__(self, resolved: Resolved, ways: frozenset[Way]) -> None:
        self.resolved, self.ways = resolved, ways
        self.reached: set[str] = set()
        self.held: set[str] = set()
        self.budget = _BUDGET
        self.fork_of = {
            merge: fork
            for merge, fork in resolved.strands.fork_of.items()
            if isinstance(contract := resolved.nodes[merge].contract, Merge) and contract.mode == "all"
        }

    def spread(self, starts: Iterable[str]) -> None:
        """Go on from these nodes; a merge lets pass once each of its paths can be gone without the ways."""
        fresh = list(starts)
        while fresh:
            self._follow(fresh, self.reached, self.held)
            fresh = [
                merge
                for merge in sorted(self.held - self.reached)
                if self.fork_of[merge] in self.reached and self._passes(merge)
            ]

    def _follow(self, starts: Iterable[str], reached: set[str], held: set[str]) -> None:
        stack = [node for node in starts if node not in reached]
        while stack:
            node = stack.pop()
            if node in reached:
                continue
            reached.add(node)
            for target in self._onward(node):
                if target not in self.fork_of or target in self.reached:
                    stack.append(target)
                else:
                    held.add(target)

    def _onward(self, node: str) -> list[str]:
        nodes = self.resolved.nodes
        out = nodes[node].out.items()
        self.budget -= len(out)
        return [
            target for port, target in out if (node, port) not in self.ways and not nodes[target].is_start
        ]

    def _passes(self, merge: str) -> bool:
        """Whether each path of the merge's fork leads to the merge, or to an end of its own, without the ways."""
        branches = self._onward(self.fork_of[merge])
        if len(branches) < len(set(self.resolved.nodes[self.fork_of[merge]].out.values())):
            return False
        for branch in branches:
            if branch == merge:
                continue
            inside: set[str] = set()
            met: set[str] = set()
            if branch in self.fork_of and branch not in self.reached:
                return False
            self._follow([branch], inside, met)
            ends = any(isinstance(self.resolved.nodes[node].contract, Exit) for node in inside)
            if self.budget < 0 or not (ends or merge in met):
                return False
        return True
