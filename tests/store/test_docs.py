"""The documentation is true: its Python blocks run, on an empty database, and give what the page says."""

import doctest
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from engine.journey.time import instant, iso
from engine.store.database import Database
from engine.store.tables import METADATA
from workers.assembly import prepare

HOUSE = Path(__file__).resolve().parents[2]
_BLOCK = re.compile(r"^```pycon\n(.*?)^```", re.MULTILINE | re.DOTALL)
PAGES = [
    page for page in sorted(HOUSE.glob("docs/**/*.md")) if _BLOCK.search(page.read_text(encoding="utf-8"))
]


def session(text: str) -> str:
    """The blocks of a page as one session, each line where it stands in the page."""
    lines = ["\n"] * (text.count("\n") + 1)
    for block in _BLOCK.finditer(text):
        first = text.count("\n", 0, block.start(1))
        for place, line in enumerate(block.group(1).splitlines(keepends=True)):
            lines[first + place] = line
    return "".join(lines)


def at(time: str, day: int = 3) -> int:
    """A time of day in March 2025, UTC, as an instant."""
    return instant(f"2025-03-{day:02}T{time}:00Z")


def shown(column: str, value: Any) -> str:
    """A value as the pages print it."""
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return iso(value) if column.endswith("_at") else str(value)


def readers(database: Database) -> tuple[Callable[..., None], Callable[..., list[Any]]]:
    """`rows` prints columns of a table in the order of its key; `values` gives them, of rows with these values."""

    def values(table: str, *columns: str, **where: object) -> list[Any]:
        found = METADATA.tables[table]
        statement = select(*(found.c[name] for name in columns)).order_by(*found.primary_key)
        statement = statement.where(*(found.c[name] == value for name, value in where.items()))
        with database.read() as connection:
            read = [tuple(row) for row in connection.execute(statement)]
        return [row[0] for row in read] if len(columns) == 1 else read

    def rows(table: str, *columns: str) -> None:
        read = [row if isinstance(row, tuple) else (row,) for row in values(table, *columns)]
        lines = [[shown(*cell) for cell in zip(columns, row, strict=True)] for row in read]
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        for line in lines:
            print("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())  # noqa: T201 - a page shows it
        if not lines:
            print("nothing")  # noqa: T201 - a page shows it

    return rows, values


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_blocks_of_a_page_give_what_it_says(
    page: Path, sqlite: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever types a page in sees what it shows."""
    monkeypatch.chdir(HOUSE)
    rows, values = readers(sqlite)
    names = {"database": sqlite, "rows": rows, "values": values, "at": at}
    text = session(page.read_text(encoding="utf-8"))
    test = doctest.DocTestParser().get_doctest(text, names, page.name, str(page), 0)
    report: list[str] = []

    doctest.DocTestRunner(optionflags=doctest.REPORT_NDIFF).run(test, out=report.append)

    assert test.examples
    assert "".join(report) == ""


def test_a_page_that_tells_untruths_fails(sqlite: Database) -> None:
    """The runner sees what differs: it is no page that passes whatever it says."""
    prepare(sqlite)
    rows, _ = readers(sqlite)
    text = session('# A page\n\n```pycon\n>>> rows("account", "name")\nnobody\n\n```\n')
    test = doctest.DocTestParser().get_doctest(text, {"rows": rows}, "page", "page.md", 0)
    report: list[str] = []

    doctest.DocTestRunner().run(test, out=report.append)

    assert "line 4" in "".join(report)
    assert "sandbox-email" in "".join(report)


_LINK = re.compile(r"\]\((?!https?://|#|mailto:)([^)#\s]+)")
_PATH = re.compile(r"`((?:api|docs|engine|examples|nodes|scripts|tests|wend|workers)/[\w/.-]+)`")
_MARKDOWN = sorted(
    page
    for page in HOUSE.rglob("*.md")
    if not {"node_modules", ".venv"} & set(page.parts) and page.relative_to(HOUSE).parts[0][0] != "."
)


@pytest.mark.parametrize("page", _MARKDOWN, ids=lambda page: page.relative_to(HOUSE).as_posix())
def test_what_a_page_points_to_is_there(page: Path) -> None:
    """A link, and a path that is named, lead to a file or folder of the house."""
    text = page.read_text(encoding="utf-8")

    missing = [link for link in _LINK.findall(text) if not (page.parent / link).exists()]
    missing += [path for path in _PATH.findall(text) if not (HOUSE / path).exists()]

    assert missing == []


WORDS = """journey flowchart node port contact visitor event segment campaign promotion coupon result plan enrolment strand
rest leg cohort admission parked ledger rehearsal instant bucket fence visit scope lane sweep"""
_DEFINED = re.compile(r"\*\*([A-Za-z, ]+)\*\*")


@pytest.mark.parametrize("word", ["send key", *WORDS.split()])
def test_a_word_has_one_meaning(word: str) -> None:
    """The glossary says once what each word of the house means."""
    text = (HOUSE / "docs" / "glossary.md").read_text(encoding="utf-8")

    assert [term.lower() for term in _DEFINED.findall(text)].count(word) == 1
