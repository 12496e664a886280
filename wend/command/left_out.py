"""The rows of a file of contacts that could not be taken: told of, and kept beside the file to be mended."""

import csv
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self, TextIO

from engine.audience.contact_import import BadRow, ImportReport
from engine.audience.left_out import left_out_cells, left_out_header
from wend.command.screen import Screen

_SHOWN = 20


class LeftOutFile:
    """All bad rows of one import, as a CSV file beside it; no file where there is none."""

    def __init__(self, imported: Path) -> None:
        self.path = imported.with_name(f"{imported.stem}.left-out.csv")
        self.problem = ""
        self._file: TextIO | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file is not None:
            self._file.close()

    def take(self, columns: Sequence[str], rows: Sequence[BadRow]) -> None:
        """Write bad rows down. A folder that cannot be written to does not hold up the import."""
        if self.problem:
            return
        try:
            begun = self._file is not None
            file = self._file = self._file or self.path.open("w", encoding="utf-8", newline="")
            writer = csv.writer(file)
            if not begun:
                writer.writerow(left_out_header(columns))
            writer.writerows(left_out_cells(columns, row) for row in rows)
        except OSError as error:
            self.problem = error.strerror or str(error)

    def tell(self, screen: Screen, report: ImportReport) -> None:
        """Print the first bad rows, how many there are, and where all of them stand."""
        for row in report.bad_rows[:_SHOWN]:
            screen.say((f"line {row.line}", "yellow"), f": {row.reason}")
        if report.rejected > _SHOWN:
            screen.say(f"... and {report.rejected - _SHOWN:,} further rows")
        if not report.rejected:
            return
        if self.problem:
            screen.say(
                f"They could not be written to {self.path} ({self.problem}). "
                "Put the file into a folder that can be written to, and import it again to have them all."
            )
        else:
            screen.say(
                f"All rows left out, with the reasons: {self.path}. Mend them there, and import that file."
            )
