"""The flowchart as a graph of node ids: what comes before what, which loops there are, what cannot be passed by.

Sets of nodes are bits of one integer, so that questions about thousands of nodes stay cheap.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cached_property

_PASSES = 50
"""Bounds `_dominators` on drawings tangled on purpose; stopped early it claims too much, never too little."""


class Graph:
    """Nodes, their successors, and where contacts may start. Every answer is in the order of ids."""

    def __init__(self, successors: Mapping[str, Iterable[str]], starts: Iterable[str]) -> None:
        self.ids: tuple[str, ...] = tuple(sorted(successors))
        self._index = {node: index for index, node in enumerate(self.ids)}
        self._after: list[tuple[int, ...]] = [
            tuple(sorted({self._index[target] for target in successors[node]})) for node in self.ids
        ]
        self._before: list[list[int]] = [[] for _ in self.ids]
        for node, targets in enumerate(self._after):
            for target in targets:
                self._before[target].append(node)
        self._starts = sorted(self._index[node] for node in starts)

    def after(self, node: str) -> list[str]:
        """Where the ports of `node` lead."""
        return [self.ids[target] for target in self._after[self._index[node]]]

    def before(self, node: str) -> list[str]:
        """The nodes with a port that leads to `node`."""
        return [self.ids[source] for source in self._before[self._index[node]]]

    @cached_property
    def reachable(self) -> frozenset[str]:
        """The starts, and every node with a path from one."""
        return frozenset(self.ids[node] for node in self._postorder)

    @cached_property
    def finish_order(self) -> list[str]:
        """The reachable nodes, each after all that it leads to, where no loop forbids it."""
        return [self.ids[node] for node in self._postorder]

    def bits(self, nodes: Iterable[str]) -> int:
        """A set of nodes as the bits of one integer."""
        found = 0
        for node in nodes:
            found |= 1 << self._index[node]
        return found

    def ids_of(self, bits: int) -> list[str]:
        """The nodes of a set that `bits` made."""
        return [self.ids[index] for index in _members(bits)]

    def precedes(self, first: str, second: str) -> bool:
        """Whether a path leads from `first` to `second` (a node precedes itself when it is in a loop)."""
        return bool(self._ancestors[self._index[second]] >> self._index[first] & 1)

    def always_precedes(self, first: str, second: str) -> bool:
        """Whether every path from a start to `second` passes `first`."""
        return bool(self._dominators[self._index[second]] >> self._index[first] & 1)

    def before_among(self, node: str, nodes: int) -> list[str]:
        """Those of `nodes` (as `bits` makes them) with a path to `node`."""
        return self.ids_of(self.bits_before(node, nodes))

    def bits_before(self, node: str, nodes: int) -> int:
        """As `before_among`, as bits."""
        return self._ancestors[self._index[node]] & nodes

    def loops(self, without: Collection[str] = (), cut: Collection[tuple[str, str]] = ()) -> list[list[str]]:
        """The groups of reachable nodes that lie on common loops, when nodes and edges are left out."""
        gone = {self._index[node] for node in without}
        missing = {(self._index[source], self._index[target]) for source, target in cut}
        kept = [node for node in sorted(self._postorder) if node not in gone]
        after = {
            node: [t for t in self._after[node] if t not in gone and (node, t) not in missing]
            for node in kept
        }
        groups = [sorted(group) for group in _components(kept, after) if _is_loop(group, after)]
        return [[self.ids[node] for node in group] for group in sorted(groups)]

    def only_through(
        self, loop: Collection[str], pairs: Iterable[tuple[str, str]], budget: int
    ) -> frozenset[str]:
        """Of (node, other) on a loop, the nodes to which no way leads back inside the loop that misses the other.

        Looking takes at most `budget` steps in all; who is not reached by then is left out.
        """
        inside = {self._index[node] for node in loop}
        found: set[str] = set()
        for node, other in pairs:
            start, gone = self._index[node], self._index[other]
            seen = {gone}
            stack = [start]
            while stack and start not in seen and budget > 0:
                after = self._after[stack.pop()]
                budget -= len(after)
                fresh = [target for target in after if target in inside and target not in seen]
                seen.update(fresh)
                stack += fresh
            if start not in seen and budget > 0:
                found.add(node)
        return frozenset(found)

    @cached_property
    def _postorder(self) -> list[int]:
        order: list[int] = []
        seen: set[int] = set()
        for start in self._starts:
            if start in seen:
                continue
            seen.add(start)
            stack: list[tuple[int, Iterator[int]]] = [(start, iter(self._after[start]))]
            while stack:
                node, targets = stack[-1]
                target = next((t for t in targets if t not in seen), None)
                if target is None:
                    order.append(node)
                    stack.pop()
                else:
                    seen.add(target)
                    stack.append((target, iter(self._after[target])))
        return order

    @cached_property
    def _ancestors(self) -> list[int]:
        found = [0] * len(self.ids)
        nodes = range(len(self.ids))
        # Components come successors first, so in reverse every predecessor outside the component is done.
        for group in reversed(list(_components(nodes, self._after))):
            members = sum(1 << node for node in group)
            above = 0
            for node in group:
                for source in self._before[node]:
                    above |= found[source] | 1 << source
            if _is_loop(group, self._after):
                above |= members
            for node in group:
                found[node] = above
        return found

    @cached_property
    def _dominators(self) -> list[int]:
        everything = (1 << len(self.ids)) - 1
        found = [everything] * len(self.ids)
        starts = set(self._starts)
        order = self._postorder[::-1]
        reached = set(order)
        for _ in range(_PASSES):
            changed = False
            for node in order:
                common = 0 if node in starts else everything
                for source in self._before[node]:
                    if source in reached:
                        common &= found[source]
                common |= 1 << node
                if common != found[node]:
                    found[node] = common
                    changed = True
            if not changed:
                break
        return found


def _members(bits: int) -> Iterator[int]:
    while bits:
        lowest = bits & -bits
        yield lowest.bit_length() - 1
        bits ^= lowest


def _is_loop(group: list[int], after: Mapping[int, Iterable[int]] | list[tuple[int, ...]]) -> bool:
    return len(group) > 1 or group[0] in after[group[0]]


def _components(
    nodes: Iterable[int], after: Mapping[int, Iterable[int]] | list[tuple[int, ...]]
) -> Iterator[list[int]]:
    """The strongly connected components, successors first (Tarjan, without recursion)."""
    number: dict[int, int] = {}
    low: dict[int, int] = {}
    path: list[int] = []
    on_path: set[int] = set()
    for root in nodes:
        if root in number:
            continue
        work: list[tuple[int, Iterator[int]]] = []

        def enter(node: int, work: list[tuple[int, Iterator[int]]] = work) -> None:
            number[node] = low[node] = len(number)
            path.append(node)
            on_path.add(node)
            work.append((node, iter(after[node])))

        enter(root)
        while work:
            node, targets = work[-1]
            for target in targets:
                if target not in number:
                    enter(target)
                    break
                if target in on_path:
                    low[node] = min(low[node], number[target])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[node])
                if low[node] == number[node]:
                    group: list[int] = []
                    while not group or group[-1] != node:
                        group.append(path.pop())
                        on_path.discard(group[-1])
                    yield group
