"""How the compiler is put together."""

import ast
import inspect
from importlib import import_module
from pathlib import Path

import pytest

from engine.flow import checks
from engine.flow.compile import check, compile_flowchart
from engine.flow.manifest import Catalog, Manifest, Port
from engine.flow.world import EMPTY
from tests.unit.flow.drawing import draw


def test_the_compiler_only_calls_phases() -> None:
    """Joining the phases is short: what happens is in the phases."""
    for function in (compile_flowchart, check):
        assert len(inspect.getsource(function).splitlines()) < 25


def test_every_rule_is_listed() -> None:
    """A file in the folder of checks is a rule that runs."""
    folder = Path(checks.__file__).parent
    modules = [path.stem for path in folder.glob("*.py") if path.stem != "__init__"]

    assert {import_module(f"engine.flow.checks.{name}").check for name in modules} == set(checks.RULES)


def test_every_text_is_used_by_one_rule() -> None:
    """A code of the table is given in one place of the code."""
    from engine.flow.messages import MESSAGES

    folder = Path(checks.__file__).parent.parent
    texts = [
        node.value
        for path in [*folder.glob("*.py"), *folder.glob("checks/*.py")]
        if path.name != "messages.py"
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Constant)
    ]

    assert [code for code in MESSAGES if code not in texts] == []


def test_an_empty_world_and_catalog_are_enough() -> None:
    """The compiler needs nothing from outside to say what is missing."""
    document = draw("in:campaign -> mail:send_email -> out:exit")

    assert {one.code for one in check(document, Catalog([]), EMPTY)} == {"unknown-type"}


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ({"operation": "rest", "key": "acme.rest"}, "Set lowering to one of delay, wait_until"),
        ({"operation": "rest", "key": "delay"}, "lacks the ports"),
        ({"operation": "ask", "lowering": "delay", "key": "x"}, "do not go together"),
        (
            {"operation": "draw", "key": "x", "ports_from": "branches"},
            'Set ports_from to "arms"',
        ),
    ],
)
def test_a_manifest_that_cannot_be_lowered_is_refused(parts: dict[str, str], words: str) -> None:
    """Whoever describes a type to the engine learns at once what the engine misses."""
    with pytest.raises(ValueError, match=words):
        Manifest.model_validate({"family": "control", "label": "X", **parts})


def test_a_manifest_needs_no_lowering_where_there_is_no_choice() -> None:
    """The operation or the key says it."""
    done = (Port(key="done", label="Done"),)

    assert (
        Manifest(key="delay", family="control", operation="rest", label="D", ports=done).lowering == "delay"
    )
    assert (
        Manifest(key="acme.meet", family="control", operation="merge", label="M", ports=done).lowering
        == "merge"
    )
    assert Manifest(key="acme.do", family="act", label="A").lowering == "act"
