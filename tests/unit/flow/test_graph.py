"""The graph against answers found step by step."""

from engine.flow.graph import Graph


def test_a_path_of_thousands_of_nodes_costs_no_recursion() -> None:
    """Depth is no limit."""
    edges = {f"n{i:05}": [f"n{i + 1:05}"] if i < 4_999 else [] for i in range(5_000)}
    graph = Graph(edges, ["n00000"])

    assert graph.precedes("n00000", "n04999")
    assert graph.always_precedes("n02500", "n04999")
    assert len(graph.finish_order) == 5_000
