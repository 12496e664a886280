"""Patches: changes by place, the same on both sides of the API."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from engine.flow.patch import PlaceChange, apply, as_json, difference, misplaced, same

GOLDEN = Path(__file__).parents[3] / "designer" / "golden" / "patches.json"


def test_the_golden_patches_lead_where_they_say() -> None:
    """The file by which the designer's patches are tested is what this side does."""
    cases = json.loads(GOLDEN.read_text())

    assert len(cases) > 30
    for case in cases:
        patch = [PlaceChange.model_validate(one) for one in case["patch"]]
        assert same(apply(case["from"], patch), case["after"])
        assert as_json(difference(case["from"], case["after"])) == case["changes"]


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"kind": "node", "id": "gone", "field": "name", "after": "A"}, '"name" of node "gone"'),
        ({"kind": "settings", "id": "", "after": {}}, "the settings"),
        ({"kind": "flowchart", "id": "", "field": "nodes", "after": {}}, '"nodes" of the flowchart'),
    ],
)
def test_a_change_without_a_place_is_found(change: dict[str, Any], place: str) -> None:
    """A change of a part that is not there, or of what is no place at all, is named in words."""
    found = misplaced({"name": "A", "nodes": {}, "settings": {}}, [PlaceChange.model_validate(change)])

    assert found is not None
    assert found.place == place


def test_a_field_of_a_part_that_the_patch_brings_has_a_place() -> None:
    """Whole parts come first, in whatever order the changes stand."""
    patch = [
        PlaceChange(kind="node", id="n", field="config.within", after="2 days"),
        PlaceChange(kind="node", id="n", after={"type": "delay"}),
    ]

    assert misplaced({"nodes": {}}, patch) is None
    assert apply({"nodes": {}}, patch)["nodes"] == {"n": {"type": "delay", "config": {"within": "2 days"}}}
