"""Older shapes of the document."""

import copy
from typing import Any

import pytest

from engine.flow.compile import check
from engine.flow.document import SCHEMA, Flowchart
from engine.flow.upgrade import UPGRADES, NotUpgraded, upgrade
from tests.unit.flow.drawing import a_world, plan_of
from tests.unit.flow.manifests import CATALOG

OLD: dict[str, Any] = {
    "name": "Old",
    "nodes": [
        {"id": "in", "type": "campaign"},
        {"id": "mail", "type": "send_email", "config": {"template": "launch"}},
        {"id": "open", "type": "engagement", "config": {"message": "mail", "within": {"days": 2}}},
        {"id": "rest", "type": "delay", "config": {"for": {"days": 1, "hours": 12}}},
        {"id": "out", "type": "exit", "config": {"result": "done"}},
    ],
    "edges": [
        {"source": "in", "port": "entered", "target": "mail"},
        {"id": "second", "source": "mail", "port": "sent", "target": "open"},
        {"source": "open", "port": "yes", "target": "out"},
        {"source": "open", "port": "no", "target": "rest"},
        {"source": "rest", "target": "out"},
    ],
    "settings": {"limit": {"weeks": 1}},
    "templates": {"launch": {"channel": "email", "subject": "S", "text": "T"}},
}


def test_the_oldest_shape_is_brought_to_the_newest() -> None:
    """Lists become maps by id, source and target become from and to, durations become texts."""
    new = upgrade(OLD)

    assert new["schema"] == SCHEMA
    assert new["nodes"]["open"] == {"type": "engagement", "config": {"message": "mail", "within": "2 days"}}
    assert new["nodes"]["rest"]["config"]["for"] == "36 hours"
    assert new["settings"]["limit"] == "1 week"
    assert new["edges"]["second"] == {"from": "mail", "port": "sent", "to": "open"}
    assert new["edges"]["e5"] == {"from": "rest", "port": "done", "to": "out"}


def test_an_upgraded_document_can_be_published() -> None:
    """What was drawn in the oldest shape still compiles."""
    assert plan_of(OLD).order == ("in", "mail", "open", "rest", "out")


def test_the_document_given_stays_as_it_is() -> None:
    """An upgrade makes a new document."""
    before = copy.deepcopy(OLD)

    upgrade(OLD)

    assert before == OLD


def test_a_document_of_the_newest_shape_stays_the_same() -> None:
    """Upgrading twice is as good as once; a document without a number is of the newest shape."""
    new = upgrade(OLD)

    assert upgrade(new) == new
    assert upgrade({"nodes": {}}) == {"nodes": {}}
    assert Flowchart.model_validate(upgrade({"nodes": {}})).schema_ == SCHEMA


def test_there_is_one_function_a_version() -> None:
    """From each older shape one step leads on."""
    assert sorted(UPGRADES) == list(range(SCHEMA))


@pytest.mark.parametrize(
    ("document", "wrong"),
    [
        ({"schema": SCHEMA + 6}, "The document has schema 7, but this version of Wend reads schemas 0 to 1."),
        ({"schema": "1"}, "The document's schema is no number from 0 to 1."),
        ({"schema": True}, "The document's schema is no number from 0 to 1."),
        ({"schema": 0, "nodes": {}}, "The nodes of a document with schema 0 are not a list of objects."),
        ({"nodes": [{"type": "exit"}]}, "The node number 1 has no id."),
        ({"nodes": [{"id": "a"}, {"id": "a"}]}, 'Two nodes have the id "a".'),
        ({"nodes": [], "edges": [{"id": "e"}, {"id": "e"}]}, 'Two edges have the id "e".'),
    ],
)
def test_what_cannot_be_upgraded_says_why(document: dict[str, Any], wrong: str) -> None:
    """An unknown or damaged shape is refused with a next step, and is a diagnostic for the checks."""
    with pytest.raises(NotUpgraded) as refused:
        upgrade(document)

    assert refused.value.wrong == wrong
    assert str(refused.value) == f"{wrong} {refused.value.step}"
    (diagnostic,) = check(document, CATALOG, a_world())
    assert (diagnostic.code, diagnostic.message) == ("document-not-upgraded", wrong)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"days": 2}, "2 days"),
        ({"months": 1}, "1 month"),
        ({"hours": 1, "minutes": 30}, "90 minutes"),
        ({"days": "2"}, {"days": "2"}),
        ({"days": 2, "label": "x"}, {"days": 2, "label": "x"}),
        ({"months": 1, "days": 2}, {"months": 1, "days": 2}),
        ({"days": -1}, {"days": -1}),
        ({"list": [{"seconds": 5}]}, {"list": ["5 seconds"]}),
    ],
)
def test_only_durations_are_taken_for_durations(value: Any, expected: Any) -> None:
    """An object that only looks like one stays, for the checks to judge."""
    document = upgrade({"nodes": [{"id": "n", "type": "x", "config": {"value": value}}]})

    assert document["nodes"]["n"]["config"]["value"] == expected


@pytest.mark.parametrize("config", [{"set": {"days": 30}}, {"set": {"trial": {"days": 30}}}, {"days": 30}])
def test_data_that_looks_like_a_duration_stays(config: dict[str, Any]) -> None:
    """What is written into a profile is not a length of time, nor is a config with a field of such a name."""
    document = upgrade({"nodes": [{"id": "n", "type": "update_contact", "config": config}]})

    assert document["nodes"]["n"]["config"] == config
