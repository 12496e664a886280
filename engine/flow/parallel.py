"""Parallel paths: which merge belongs to which fork, and which nodes lie between them.

From the ports of a fork one walks on, over nested forks to behind their merges; the merge that one meets without having
entered it belongs to the fork. What can be reached from its ports without passing the merge is its region.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from engine.flow.graph import Graph

Fault = Literal[
    "merge-without-fork", "fork-many-merges", "merge-of-many-forks", "fork-in-own-branch", "edge-into-branch",
    "branches-meet",
]  # fmt: skip


@dataclass(frozen=True)
class StrandFault:
    """What is wrong at `node`: `others` are the merges, the forks, or where the edge comes from."""

    kind: Fault
    node: str
    others: tuple[str, ...] = ()


@dataclass
class Strands:
    """The pairs of forks and merges, and the faults.

    `merge_of` has None for a fork whose strands end apart. `merged` are the nodes between a fork and its merge: whoever
    ends there only ends a strand.
    """

    merge_of: dict[str, str | None] = field(default_factory=dict)
    fork_of: dict[str, str] = field(default_factory=dict)
    merged: set[str] = field(default_factory=set)
    faults: dict[StrandFault, None] = field(default_factory=dict)


def find_strands(graph: Graph, forks: Mapping[str, Sequence[str]], merges: Collection[str]) -> Strands:
    """Pair forks, each with where its ports lead, with merges; and find the faults.

    Inner forks come first, so that outer ones may jump over them.
    """
    finder = _Finder(graph, forks, frozenset(merges))
    for node in graph.finish_order:
        if node in finder.forks:
            finder.walk(node)
    finder.judge()
    return finder.strands


class _Finder:
    def __init__(self, graph: Graph, forks: Mapping[str, Sequence[str]], merges: frozenset[str]) -> None:
        self.graph = graph
        self.forks = forks
        self.merges = merges
        self.strands = Strands()
        self.met: dict[str, set[str]] = {}
        self.own: dict[str, set[str]] = {}
        """A fork's own nodes, without those between the forks within and their merges."""
        self.all: dict[str, int] = {}
        """Its whole region, as bits."""

    def walk(self, fork: str) -> None:
        """Find what the branches of the fork reach, and the merge among it."""
        self.met[fork], self.own[fork], self.all[fork] = set(), set(), 0
        often: set[str] = set()
        for start in self.forks[fork]:
            reached = self._branch(fork, start)
            often |= reached & self.own[fork]
            self.own[fork] |= reached
        met = self.met[fork]
        self.strands.merge_of[fork] = min(met) if len(met) == 1 else None
        if len(met) > 1:
            self._fault("fork-many-merges", fork, met)
        for node in sorted(often):
            entered_from_outside = not often.issuperset(self.graph.before(node))
            if node not in self.merges and self.graph.after(node) and entered_from_outside:
                self._fault("branches-meet", node, (fork,))

    def _branch(self, fork: str, start: str) -> set[str]:
        """The fork's own nodes on one branch."""
        reached: set[str] = set()
        stack = [start]
        while stack:
            node = stack.pop()
            if node in reached:
                continue
            if node == fork:
                self._fault("fork-in-own-branch", fork)
            elif node in self.merges:
                self.met[fork].add(node)
            else:
                reached.add(node)
                self.all[fork] |= self.graph.bits([node])
                stack += self._onward(fork, node, reached)
        return reached

    def _onward(self, fork: str, node: str, reached: set[str]) -> Iterable[str]:
        """Where to go on from a node of a branch: from a nested fork, behind its merge."""
        if node not in self.forks:
            return self.graph.after(node)
        if node not in self.strands.merge_of:
            # It comes later in the order, so a way leads back from here to a fork further up.
            self._fault("fork-in-own-branch", fork)
            return ()
        self.all[fork] |= self.all[node]
        merge = self.strands.merge_of[node]
        if merge is None or merge in reached:
            return ()
        reached.add(merge)
        self.all[fork] |= self.graph.bits([merge])
        return self.graph.after(merge)

    def judge(self) -> None:
        """Find merges that belong to none or several, and edges that come in from beside."""
        owners: dict[str, list[str]] = {}
        for fork, merge in sorted(self.strands.merge_of.items()):
            if merge is not None:
                owners.setdefault(merge, []).append(fork)
        ambiguous = {merge for met in self.met.values() if len(met) > 1 for merge in met}
        for merge in sorted(self.merges & self.graph.reachable):
            forks = owners.get(merge, [])
            if len(forks) == 1:
                self.strands.fork_of[merge] = forks[0]
            elif forks:
                self._fault("merge-of-many-forks", merge, forks)
            elif merge not in ambiguous:
                self._fault("merge-without-fork", merge)
        faulty = {fault.node for fault in self.strands.faults if fault.kind != "branches-meet"}
        for fork, merge in sorted(self.strands.merge_of.items()):
            if merge is not None and not faulty & {fork, merge}:
                self._judge_edges(fork, merge)

    def _judge_edges(self, fork: str, merge: str) -> None:
        """Who comes to the merge must come from the fork. What does not lead to the merge may be used from anywhere."""
        inside = self.all[fork] | self.graph.bits([fork])
        self.strands.merged |= set(self.graph.ids_of(self.all[fork]))
        for node in sorted(self.own[fork] | {merge}):
            if node != merge and not self.graph.precedes(node, merge):
                continue
            for source in self.graph.before(node):
                if source in self.graph.reachable and not inside & self.graph.bits([source]):
                    self._fault("edge-into-branch", node, (source,))

    def _fault(self, kind: Fault, node: str, others: Collection[str] = ()) -> None:
        self.strands.faults[StrandFault(kind, node, tuple(sorted(others)))] = None
