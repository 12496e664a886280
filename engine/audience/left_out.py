"""Rows that an import left out, as a CSV file to mend and import again: their own columns, then the line and the reason,
which an import passes over."""

from collections.abc import Sequence

from engine.audience.contact_rows import NOTES, BadRow

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def left_out_header(columns: Sequence[str]) -> list[str]:
    """The first row, over the columns of the file that was imported."""
    return [*map(harmless, columns), *NOTES]


def left_out_cells(columns: Sequence[str], row: BadRow) -> list[str]:
    """A row that was left out."""
    cells = [*row.cells, *[""] * (len(columns) - len(row.cells))]
    return [*map(harmless, cells), str(row.line), harmless(row.reason)]


def harmless(cell: str) -> str:
    """A cell that a spreadsheet does not take for a formula, in letters that can be written. A phone number stays one."""
    is_number = cell[1:].replace(" ", "").isdecimal()
    clean = cell.encode("utf-8", "replace").decode()
    return f"'{clean}" if cell.startswith(_FORMULA) and not is_number else clean
