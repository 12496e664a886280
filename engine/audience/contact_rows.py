"""Rows of a file of contacts: the header, the cells, and what is wrong with them."""

import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from engine.audience.profile import COLUMNS, RECOGNISED_BY, Profile, read_profile

_INTEGER = re.compile(r"-?(0|[1-9][0-9]{0,14})")
_DECIMAL = re.compile(r"-?(0|[1-9][0-9]{0,14})\.[0-9]{1,10}")
_FLAGS = {"true": True, "false": False}
_AS_TEXT = ":text"
_DELIMITERS = ",;\t"
_LONGEST_CELL = 10_000


class NotAContactFile(ValueError):
    """The file cannot be read as contacts at all. Its text says why, and what to do."""


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that was left out. `line` is where it begins in the file; the reason says what to do. `cells` are what stood
    there, where it could be read at all."""

    line: int
    reason: str
    cells: tuple[str, ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class GoodRow:
    """A row that says something of a contact."""

    line: int
    profile: Profile


@dataclass(frozen=True, slots=True)
class Header:
    """The columns, in order: their names, and whether an attribute stays text whatever it looks like."""

    names: tuple[str, ...]
    plain: tuple[bool, ...]
    delimiter: str

    def cells(self, row: list[str]) -> dict[str, Any]:
        """What a row says, by column. An empty cell says nothing."""
        said: dict[str, Any] = {}
        for name, plain, cell in zip(self.names, self.plain, row, strict=False):
            text = cell.strip()
            if text:
                said[name] = text if plain else typed(text)
        return said


def typed(text: str) -> Any:
    """A cell as a JSON value: a number or true or false where it can be nothing else, else text.

    What begins with 0 or +, or has more than 15 digits, is a code and no number, and stays text.
    """
    if text[0] in "-0123456789":
        if _INTEGER.fullmatch(text):
            return int(text)
        if _DECIMAL.fullmatch(text):
            return float(text)
    return _FLAGS.get(text.lower(), text)


def read_header(line: str) -> Header:
    """The header, with the delimiter that splits it most. NotAContactFile where no column names a person."""
    delimiter = max(_DELIMITERS, key=line.count)
    cells = next(csv.reader([line.lstrip("\ufeff")], delimiter=delimiter), [])
    names: list[str] = []
    plain: list[bool] = []
    for number, cell in enumerate(cells, 1):
        name = cell.strip()
        as_text = name.lower().endswith(_AS_TEXT)
        if as_text:
            name = name[: -len(_AS_TEXT)].strip()
        name = name.lower() if name.lower() in COLUMNS else name
        if not name or "\x00" in name:
            raise NotAContactFile(f"Column {number} of the header has no name. Name it, or remove it.")
        if name in names:
            raise NotAContactFile(
                f'The column "{name[:60]}" stands twice in the header. Rename one of the two.'
            )
        names.append(name)
        plain.append(as_text or name in COLUMNS)
    if not set(names) & set(RECOGNISED_BY):
        raise NotAContactFile(
            "No column of the header names a person. Call one of them external_id, email or phone."
        )
    return Header(tuple(names), tuple(plain), delimiter)


def read_rows(lines: Iterable[str], header: Header) -> Iterator[GoodRow | BadRow]:
    """The rows behind the header, which is line 1. A row may span several lines, in quotes."""
    reader = csv.reader(lines, delimiter=header.delimiter, strict=False)
    seen: dict[str, int] = {}
    line = 2
    while True:
        try:
            row = next(reader, None)
        except csv.Error as error:
            yield BadRow(line, f"The row cannot be read: {error}. Correct its quotes.")
            line = reader.line_num + 2
            continue
        if row is None:
            return
        if row:
            yield _read(line, row, header, seen)
        line = reader.line_num + 2


def _read(line: int, row: list[str], header: Header, seen: dict[str, int]) -> GoodRow | BadRow:
    reason = _unreadable(row, header)
    if reason is not None:
        return BadRow(line, reason, tuple(row))
    profile, problems = read_profile(header.cells(row))
    if problems:
        return BadRow(line, " ".join(map(str, problems)), tuple(row))
    if not profile.names():
        return BadRow(line, "The row names nobody. Fill in external_id, email or phone.", tuple(row))
    external_id = profile.columns.get("external_id")
    if external_id is not None:
        first = seen.setdefault(external_id, line)
        if first != line:
            return BadRow(
                line,
                f'The external_id "{external_id[:40]}" stood in line {first} already. Keep one of the two.',
                tuple(row),
            )
    return GoodRow(line, profile)


def _unreadable(row: list[str], header: Header) -> str | None:
    if len(row) > len(header.names):
        return (
            f"The row has {len(row)} cells, and the header {len(header.names)}. "
            "Put quotes around a cell that holds the delimiter."
        )
    whole = "".join(row)
    if whole.isascii() and "\x00" not in whole and len(whole) <= _LONGEST_CELL:
        return None
    for name, cell in zip(header.names, row, strict=False):
        if "\x00" in cell or (not cell.isascii() and any("\udc80" <= sign <= "\udcff" for sign in cell)):
            return f"{name}: This is not text in UTF-8. Save the file as CSV in UTF-8."
        if len(cell) > _LONGEST_CELL:
            return f"{name}: The cell has more than {_LONGEST_CELL} characters. Shorten it."
    return None
