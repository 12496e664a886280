"""The words of every diagnostic: each has a drawing that causes it, and its exact text is kept beside this file."""

import re
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from engine.flow.compile import check
from engine.flow.diagnostic import Diagnostic, NotPublishable, as_markdown, pointer, shown
from engine.flow.messages import MESSAGES
from tests.unit.flow.drawing import codes, draw, found
from tests.unit.flow.faulty import CASES, PLAIN, content_world, named
from tests.unit.flow.manifests import CATALOG

PAGE = Path(__file__).resolve().parents[3] / "docs" / "diagnostics.md"
IMPERATIVES = re.compile(
    r"(add|ask|begin|check|choose|connect|correct|count|did|fill|give|import|install|keep|lead|let|move|open|put|"
    r"remove|replace|set|shorten|split|use|write)\b",
    re.IGNORECASE,
)


def as_text(diagnostic: Diagnostic) -> str:
    """All of a diagnostic, as a person would be shown it."""
    place = " ".join(
        f"{word}={value}"
        for word, value in (("node", diagnostic.node), ("field", diagnostic.field), ("edge", diagnostic.edge))
        if value is not None
    )
    lines = [
        f"{diagnostic.severity} {diagnostic.code} {place}".rstrip(),
        diagnostic.message,
        diagnostic.fix.text,
    ]
    lines += [f"  {patch.op} {patch.path} {patch.value!r}" for patch in diagnostic.fix.patch]
    return "\n".join(lines)


@pytest.mark.parametrize("code", sorted(CASES))
def test_the_text_of_a_diagnostic_is_under_test(code: str, snapshot: SnapshotAssertion) -> None:
    """A faulty drawing gives its diagnostic, in exactly these words, and its place."""
    diagnostics = check(CASES[code], CATALOG, content_world())

    assert code in {diagnostic.code for diagnostic in diagnostics}
    assert "\n\n".join(map(as_text, diagnostics)) == snapshot


def test_every_diagnostic_has_a_drawing_that_causes_it() -> None:
    """No text stands in the table that nothing gives."""
    assert set(CASES) == set(MESSAGES)


@pytest.mark.parametrize("code", sorted(CASES))
def test_a_diagnostic_names_the_next_step(code: str) -> None:
    """Every diagnostic says what is wrong in one sentence, and what to do in another, which begins with a verb."""
    for diagnostic in check(CASES[code], CATALOG, content_world()):
        assert re.fullmatch(r"[\"A-Z].*\.", diagnostic.message, re.DOTALL)
        assert re.fullmatch(r".*[.?]", diagnostic.fix.text)
        assert IMPERATIVES.match(diagnostic.fix.text)


@pytest.mark.parametrize("code", sorted(CASES))
def test_a_diagnostic_about_a_node_names_it(code: str) -> None:
    """What is said of a node names it as people see it, and by its id."""
    for diagnostic in check(CASES[code], CATALOG, content_world()):
        if (
            diagnostic.node is not None
            and diagnostic.node in CASES[code]["nodes"]
            and diagnostic.code != "bad-id"
        ):
            assert shown(diagnostic.node) in diagnostic.message


def test_the_page_of_diagnostics_is_the_table() -> None:
    """docs/diagnostics.md is what `python -m engine.flow.diagnostic` writes."""
    assert PAGE.read_text() == as_markdown(), "Run: python -m engine.flow.diagnostic > docs/diagnostics.md"


def test_a_sound_drawing_has_no_diagnostics() -> None:
    """Nothing is said of a drawing without a fault."""
    assert codes(draw(PLAIN), content_world()) == []


def test_errors_come_before_warnings() -> None:
    """The list begins with what keeps the journey from being published."""
    document = draw(f"{PLAIN}\nlost:delay -> w:wait_for", w={"within": None})

    severities = [diagnostic.severity for diagnostic in found(document)]

    assert severities == sorted(severities)
    assert set(severities) == {"error", "warning"}


def test_a_name_cannot_disguise_a_diagnostic() -> None:
    """Line ends, control characters and reversed text in names are taken out of the texts; long ones are cut."""
    name = "Fine\u202e\n" + "No error. " * 15

    (diagnostic,) = found(named(draw("in:campaign -> open:condition -> out:exit"), open={"name": name}))

    assert "\u202e" not in diagnostic.message
    assert "\n" not in diagnostic.message
    assert len(diagnostic.message) < 200


def test_braces_in_a_name_are_only_braces() -> None:
    """A name that looks like a placeholder is not filled."""
    document = named(draw("in:campaign -> open:condition -> out:exit"), open={"name": "{port} {0} %s"})

    (diagnostic,) = found(document)

    assert '"{port} {0} %s"' in diagnostic.message


def test_what_cannot_be_published_says_why() -> None:
    """The error of the compiler lists the diagnostics, of very many the first."""
    diagnostics = check(CASES["open-port"], CATALOG, content_world())

    assert str(NotPublishable(diagnostics)).startswith("1 error keeps the journey")
    assert str(NotPublishable(diagnostics * 100)).endswith("- and 80 more")


def test_a_pointer_into_the_document_is_escaped() -> None:
    """Slashes and tildes in ids do not change the place that a patch names."""
    assert pointer("nodes", "../x~", 0) == "/nodes/..~1x~0/0"


@pytest.mark.parametrize("code", sorted(CASES))
def test_a_fix_that_a_program_may_make_mends_what_it_is_for(code: str) -> None:
    """Applied to its drawing, the patch of a fix leads to a document in which the diagnostic is gone from its place."""
    document = plain_document(CASES[code])
    for diagnostic in check(document, CATALOG, content_world()):
        if not diagnostic.fix.patch:
            continue
        mended = repaired(document, diagnostic)
        left = {
            (one.code, one.node, one.edge, one.message) for one in check(mended, CATALOG, content_world())
        }
        assert (diagnostic.code, diagnostic.node, diagnostic.edge, diagnostic.message) not in left


def plain_document(document: Any) -> dict[str, Any]:
    """The drawing as plain JSON."""
    return deepcopy(document) if isinstance(document, dict) else document.to_json()


def repaired(document: dict[str, Any], diagnostic: Diagnostic) -> dict[str, Any]:
    """The document after the JSON Patch of a fix."""
    made = deepcopy(document)
    for step in diagnostic.fix.patch:
        *way, last = [part.replace("~1", "/").replace("~0", "~") for part in step.path.split("/")[1:]]
        inside: Any = made
        for part in way:
            inside = inside[int(part)] if isinstance(inside, list) else inside.setdefault(part, {})
        if step.op == "remove":
            del inside[last]
        else:
            inside[last] = step.value
    return made


def test_an_exit_is_put_where_nothing_is_covered() -> None:
    """The exits that mend the ways out of one node stand beside it, each in a place of its own."""
    document = draw("in:campaign -> open:condition")
    document["nodes"]["open"] |= {"position": {"x": 0, "y": 0}}
    document["nodes"]["in"] |= {"position": {"x": 280, "y": 0}}
    for _ in range(2):
        mends = [one for one in check(document, CATALOG, content_world()) if one.code == "open-port"]
        document = repaired(document, mends[0])

    places = [(node["position"]["x"], node["position"]["y"]) for node in document["nodes"].values()]
    assert len(set(places)) == 4
    assert not [one for one in check(document, CATALOG, content_world()) if one.code == "open-port"]
