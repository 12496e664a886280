"""The rules of the house that a program can read: sizes, names, READMEs, tests, lock files, decisions."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

HOUSE = Path(__file__).resolve().parents[2]
ROOMS = ("engine", "nodes", "workers", "api", "wend")
FOLDERS = (*ROOMS, "tests", "scripts", "examples", "designer/src")
CODE = {".py", ".ts", ".tsx"}
LINES_OF_A_FILE = 500
GENERATED = {"generated", "node_modules", "migrations", "dist", "schema.d.ts"}
LINES_OF_A_PAGE = 60
EMPTY_NAMES = {"utils", "util", "helpers", "helper", "common", "misc", "manager"}
DECISIONS = sorted((HOUSE / "docs/decisions").glob("*.md"))
# The sign of an address in each lock file; package-lock.json also has the home pages of who made a package.
ADDRESS = {
    "requirements.lock": r"^.*://.*|^--.*",
    "requirements-dev.lock": r"^.*://.*|^--.*",
    "requirements-node.lock": r"^.*://.*|^--.*",
    "designer/package-lock.json": r'"resolved": "http.*',
}
LOCKS = [name for name in ADDRESS if (HOUSE / name).exists()]


def code_files() -> Iterator[Path]:
    """Every source file of the house, generated ones left out."""
    for folder in FOLDERS:
        for path in sorted((HOUSE / folder).rglob("*")):
            made = GENERATED & set(path.relative_to(HOUSE).parts)
            if path.suffix in CODE and not made:
                yield path


def texts_of_tests() -> Iterator[tuple[Path, str]]:
    """Every Python file under tests/, with its text."""
    for path in code_files():
        if path.is_relative_to(HOUSE / "tests") and path.suffix == ".py":
            yield path, path.read_text()


def named(path: Path) -> str:
    """A path as a reader of a failure wants it."""
    return path.relative_to(HOUSE).as_posix()


def page(path: Path) -> list[str]:
    """The lines of a README or decision, which must be there."""
    assert path.exists(), f"{named(path)} is missing. Write a page: what it is about and what it rules out."
    return path.read_text().splitlines()


def may_import() -> dict[str, set[str]]:
    """What each room may import, as the layers contract in pyproject.toml has it."""
    project = tomllib.loads((HOUSE / "pyproject.toml").read_text())
    contracts = project["tool"]["importlinter"]["contracts"]
    layers = next(c["layers"] for c in contracts if c["type"] == "layers" and "containers" not in c)
    rooms = [[room.strip() for room in layer.split("|")] for layer in layers]
    return {
        room: {below for layer in rooms[at + 1 :] for below in layer}
        for at, row in enumerate(rooms)
        for room in row
    }


def test_no_file_is_longer_than_the_limit() -> None:
    """A source file has fewer than 500 lines."""
    long = {
        named(path): n
        for path in code_files()
        if (n := len(path.read_text().splitlines())) >= LINES_OF_A_FILE
    }

    assert not long, f"Too long: {long}. Split each by subject."


def test_no_file_or_folder_has_a_name_that_says_nothing() -> None:
    """Nothing is called utils, helpers, common, misc or manager."""
    empty = [
        named(path)
        for path in code_files()
        if EMPTY_NAMES & {part.split(".")[0] for part in path.relative_to(HOUSE).parts}
    ]

    assert not empty, f"Names that say nothing: {empty}. Name each after what it does."


@pytest.mark.parametrize("room", ROOMS)
def test_the_readme_of_a_room_agrees_with_the_import_contract(room: str) -> None:
    """A room's README is a page, and its line `May import:` names exactly the rooms that the contract allows."""
    lines = page(HOUSE / room / "README.md")
    stated = [line.partition(":")[2] for line in lines if line.startswith("May import:")]

    assert len(lines) < LINES_OF_A_PAGE
    assert len(stated) == 1, f"{room}/README.md needs one line `May import: ...`."
    assert {word for word in re.findall(r"\w+", stated[0]) if word in ROOMS} == may_import()[room]


def test_every_test_states_its_rule() -> None:
    """A test function has a docstring: one sentence that says what must hold."""
    silent = [
        f"{named(path)}: {item.name}"
        for path, text in texts_of_tests()
        if path.name.startswith("test_") and path != Path(__file__)
        for item in ast.walk(ast.parse(text))
        if isinstance(item, ast.FunctionDef | ast.AsyncFunctionDef)
        and item.name.startswith("test_")
        and not ast.get_docstring(item)
    ]

    assert not silent, f"Tests without a rule: {silent}. Add a docstring of one sentence to each."


@pytest.mark.parametrize(
    ("pattern", "instead"),
    [
        (r"(?<![\w.])time\.sleep\(", "Wait for the thing itself, or skip time on the time-skipping server."),
        (r"mark\.(skip|skipif|xfail)\b|pytest\.(skip|xfail|importorskip)\(", "Make it run, or remove it."),
        (r"\b(unittest\.mock|MagicMock)\b", "Use the real part, or a named double."),
    ],
)
def test_no_test_sleeps_or_is_left_out_or_mocks(pattern: str, instead: str) -> None:
    """Tests do not sleep, are not skipped, and use real parts."""
    found = [
        named(path) for path, text in texts_of_tests() if path != Path(__file__) and re.search(pattern, text)
    ]

    assert not found, f"{pattern} in {found}. {instead}"


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_file_names_no_place_to_download_from(lock: str) -> None:
    """A lock file has hashes and no address, so that it serves behind any mirror."""
    addresses = re.findall(ADDRESS[lock], (HOUSE / lock).read_text(), re.MULTILINE)

    assert not addresses, f"{lock} names a source: {addresses[:3]}. Write it again with `make lock`."


@pytest.mark.parametrize("listed", ["requirements.in", "requirements-dev.in", "requirements-node.in"])
def test_a_lock_file_holds_what_is_asked_for(listed: str) -> None:
    """Every package that a requirements file names stands in its lock, at the version it names."""
    lock = (HOUSE / listed).with_suffix(".lock").read_text()
    asked = re.findall(
        r"^([a-z][\w-]*)(?:\[\w+\])?(?:==([\w.]+))?", (HOUSE / listed).read_text(), re.MULTILINE
    )
    locked = dict(re.findall(r"^([a-z][\w-]*)(?:\[\w+\])?==([\w.]+)", lock, re.MULTILINE))
    stale = [name for name, version in asked if name not in locked or version not in ("", locked[name])]

    assert asked
    assert not stale, f"{listed} has moved on: {stale}. Run `make lock`."


@pytest.mark.parametrize("decision", DECISIONS, ids=lambda path: path.stem)
def test_a_decision_says_why_and_what_holds_it(decision: Path) -> None:
    """A decision is one page with four headings, and the file that enforces it exists."""
    lines = page(decision)
    headings = [line.removeprefix("## ") for line in lines if line.startswith("## ")]
    enforced = decision.read_text().partition("## Enforced by")[2]
    named_files = [token.split("::")[0] for token in re.findall(r"`([^`\s]+)`", enforced)]
    missing = [name for name in named_files if "/" in name and not list(HOUSE.glob(name))]

    assert len(lines) < LINES_OF_A_PAGE
    assert headings == ["Context", "Decision", "Consequences", "Enforced by"]
    assert any((HOUSE / name).is_file() for name in named_files), "Name the enforcing file in backticks."
    assert not missing, f"{named(decision)} names files that are not there: {missing}."


def test_there_are_decisions() -> None:
    """The folder of decisions is where this test looks for it."""
    assert DECISIONS
