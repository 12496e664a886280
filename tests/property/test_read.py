"""Documents made to do harm: they are read, or refused with a diagnostic, in bounded time: on examples that are searched for."""

from typing import Any

from engine.flow.compile import check
from tests.unit.flow.drawing import a_world, draw, found
from tests.unit.flow.manifests import CATALOG


def test_five_thousand_nodes_are_checked() -> None:
    """The largest drawing, a chain with a fork, a loop and a fault every few nodes, is judged whole."""
    kinds = ["delay", "condition", "note", "add_tag", "send_sms"]
    lines = ["in:campaign -> n0:delay"]
    for i in range(4_990):
        lines.append(f"n{i} -> n{i + 1}:{kinds[i % 5]}")
        if kinds[(i - 1) % 5] == "condition" and i:
            lines.append(f"n{i} -no-> n{max(0, i - 7)}")
    document = draw("\n".join(lines))
    assert 4_900 < len(document["nodes"]) <= 5_000

    said = found(document)

    assert {one.code for one in said} == {"open-port"}


def test_five_thousand_tangled_nodes_are_checked() -> None:
    """Forks, merges and waits without any sense, all connected with all that are near, end in diagnostics."""
    kinds = ["parallel", "merge", "engagement", "repeat", "condition"]
    ports = [("a", "b"), ("done",), ("yes", "no"), ("again", "done"), ("yes", "no")]
    nodes: dict[str, Any] = {"in": {"type": "campaign"}}
    edges: dict[str, Any] = {"e": {"from": "in", "port": "entered", "to": "n0"}}
    smallest = draw("p:parallel\nc:condition\no:engagement")["nodes"]
    configs = {"parallel": smallest["p"]["config"], "condition": smallest["c"]["config"]}
    for i in range(4_999):
        kind = kinds[i % 5]
        config = {"message": f"n{(i * 31) % 4_999}"} if kind == "engagement" else configs.get(kind, {})
        nodes[f"n{i}"] = {"type": kind, "config": config}
        for number, port in enumerate(ports[i % 5]):
            target = (i + 1 + (i * 7 + number * 13) % 90 - (60 if number else 0)) % 4_999
            edges[f"e{i}-{number}"] = {"from": f"n{i}", "port": port, "to": f"n{target}"}

    said = {one.code for one in check({"nodes": nodes, "edges": edges}, CATALOG, a_world())}

    assert {"not-a-message", "fork-in-own-branch"} <= said
