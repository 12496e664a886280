"""Contacts from a CSV file: read in pages, each its own transaction, so that it can be stopped and resumed.

The first line names the columns. external_id, email, phone, first_name, last_name, timezone and locale are a contact's
own; any other column becomes an attribute: `true` and `false` as such, plain numbers as numbers, the rest as text. An
empty cell says nothing. A row with a fault is left out and reported with its line; the other rows are kept.
"""

import csv
import hashlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select, update

from engine.audience.contacts import upsert_contacts
from engine.audience.profile import RECOGNISED_BY, Profile, read_profile
from engine.audience.segments import add_members, ensure_list
from engine.store.database import Database
from engine.store.tables import import_run

PAGE = 1_000
REPORTED = 10_000
"""How many bad rows are kept with their reasons; the rest are only counted."""

_NUMBER = re.compile(r"-?(0|[1-9][0-9]{0,14})(\.[0-9]{1,9})?")

Told = Callable[[int], None]
"""Called with the number of lines read so far."""


class BadFile(ValueError):
    """The file is not a CSV file of contacts. Save it as CSV in UTF-8, with a first line that names the columns."""


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that was left out: its line in the file, and why, with what to do."""

    line: int
    reason: str


@dataclass
class ImportReport:
    """What an import did, earlier parts of a resumed one included; `bad_rows` are those of this part."""

    accepted: int = 0
    rejected: int = 0
    bad_rows: list[BadRow] = field(default_factory=list)
    resumed_at: int = 0


def import_contacts(
    database: Database, path: Path, now: int, *, segment: str | None = None, progress: Told | None = None
) -> ImportReport:
    """Import a file, into a segment of kind list if one is named. `now` is a business instant.

    A file that was imported before, in part or in full, is known by its content, and goes on where it ended. BadFile
    where it cannot be read as CSV.
    """
    key = _file_key(path)
    report = _begin(database, key, segment or "", now)
    seen: set[str] = set()
    page: list[tuple[int, Profile]] = []
    bad: list[BadRow] = []
    line = 0
    for line, cells in _rows(path):
        outcome = _read(cells, seen)
        if line <= report.resumed_at:
            continue
        if isinstance(outcome, Profile):
            page.append((line, outcome))
        else:
            bad.append(BadRow(line, outcome))
        if len(page) + len(bad) >= PAGE:
            _commit(database, key, segment, page, bad, line, now, report)
            page, bad = [], []
            if progress is not None:
                progress(line)
    _commit(database, key, segment, page, bad, line, now, report, finished=True)
    if progress is not None:
        progress(line)
    return report


def _file_key(path: Path) -> str:
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def _rows(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """Each row with the line on which it ends."""
    try:
        with path.open(newline="", encoding="utf-8-sig") as handle:
            reader = csv.reader(handle, strict=True)
            header = _header(next(reader, []))
            for cells in reader:
                if not cells:
                    continue
                if len(cells) != len(header):
                    yield reader.line_num, {"": f"{len(cells)} cells instead of {len(header)}"}
                    continue
                yield reader.line_num, dict(zip(header, cells, strict=True))
    except UnicodeDecodeError as error:
        raise BadFile(
            f"{path.name} is not written in UTF-8 (byte {error.start}). Save it as CSV in UTF-8."
        ) from None
    except csv.Error as error:
        raise BadFile(f"{path.name} is not CSV: {error}. Save it as CSV, with quotes around texts.") from None


def _header(cells: list[str]) -> list[str]:
    names = [cell.strip() for cell in cells]
    if not any(name in RECOGNISED_BY for name in names):
        raise BadFile(
            "The first line names no external_id, email or phone. Name the columns there, one of these among them."
        )
    if "" in names or len(set(names)) < len(names):
        raise BadFile("The first line has a column without a name, or one name twice. Name each column once.")
    return names


def _read(cells: dict[str, str], seen: set[str]) -> Profile | str:
    """A row's profile, or why it is left out."""
    if "" in cells:
        return f"It has {cells['']}. Put quotes around texts that hold a comma."
    profile, problems = read_profile({name: _value(name, text) for name, text in cells.items()})
    if problems:
        return " ".join(map(str, problems))
    name = next(profile.names(), None)
    if name is None:
        return (
            "It has no external_id, email or phone. Give at least one, so that the contact can be recognised."
        )
    key = f"{name[0]}:{name[1]}"
    if key in seen:
        return f"{name[0]}: It stands on an earlier line, too. Keep one of both lines."
    seen.add(key)
    return profile


def _value(name: str, text: str) -> Any:
    if name in Profile.__slots__ and name != "attributes":
        return text
    trimmed = text.strip()
    if trimmed in ("true", "false"):
        return trimmed == "true"
    if _NUMBER.fullmatch(trimmed):
        return float(trimmed) if "." in trimmed else int(trimmed)
    return trimmed


def _begin(database: Database, key: str, segment: str, now: int) -> ImportReport:
    mine = (import_run.c.file_hash == key) & (import_run.c.segment == segment)

    with database.write() as connection:
        row = connection.execute(select(import_run).where(mine)).one_or_none()
        if row is not None:
            return ImportReport(row.accepted, row.rejected, [], row.lines_done)
        connection.execute(
            insert(import_run).values(
                file_hash=key,
                segment=segment,
                lines_done=0,
                accepted=0,
                rejected=0,
                finished=False,
                started_at=now,
            )
        )
        return ImportReport()


def _commit(
    database: Database, key: str, segment: str | None, page: list[tuple[int, Profile]], bad: list[BadRow], line: int,
    now: int, report: ImportReport, *, finished: bool = False,
) -> None:  # fmt: skip
    """Write a page, and how far the file got, in one transaction."""
    with database.write() as connection:
        contacts = upsert_contacts(connection, [profile for _, profile in page], now) if page else []
        if segment and contacts:
            add_members(connection, ensure_list(connection, segment, now), contacts, now)
        report.accepted += len(page)
        report.rejected += len(bad)
        report.bad_rows += bad[: max(0, REPORTED - len(report.bad_rows))]
        connection.execute(
            update(import_run)
            .where(import_run.c.file_hash == key, import_run.c.segment == (segment or ""))
            .values(
                lines_done=max(line, report.resumed_at), accepted=report.accepted, rejected=report.rejected,
                finished=finished,
            )
        )  # fmt: skip
