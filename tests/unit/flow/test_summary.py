"""A node in one sentence."""

from typing import Any

import pytest

from engine.flow.manifest import Manifest
from engine.flow.summary import summarise
from tests.unit.flow.manifests import CATALOG


@pytest.mark.parametrize(
    ("kind", "config", "expected"),
    [
        ("delay", {"for": "2 days"}, "Wait 2 days"),
        ("delay", {}, "Wait …"),
        ("engagement", {"message": "mail"}, "Wait until opened, at most 2 days"),
        ("engagement", {"message": "mail", "within": None}, "Wait until opened"),
        ("repeat", {}, "At most 3 times"),
        ("has_tag", {"tag": "VIP"}, "Has the tag VIP?"),
        ("condition", {"condition": {"op": "nonsense"}}, "If a condition"),
        ("merge", {}, "Merge"),
        (
            "wait_for",
            {"events": [{"event": "A", "port": "a"}, {"event": "B", "port": "b", "label": "Bee"}]},
            "Wait for A, Bee",
        ),
        (
            "wait_for",
            {"events": [{"event": letter, "port": letter} for letter in "ABCDE"], "within": "1 day"},
            "Wait for A, B, C and 2 more, at most 1 day",
        ),
    ],
)
def test_a_summary_is_filled_from_the_config(kind: str, config: dict[str, Any], expected: str) -> None:
    """Fields stand in the sentence, with defaults; what is empty leaves out its brackets."""
    manifest = CATALOG.get(kind, 1)

    assert manifest is not None
    assert summarise(manifest, config) == expected


def manifest_with(summary: str, **fields: Any) -> Manifest:
    """A type with a sentence and these fields."""
    schema = {"type": "object", "properties": fields}
    return Manifest(key="x", family="act", label="X", summary=summary, config_schema=schema)


def test_a_condition_is_told_in_words() -> None:
    """As people would ask it."""
    manifest = manifest_with("If {only}")

    assert summarise(manifest, {"only": {"op": "tagged", "tag": "VIP"}}) != "If …"
    assert "VIP" in summarise(manifest, {"only": {"op": "tagged", "tag": "VIP"}})


def test_choices_and_nodes_are_told_by_their_words() -> None:
    """A value to choose from has words in the schema; a node is called by its name."""
    manifest = manifest_with(
        "{mode} of {node}",
        mode={"x-ui": {"widget": "select", "labels": {"all": "everything"}}},
        node={"x-ui": {"widget": "node"}},
    )

    assert summarise(manifest, {"mode": "all", "node": "n1"}, {"n1": "Launch"}) == "everything of Launch"
    assert summarise(manifest, {"mode": "any", "node": "n2"}) == "any of n2"


def test_values_of_any_kind_can_be_told() -> None:
    """Numbers, yes and no, objects; long texts are cut."""
    manifest = manifest_with("{a} {b} {c} {d.e}")

    assert (
        summarise(manifest, {"a": 1.5, "b": True, "c": {"name": "N"}, "d": {"e": "deep"}}) == "1.5 yes N deep"
    )
    assert len(summarise(manifest, {"a": "x" * 10_000})) < 200


def test_braces_in_a_value_are_only_braces() -> None:
    """A value that looks like a field is not filled."""
    assert summarise(manifest_with("{a}"), {"a": "{b} [c]", "b": "secret"}) == "{b} [c]"
