"""The built-in nodes: their contract with the compiler, with the examples, and with whoever searches the palette."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from engine.flow.contract import CONTRACTS
from engine.flow.manifest import Catalog, Manifest
from engine.flow.schema import find_faults, with_defaults
from engine.flow.summary import summarise
from nodes.registry import load_registry

HOUSE = Path(__file__).resolve().parents[3]
MANIFESTS = {manifest.key: manifest for manifest in load_registry([]).manifests()}
IF = {"op": "tagged", "tag": "VIP"}
WAYS = [{"port": "a", "label": "A", "condition": IF}, {"port": "b", "condition": IF}]

CASES: list[tuple[str, str, dict[str, Any], list[str], str]] = [
    ("event", "trigger", {"event": "Order Completed"}, ["entered"], "When Order Completed happens"),
    ("segment", "trigger", {"segment": "VIP"}, ["entered"], "When somebody has entered VIP"),
    ("tag", "trigger", {"tag": "ATTIVO", "when": "removed"}, ["entered"], "When the tag ATTIVO is removed"),
    ("campaign", "trigger", {}, ["entered"], "When a campaign starts"),
    ("api_call", "trigger", {}, ["entered"], "When a program asks for it"),
    ("date", "trigger", {"attribute": "birthday"}, ["entered"], "On birthday at 09:00"),
    ("delay", "control", {"for": "48 HOURS"}, ["done"], "Wait 48 hours"),
    (
        "wait_until",
        "control",
        {"opens": "09:00", "closes": "18:00", "weekdays": [0, 1]},
        ["done", "past?"],
        "Wait, between 09:00 and 18:00",
    ),
    ("split", "control", {"branches": WAYS}, ["a", "b", "otherwise"], "A, b, or otherwise"),
    (
        "random_split",
        "control",
        {"arms": [{"port": "a", "label": "A", "weight": 9}, {"port": "b"}]},
        ["a", "b"],
        "At random: A, b",
    ),
    ("parallel", "control", {"branches": [{"port": "a"}, {"port": "b"}]}, ["a", "b"], "At once: a, b"),
    ("merge", "control", {"mode": "any"}, ["done"], "Go on when any of the paths have come"),
    ("repeat", "control", {}, ["again", "done"], "Again, at most 3 times"),
    (
        "goal",
        "control",
        {"events": [{"event": "Order Completed"}]},
        ["reached?"],
        "Order Completed: ends with goal",
    ),
    ("exit", "control", {"result": "no visit"}, [], "End with no visit"),
    (
        "engagement",
        "state",
        {"message": "mail", "within": "2 days"},
        ["yes", "no"],
        "mail opened within 2 days?",
    ),
    (
        "wait_for",
        "state",
        {"events": [{"event": "Product Viewed", "port": "seen", "label": "Seen"}], "within": "7 days"},
        ["seen", "timeout"],
        "Wait for Seen within 7 days",
    ),
    ("bought", "state", {"within": "2 days"}, ["bought", "not_bought"], "Bought online within 2 days?"),
    ("condition", "state", {"condition": IF}, ["yes", "no"], "has the tag VIP?"),
    ("has_tag", "state", {"tag": "VIP"}, ["yes", "no"], "Has the tag VIP?"),
    ("in_segment", "state", {"segment": "VIP"}, ["yes", "no"], "In VIP?"),
    (
        "attribute",
        "state",
        {"field": "contact.city", "op": "one_of", "value": ["Rome", "Bari"]},
        ["yes", "no"],
        "contact.city is one of Rome, Bari?",
    ),
    *(
        (
            f"send_{channel}",
            "act",
            {"template": "hello"},
            ["sent", "unreachable?", "refused?", "rejected?", "expired?", "unknown?"],
            f"Send the {name} hello",
        )
        for channel, name in (("email", "email"), ("sms", "SMS"), ("push", "push"))
    ),
    ("give_coupon", "act", {"promotion": "SPRING"}, ["given", "expired?"], "Give a coupon for SPRING"),
    ("update_contact", "act", {"set": {"city": "{{ event.city }}"}}, ["done"], "Set …"),
    ("add_tag", "act", {"tag": "VIP"}, ["done"], "Add the tag VIP"),
    ("remove_tag", "act", {"tag": "VIP"}, ["done"], "Remove the tag VIP"),
    ("webhook", "act", {"url": "https://a.example/x"}, ["ok", "failed?"], "POST https://a.example/x"),
]


@pytest.mark.parametrize(
    ("key", "family", "config", "ports", "sentence"), CASES, ids=[case[0] for case in CASES]
)
def test_a_node_is_what_its_contract_says(
    key: str, family: str, config: dict[str, Any], ports: list[str], sentence: str
) -> None:
    """Family, ports, the least config that is enough, and the sentence on the node."""
    manifest = MANIFESTS[key]
    shown = [port.key if port.required else f"{port.key}?" for port in manifest.ports_of(config)]

    assert manifest.family == family
    assert shown == ports
    assert find_faults(manifest.config_schema, config) == []
    assert summarise(manifest, config) == sentence


def test_every_node_has_its_case() -> None:
    """No node is added without its contract being written down here."""
    assert {case[0] for case in CASES} == set(MANIFESTS)


@pytest.mark.parametrize("case", CASES, ids=[case[0] for case in CASES])
def test_the_compiler_reads_what_the_schema_lets_through(
    case: tuple[str, str, dict[str, Any], Any, Any],
) -> None:
    """A config with its defaults fits the compiler's own model of it, and the node's class."""
    manifest = MANIFESTS[case[0]]
    config = with_defaults(manifest.config_schema, case[2])
    contract = CONTRACTS[manifest.lowering]
    node = next(node for node in load_registry([]).nodes() if node.key == case[0])

    node.read(config)
    if contract is not None:
        unknown = set(config) - {field.alias or name for name, field in contract.model_fields.items()}
        assert not unknown, f"{case[0]} has fields that the compiler does not know: {unknown}"
        contract.model_validate(config)


@pytest.mark.parametrize(
    "path", sorted(HOUSE.glob("examples/*/journey.json")), ids=lambda path: path.parent.name
)
def test_the_examples_are_drawn_with_these_nodes(path: Path) -> None:
    """Every node of every example is known, and its config fits."""
    catalog = Catalog(MANIFESTS.values())
    for drawn in json.loads(path.read_text())["nodes"].values():
        manifest = catalog.get(drawn["type"], drawn.get("version", 1))
        assert manifest is not None, drawn["type"]
        assert find_faults(manifest.config_schema, drawn.get("config", {})) == []


def _finds(manifest: Manifest, word: str) -> bool:
    return word in manifest.label.lower() or word in manifest.synonyms


@pytest.mark.parametrize(
    ("word", "key"),
    [
        ("text", "send_sms"),
        ("delay", "delay"),
        ("if", "condition"),
        ("a/b test", "random_split"),
        ("birthday", "date"),
        ("voucher", "give_coupon"),
        ("http", "webhook"),
        ("conversion", "goal"),
        ("not opened", "engagement"),
    ],
)
def test_the_words_that_people_use_find_the_node(word: str, key: str) -> None:
    """Synonyms lead to a node by the words of other products and of everyday."""
    assert _finds(MANIFESTS[key], word)


@pytest.mark.parametrize(
    ("key", "config", "place"),
    [
        ("delay", {"for": "soon"}, "for"),
        ("delay", {}, "for"),
        ("date", {"attribute": "birthday", "at": "9 o'clock"}, "at"),
        ("repeat", {"times": 0}, "times"),
        ("random_split", {"arms": [{"port": "a"}]}, "arms"),
        ("random_split", {"arms": [{"port": "a"}, {"port": "b", "weight": 0}]}, "arms.1.weight"),
        ("split", {"branches": [{"port": "A b", "condition": IF}]}, "branches.0.port"),
        ("send_sms", {"template": "x", "valid_until": "2026-12-24"}, "valid_until"),
        ("send_sms", {"template": "x", "on_unknown": "resend"}, "on_unknown"),
        ("webhook", {"url": "https://a.example", "method": "TRACE"}, "method"),
        ("merge", {"mode": "most"}, "mode"),
        ("exit", {"result": ""}, "result"),
        ("event", {"event": "x", "wehre": None}, "wehre"),
    ],
)
def test_the_schema_alone_finds_a_wrong_config(key: str, config: dict[str, Any], place: str) -> None:
    """What cannot work is found without the node's code, at the field that is wrong."""
    assert [fault.place for fault in find_faults(MANIFESTS[key].config_schema, config)] == [place]
