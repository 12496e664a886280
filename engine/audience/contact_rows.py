"""Rows of a file of contacts: the header, the cells, and what is wrong with them."""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

from engine.audience.profile import COLUMNS, RECOGNISED_BY, Profile, read_profile

_INTEGER = re.compile(r"-?(0|[1-9][0-9]{0,14})")
_DECIMAL = re.compile(r"-?(0|[1-9][0-9]{0,14})\.[0-9]{1,10}")
_FLAGS = {"true": True, "false": False}
_AS_TEXT = ":text"
_DELIMITERS = ",;\t"
_LONGEST_CELL = 10_000
MOST_LINES = 50
"""Lines of one row, at most."""
NOTES = ("wend line", "wend reason")
"""Columns of a file of rows that were left out: where they had stood, and why. They say nothing of anybody."""
_STRAY_QUOTE = "A quote is opened in this line that is not closed behind its cell. Close it, or take it out; within a cell write it twice."


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
            if text and name not in NOTES:
                said[name] = text if plain else typed(text)
        return said

    @property
    def own_names(self) -> tuple[str, ...]:
        """The columns, without notes of an earlier import."""
        return self.own(self.names)

    def own(self, row: Sequence[str]) -> tuple[str, ...]:
        """A row's cells, without notes of an earlier import."""
        if not set(NOTES) & set(self.names):
            return tuple(row)
        noted = {index for index, name in enumerate(self.names) if name in NOTES}
        return tuple(cell for index, cell in enumerate(row) if index not in noted)


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


def is_text(read: str) -> bool:
    """Whether all that was read is text that can be stored: no byte that is not UTF-8 (a surrogate stands for it), no NUL."""
    return "\x00" not in read and (read.isascii() or not any("\udc80" <= sign <= "\udcff" for sign in read))


def read_header(line: str) -> Header:
    """The header, with the delimiter that splits it most. NotAContactFile where it is no text, or no column names a person."""
    if not is_text(line):
        raise NotAContactFile("The file is not text in UTF-8. Save it as CSV in UTF-8.")
    delimiter = max(_DELIMITERS, key=line.count)
    try:
        cells = next(csv.reader([line.lstrip("\ufeff")], delimiter=delimiter, strict=True), [])
    except csv.Error:
        raise NotAContactFile(
            "A quote is opened in the header that is not closed behind its name. Write all names of columns in one line."
        ) from None
    names: list[str] = []
    plain: list[bool] = []
    for number, cell in enumerate(cells, 1):
        name = cell.strip()
        as_text = name.lower().endswith(_AS_TEXT)
        if as_text:
            name = name[: -len(_AS_TEXT)].strip()
        name = name.lower() if name.lower() in COLUMNS else name
        if not name:
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
    """The rows behind the header, which is line 1. A row may span several lines, in quotes: as many as `MOST_LINES`.

    A quote that nobody closes would take all that follows into its cell. The row in which it was opened is told of, and
    reading goes on with the next line of the file.
    """
    source = _Lines(lines)
    reader = csv.reader(source, delimiter=header.delimiter, strict=False)
    seen: dict[str, int] = {}
    while True:
        source.begin()
        try:
            row = next(reader, None)
            fault = source.fault(header, row)
        except _NotClosed:
            row, fault = [], _STRAY_QUOTE
        except csv.Error as error:
            row, fault = [], f"The row cannot be read: {error}. Correct its quotes."
        if fault is not None:
            yield BadRow(source.line, fault, header.own(_plain_cells(source.row[0], header)))
            source.go_back()
            reader = csv.reader(source, delimiter=header.delimiter, strict=False)
        elif row is None:
            return
        elif row:
            yield _read(source.line, row, header, seen)


def _plain_cells(line: str, header: Header) -> list[str]:
    """The cells of a line in which quotes mean nothing; none where they are too long to be read."""
    try:
        return next(csv.reader([line], delimiter=header.delimiter, quoting=csv.QUOTE_NONE), [])
    except csv.Error:
        return []


class _NotClosed(Exception):  # a way out of the reader, no error of anybody's
    """A row asks for another line, and may have none."""


class _Lines:
    """The lines of a file, as the CSV reader asks for them. `row` are those of the present row, which begins in `line`."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines = iter(lines)
        self._again: list[str] = []
        """Lines to be read again, the next one last."""
        self.row: list[str] = []
        self.line = 2

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> str:
        if len(self.row) == MOST_LINES:
            raise _NotClosed
        try:
            line = self._again.pop() if self._again else next(self._lines)
        except StopIteration:
            if self.row:
                raise _NotClosed from None
            raise
        self.row.append(line)
        return line

    def begin(self) -> None:
        """The next row begins."""
        self.line += len(self.row)
        self.row = []

    def go_back(self) -> None:
        """Only the first line of the row was its own."""
        self._again += reversed(self.row[1:])
        self.row = self.row[:1]

    def fault(self, header: Header, row: list[str] | None) -> str | None:
        """Whether the lines of a row hang together by a quote that belongs to none of their cells."""
        if row is None or len(self.row) == 1:
            return None
        if len(row) > len(header.names):
            return _STRAY_QUOTE
        try:
            list(csv.reader(self.row, delimiter=header.delimiter, strict=True))
        except csv.Error:
            return _STRAY_QUOTE
        return None


def _read(line: int, row: list[str], header: Header, seen: dict[str, int]) -> GoodRow | BadRow:
    reason = _unreadable(row, header)
    if reason is not None:
        return BadRow(line, reason, header.own(row))
    profile, problems = read_profile(header.cells(row))
    if problems:
        return BadRow(line, " ".join(map(str, problems)), header.own(row))
    if not profile.names():
        return BadRow(line, "The row names nobody. Fill in external_id, email or phone.", header.own(row))
    external_id = profile.columns.get("external_id")
    if external_id is not None:
        first = seen.setdefault(external_id, line)
        if first != line:
            return BadRow(
                line,
                f'The external_id "{external_id[:40]}" stood in line {first} already. Keep one of the two.',
                header.own(row),
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
        if not is_text(cell):
            return f"{name}: This is not text in UTF-8. Save the file as CSV in UTF-8."
        if len(cell) > _LONGEST_CELL:
            return f"{name}: The cell has more than {_LONGEST_CELL} characters. Shorten it."
    return None
