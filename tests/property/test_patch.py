"""Patches: changes by place, the same on both sides of the API: on examples that are searched for."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from engine.flow.patch import PlaceChange, apply, as_json, difference, same

JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.sampled_from([0.5, "", "a", "1"]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from("ab"), inner, max_size=2),
    max_leaves=4,
)


PARTS = st.dictionaries(
    st.sampled_from("xyz"),
    st.fixed_dictionaries({}, optional={"type": JSON_VALUES, "config": st.dictionaries(st.sampled_from("ab."), JSON_VALUES)}),
)  # fmt: skip


DOCUMENTS = st.fixed_dictionaries(
    {
        "name": st.sampled_from("AB"), "settings": st.dictionaries(st.sampled_from("ab"), JSON_VALUES), "nodes": PARTS,
        "edges": PARTS, "templates": PARTS, "promotions": PARTS,
    }
)  # fmt: skip


@given(DOCUMENTS, DOCUMENTS)
def test_a_difference_leads_from_one_document_to_the_other(old: dict[str, Any], new: dict[str, Any]) -> None:
    """Whatever two documents hold, the patch between them makes the one from the other and touches neither."""
    kept = json.dumps([old, new])

    patch = difference(old, new)

    made = apply(old, patch)
    # A config without anything in it and none at all do not differ.
    assert same(_without_empty_configs(made), _without_empty_configs(new))
    assert json.dumps([old, new]) == kept
    assert difference(made, new) == []


def _without_empty_configs(document: dict[str, Any]) -> dict[str, Any]:
    nodes = {
        name: {key: value for key, value in node.items() if (key, value) != ("config", {})}
        for name, node in document["nodes"].items()
    }
    return {**document, "nodes": nodes}


@given(DOCUMENTS, DOCUMENTS)
def test_a_patch_survives_the_wire(old: dict[str, Any], new: dict[str, Any]) -> None:
    """As JSON and back a patch is the same, null and missing apart."""
    patch = difference(old, new)

    assert [PlaceChange.model_validate(one) for one in json.loads(json.dumps(as_json(patch)))] == patch
