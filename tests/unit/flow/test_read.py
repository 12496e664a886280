"""Documents made to do harm: they are read, or refused with a diagnostic, in bounded time."""

from typing import Any

import pytest

from engine.flow.compile import check, compile_flowchart
from engine.flow.diagnostic import NotPublishable
from engine.flow.world import EMPTY
from tests.unit.flow.drawing import codes, draw, found, plan_of
from tests.unit.flow.faulty import PLAIN, deep, edited, named
from tests.unit.flow.manifests import CATALOG


@pytest.mark.parametrize(
    "bad", ["__proto__", "../x", "a b", "", "é", "-a", "_a", "~exit:done", "a" * 65, "a\n"]
)
def test_ids_that_mean_something_elsewhere_are_refused(bad: str) -> None:
    """Ids of nodes, connections, templates and promotions are plain words."""
    document = draw(PLAIN)
    document["nodes"][bad] = document["nodes"].pop("mail")
    document["edges"] = {
        bad: {"from": "in", "port": "entered", "to": bad},
        "e2": {"from": bad, "port": "sent", "to": "out"},
    }
    document["templates"][bad] = {"channel": "sms", "text": "x"}
    document["promotions"][bad] = {"name": "x", "discount_percent": 1}

    assert [diagnostic.code for diagnostic in found(document)] == ["bad-id"] * 4


@pytest.mark.parametrize("good", ["a", "A1", "0", "a-b_c", "a" * 64])
def test_ordinary_ids_are_fine(good: str) -> None:
    """Letters, digits, dashes and underscores, up to 64."""
    document = draw(PLAIN)
    document["nodes"][good] = document["nodes"].pop("mail")
    for edge in document["edges"].values():
        edge.update({end: good for end in ("from", "to") if edge[end] == "mail"})

    assert codes(document) == []


def test_names_may_have_any_letters() -> None:
    """Emoji, other scripts and quotes are names like any other."""
    document = named(draw(PLAIN), mail={"name": 'Ciao 🎉 "<b>你好</b>" \u202e{{ 7*7 }}'})

    assert codes(document) == []
    assert plan_of(document).nodes["mail"].label.startswith("Ciao 🎉")


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (deep(40), "nested-too-deeply"),
        (deep(20_000), "nested-too-deeply"),
        ({"a": {"b": float("nan")}}, "not-storable"),
        ({"a": "half \ud83d"}, "not-storable"),
        ({"half \ud83d": 1}, "not-storable"),
        ("nul \x00", "not-storable"),
        ([deep(40), "nul \x00"], "not-storable"),
    ],
)
def test_values_that_cannot_be_stored_are_refused(value: Any, code: str) -> None:
    """They never reach the plan, whose text could not be written."""
    assert codes(draw("in:campaign -> n:note -> out:exit", n={"value": value})) == [code]


def test_a_nul_anywhere_is_refused() -> None:
    """Also in names, notes and templates."""
    for document in (
        named(draw(PLAIN), mail={"name": "a\x00b"}),
        named(draw(PLAIN), mail={"note": "a\x00b"}),
        edited(draw(PLAIN), templates={"launch": {"channel": "email", "subject": "\x00", "text": "T"}}),
        edited(draw(PLAIN), name="\x00"),
    ):
        assert codes(document) == ["not-storable"]


@pytest.mark.parametrize(
    "document", [[], None, "x", 3, {"nodes": 3}, {"nodes": {"a": 3}}, {"schema": [], "nodes": {}}]
)
def test_what_is_no_document_is_said_to_be_none(document: Any) -> None:
    """Any JSON gets a diagnostic with a next step."""
    (diagnostic,) = check(document, CATALOG, EMPTY)

    assert diagnostic.code in ("document-unreadable", "document-not-upgraded")
    with pytest.raises(NotPublishable):
        compile_flowchart(document, CATALOG, EMPTY)


def test_a_fault_in_the_document_names_its_place() -> None:
    """The node, the edge or the field that cannot be read."""
    document = draw(PLAIN)
    document["nodes"]["mail"]["typ"] = "x"
    document["edges"]["e1"]["from"] = 3

    said = [(one.code, one.node, one.edge, one.field) for one in found(document)]

    assert said == [
        ("document-unreadable", "mail", None, "typ"),
        ("document-unreadable", None, "e1", "from"),
    ]


def test_an_enormous_text_does_not_come_back() -> None:
    """A diagnostic about a value of a megabyte is still a line."""
    for document in (
        draw(PLAIN, mail={"template": "x" * 1_000_000}),
        draw("in:campaign -> d:delay -> out:exit", d={"for": "x" * 1_000_000}),
        named(draw(PLAIN), mail={"type": "y" * 1_000_000}),
        edited(draw(PLAIN), settings={"timezone": "z" * 1_000_000}),
    ):
        said = found(document)

        assert said
        assert all(len(str(one)) < 1_000 for one in said)
