"""The page for authors, and the front door that it speaks of."""

from __future__ import annotations

import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest

import wend
from nodes.check import Subject
from nodes.check.rules import RULES
from nodes.sdk.ui import WIDGETS

HOUSE = Path(__file__).resolve().parents[3]
PAGE = (HOUSE / "docs/nodes.md").read_text()
CODE = "\n".join(re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL))


@pytest.fixture
def page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """All code on the page, as one module."""
    (tmp_path / "postcards.py").write_text(CODE)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "postcards", raising=False)
    return import_module("postcards")


async def test_the_page_runs_as_it_stands(page: ModuleType) -> None:
    """The node on the page passes the test on the page."""
    await page.test_send_card()


def test_the_node_on_the_page_conforms(page: ModuleType) -> None:
    """The checker finds nothing to say of the example."""
    subject = Subject(page.send_card, Path("postcards/nodes.py"), False)

    assert [str(finding) for rule in RULES for finding in rule(subject)] == []


def test_the_page_names_every_widget() -> None:
    """Whatever `ui(widget=...)` takes is on the page, and nothing else stands in its table."""
    table = PAGE.partition("| widget | for |\n")[2].partition("\n\n")[0]
    named = {name for row in table.splitlines()[1:] for name in re.findall(r"`(\w+)`", row.split("|")[1])}

    assert named == WIDGETS


def test_the_page_imports_only_the_front_door() -> None:
    """What the page tells authors to import is public."""
    imports = [line for line in CODE.splitlines() if re.match(r"(from|import) ", line)]

    assert imports == [
        "from typing import Annotated",
        "from wend import Context, Field, NeedsPerson, Result, TryAgain, Unknown, node, ui",
    ]


def test_the_public_names_are_these() -> None:
    """`wend` has these names, each there, and no others: a change here is a change for every author."""
    assert wend.__all__ == [
        "Context",
        "Field",
        "NeedsPerson",
        "Result",
        "TryAgain",
        "Unknown",
        "node",
        "ui",
    ]
    assert all(hasattr(wend, name) for name in wend.__all__)


def test_the_front_door_is_light() -> None:
    """`import wend` brings in no server, no workflow, no table and no test harness."""
    code = "import sys, wend; print(' '.join(sorted(sys.modules)))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=HOUSE, check=True)
    rooms = {name.split(".")[0] for name in run.stdout.split()}

    assert not rooms & {"api", "workers", "temporalio", "fastapi", "sqlalchemy", "jinja2"}
    assert "nodes.sdk.harness" not in run.stdout.split()
