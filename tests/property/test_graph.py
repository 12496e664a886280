"""The graph against answers found step by step: on examples that are searched for."""

from collections.abc import Mapping

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.flow.graph import Graph

Edges = Mapping[str, list[str]]


@st.composite
def graphs(draw: st.DrawFn) -> tuple[Edges, list[str]]:
    """Up to eight nodes with any edges between them, and where one may start."""
    nodes = [f"n{i}" for i in range(draw(st.integers(1, 8)))]
    edges = {node: draw(st.lists(st.sampled_from(nodes), max_size=3)) for node in nodes}
    return edges, draw(st.lists(st.sampled_from(nodes), min_size=1, max_size=2, unique=True))


def reach(edges: Edges, start: str, without: str | None = None) -> set[str]:
    """All nodes with a path of at least one edge from `start`, past `without`."""
    found: set[str] = set()
    stack = [start]
    while stack:
        for target in edges[stack.pop()]:
            if target not in found and target != without:
                found.add(target)
                stack.append(target)
    return found


@settings(max_examples=40)
@given(graphs())
def test_reachable_are_the_starts_and_what_follows(case: tuple[Edges, list[str]]) -> None:
    """Nodes are reachable exactly when a path leads to them."""
    edges, starts = case

    assert Graph(edges, starts).reachable == set(starts).union(*(reach(edges, start) for start in starts))


@settings(max_examples=40)
@given(graphs())
def test_one_node_precedes_another_when_a_path_leads_there(case: tuple[Edges, list[str]]) -> None:
    """Paths of one edge or more count, also those that lead back."""
    edges, starts = case
    graph = Graph(edges, starts)

    for first in edges:
        assert {second for second in edges if graph.precedes(first, second)} == reach(edges, first)


@settings(max_examples=40)
@given(graphs())
def test_a_node_always_precedes_when_there_is_no_way_round_it(case: tuple[Edges, list[str]]) -> None:
    """Taking it away makes the other unreachable."""
    edges, starts = case
    graph = Graph(edges, starts)

    for first in edges:
        others = [start for start in starts if start != first]
        round_it = set(others).union(*(reach(edges, start, without=first) for start in others))
        for second in graph.reachable:
            assert graph.always_precedes(first, second) == (second == first or second not in round_it)


@settings(max_examples=40)
@given(graphs())
def test_loops_are_the_nodes_that_lead_to_each_other(case: tuple[Edges, list[str]]) -> None:
    """Two nodes are on one loop exactly when each has a path to the other."""
    edges, starts = case
    graph = Graph(edges, starts)
    found = [set(loop) for loop in graph.loops()]

    for node in graph.reachable:
        together = {other for other in reach(edges, node) if node in reach(edges, other)}
        assert together == next((loop for loop in found if node in loop), set())


@settings(max_examples=40)
@given(graphs(), st.data())
def test_loops_without_a_node_or_an_edge_do_not_use_it(
    case: tuple[Edges, list[str]], data: st.DataObject
) -> None:
    """What is left out breaks the loops that need it."""
    edges, starts = case
    gone = data.draw(st.sampled_from(sorted(edges)))
    cut = (gone, data.draw(st.sampled_from(sorted(edges))))
    graph = Graph(edges, starts)
    rest = {n: [t for t in ts if t != gone] for n, ts in edges.items() if n != gone}
    whole = {n: [t for t in ts if (n, t) != cut] for n, ts in edges.items()}

    looping = {node for loop in graph.loops(without={gone}) for node in loop}
    assert looping == {n for n in graph.reachable - {gone} if n in reach(rest, n)}
    looping = {node for loop in graph.loops(cut=[cut]) for node in loop}
    assert looping == {n for n in graph.reachable if n in reach(whole, n)}


@settings(max_examples=40)
@given(graphs(), st.data())
def test_a_way_back_without_a_node(case: tuple[Edges, list[str]], data: st.DataObject) -> None:
    """Whether one can only come back by passing another node is found, unless there is no patience to look."""
    edges, starts = case
    graph = Graph(edges, starts)
    for loop in graph.loops():
        node, other = (data.draw(st.sampled_from(loop)) for _ in range(2))
        inside = {name: [t for t in edges[name] if t in loop] for name in loop}
        round_it = node == other or node in reach(inside, node, without=other)

        assert graph.only_through(loop, [(node, other)], 1_000) == (frozenset() if round_it else {node})
        assert graph.only_through(loop, [(node, other)], 0) == frozenset()


@settings(max_examples=40)
@given(graphs())
def test_the_finish_order_has_each_node_after_what_it_leads_to(case: tuple[Edges, list[str]]) -> None:
    """Where no loop forbids it."""
    edges, starts = case
    order = {node: place for place, node in enumerate(Graph(edges, starts).finish_order)}

    for node, place in order.items():
        for target in edges[node]:
            assert order[target] < place or node in reach(edges, target) or node == target


@settings(max_examples=40)
@given(graphs())
def test_the_order_of_edges_means_nothing(case: tuple[Edges, list[str]]) -> None:
    """The same graph told in another order gives the same answers."""
    edges, starts = case
    told = Graph({node: [*edges[node][::-1], *edges[node]] for node in reversed(list(edges))}, starts[::-1])
    graph = Graph(edges, starts)

    assert (told.ids, told.finish_order, told.loops()) == (graph.ids, graph.finish_order, graph.loops())
