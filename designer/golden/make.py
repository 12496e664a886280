"""Writes what the engine says, for the designer's tests: python designer/golden/make.py, from the folder of the house."""

import json
from pathlib import Path
from typing import Any

from patches import patch_cases

from engine.flow.condition import parse_condition
from engine.flow.condition_words import describe
from engine.flow.document import Flowchart
from engine.flow.summary import summarise
from nodes.registry import load_registry

HERE = Path(__file__).parent
CONDITIONS: list[dict[str, Any]] = [
    {"op": "is", "field": "contact.city", "value": "Rome"},
    {"op": "is_not", "field": "contact.attributes.vip", "value": True},
    {"op": "more", "field": "event.cart.total", "value": 20},
    {"op": "less", "field": "contact.birthday", "value": {"ago": "8 YEARS"}},
    {"op": "at_least", "field": "contact.last_name", "value": "M"},
    {"op": "contains", "field": 'contact."shop.city"', "value": "a; b"},
    {"op": "one_of", "field": "contact.city", "value": ["Rome", "Bari", "Rome"]},
    {"op": "one_of", "field": "contact.city", "value": ["a", "b", "c", "d", "e", "f", "g"]},
    {"op": "exists", "field": "contact.first_name"},
    {"op": "not", "of": {"op": "exists", "field": "contact.phone"}},
    {"op": "not", "of": {"op": "tagged", "tag": "gold"}},
    {"op": "not", "of": {"op": "did", "event": "Order Completed", "within": "1 day"}},
    {"op": "not", "of": {"op": "did", "event": "Order Completed", "at_least": 2}},
    {"op": "did", "event": "message.opened", "where": {"op": "is", "field": "event.channel", "value": "email"}},
    {"op": "did", "event": "Wheel Spun", "at_least": 2, "at_most": 4, "within": "30 days"},
    {"op": "did", "event": "Product Viewed", "at_least": 0, "at_most": 1, "since_anchor": True},
    {"op": "bought", "channel": "offline", "within": "1 week"},
    {"op": "not", "of": {"op": "bought"}},
    {
        "op": "all",
        "of": [
            {"op": "in_segment", "segment": "Friends, near"},
            {"op": "any", "of": [{"op": "tagged", "tag": "a"}, {"op": "missing", "field": "contact.email"}]},
        ],
    },
    {
        "op": "all",
        "of": [
            {"op": "any", "of": [{"op": "any", "of": [{"op": "tagged", "tag": "a"}, {"op": "tagged", "tag": "b"}]}]},
            {"op": "is", "field": "contact.size", "value": "5"},
        ],
    },
    {
        "op": "all",
        "of": [
            {"op": "not", "of": {"op": "all", "of": [{"op": "not", "of": {"op": "any", "of": [
                {"op": "tagged", "tag": "a"}, {"op": "tagged", "tag": "b"}]}}]}},
            {"op": "one_of", "field": "contact.attributes.email", "value": ["yes", True, 5, "Made in Italy"]},
        ],
    },
    {"op": "is", "field": 'contact."favourite colour"', "value": "not known"},
    {"op": "is", "field": "event.properties.name", "value": "x"},
    {"op": "any_item", "field": "event.products", "where": {"op": "is", "field": "item.category", "value": "shoes"}},
    {"op": "not", "of": {"op": "any_item", "field": "contact.pets", "where": {"op": "exists", "field": "item.name"}}},
    {
        "op": "all",
        "of": [
            {"op": "tagged", "tag": "a"},
            {"op": "any_item", "field": "event.products", "where": {"op": "any", "of": [
                {"op": "at_least", "field": "item.price.net", "value": 5},
                {"op": "not", "of": {"op": "one_of", "field": "item.properties.size", "value": ["S", "M"]}},
                {"op": "is", "field": "item.name.first", "value": "x"}]}},
        ],
    },
]  # fmt: skip


def main() -> None:
    """Write catalog.json (every manifest), words.json (sentences of nodes and conditions) and patches.json."""
    manifests = {one.key: one for one in load_registry().manifests()}
    nodes = []
    for path in sorted((HERE.parents[1] / "examples").glob("*/journey.json")):
        chart = Flowchart.model_validate_json(path.read_text())
        names = {node_id: node.name for node_id, node in chart.nodes.items() if node.name}
        for node_id, node in chart.nodes.items():
            says = summarise(manifests[node.type], node.config, names)
            nodes.append({"example": path.parent.name, "node": node_id, "says": says})
    conditions = [{"condition": one, "says": describe(parse_condition(one))} for one in CONDITIONS]
    written = {
        "catalog.json": [manifests[key].model_dump(mode="json") for key in sorted(manifests)],
        "words.json": {"nodes": nodes, "conditions": conditions},
    }
    lines = (json.dumps(one, ensure_ascii=False) for one in patch_cases())
    (HERE / "patches.json").write_text("[\n" + ",\n".join(lines) + "\n]\n")
    for name, content in written.items():
        (HERE / name).write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
