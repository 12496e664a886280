"""Importing contacts from a CSV file: page by page, one transaction each, and on from there when it was broken off.

Columns are external_id, email, phone, first_name, last_name, timezone, locale; any other becomes an attribute, of the type
that it looks like (docs/decisions/contact-import.md). Bad rows are told of, good rows are kept. Where a run was broken off
is known by the file's content, so that the same file under another name goes on too.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from pathlib import Path

from sqlalchemy import ColumnElement, Connection, insert, select, update

from engine.audience.contact_rows import BadRow, GoodRow, NotAContactFile, read_header, read_rows
from engine.audience.contacts import upsert_contacts
from engine.audience.segments import add_members, ensure_list, list_news
from engine.store.batch import Tell, Unite, tell_nobody
from engine.store.database import Database
from engine.store.ids import new_id
from engine.store.tables import import_run

__all__ = ["BadRow", "ImportReport", "NotAContactFile", "import_contacts"]

PAGE = 1000
MOST_TOLD = 10_000
"""How many bad rows a report holds; all of them are counted, and go to `left_out`."""

Row = GoodRow | BadRow
LeftOut = Callable[[Sequence[str], Sequence[BadRow]], None]
"""Called with the header's columns and the bad rows of a page."""


@dataclass
class ImportReport:
    """What became of a file: rows accepted and rejected, how many contacts are new, whether an earlier run was gone on
    with, the header's columns, the bad rows."""

    accepted: int = 0
    created: int = 0
    rejected: int = 0
    resumed: bool = False
    segment: int | None = None
    columns: tuple[str, ...] = ()
    bad_rows: list[BadRow] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Run:
    """One run over a file, known by what it holds and where it goes."""

    file_hash: str
    segment: str
    tell: Tell
    unite: Unite | None
    now: int


def import_contacts(
    database: Database, file: Path, now: int, *, segment: str | None = None,
    progress: Callable[[int], None] | None = None, tell: Tell = tell_nobody, left_out: LeftOut | None = None,
    unite: Unite | None = None,
) -> ImportReport:  # fmt: skip
    """Import a CSV file, and put its contacts into the list `segment`, made if it is not there.

    `now` is a business instant. `progress` is called with the lines done, after each page. `tell` hears of those who came
    into the segment, `unite` of contacts whom a row shows to be one; `left_out` of all bad rows, page by page, also of those
    that an earlier run had read. A file that was read to its end before is read anew. Errors: NotAContactFile, NotAList.
    """
    run = _Run(_hash(file), segment or "", tell, unite, now)
    begun = database.transact(partial(_begin, run=run))
    report = ImportReport(resumed=begun > 0)
    # Bytes that are no text do not stop the file: the row that holds them is told of.
    with file.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as lines:
        first = lines.readline()
        if not first.strip():
            raise NotAContactFile("The file is empty. Its first line names the columns.")
        header = read_header(first)
        report.columns = header.own_names
        rows = read_rows(lines, header)
        for page in _pages(rows):
            last = page[-1].line
            if last > begun:
                fresh = [row for row in page if row.line > begun]
                database.transact(partial(_take, run=run, page=fresh))
            bad = _count(report, page)
            if left_out is not None and bad:
                left_out(header.own_names, bad)
            if progress is not None:
                progress(last)
    report.segment, report.created = database.transact(partial(_finish, run=run))
    return report


def _pages(rows: Iterator[Row]) -> Iterator[list[Row]]:
    while page := list(islice(rows, PAGE)):
        yield page


def _count(report: ImportReport, page: Sequence[Row]) -> list[BadRow]:
    bad = [row for row in page if isinstance(row, BadRow)]
    report.accepted += len(page) - len(bad)
    report.rejected += len(bad)
    report.bad_rows += bad[: max(MOST_TOLD - len(report.bad_rows), 0)]
    return bad


def _hash(file: Path) -> str:
    with file.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def _begin(connection: Connection, *, run: _Run) -> int:
    """The last line that an earlier run took; 0 where there was none, or where it got to the end."""
    if run.segment:
        ensure_list(connection, run.segment, run.now)
    row = connection.execute(select(import_run).where(*_key(run))).one_or_none()
    if row is None:
        connection.execute(
            insert(import_run).values(
                file_hash=run.file_hash, segment=run.segment, lines_done=0, accepted=0, rejected=0, created=0,
                finished=False, started_at=run.now,
            )
        )  # fmt: skip
        return 0
    if row.finished:
        connection.execute(
            update(import_run)
            .where(*_key(run))
            .values(lines_done=0, accepted=0, rejected=0, created=0, finished=False, started_at=run.now)
        )
        return 0
    return int(row.lines_done)


def _take(connection: Connection, *, run: _Run, page: Sequence[Row]) -> None:
    """Write a page, and how far it goes, in one transaction."""
    good = [row.profile for row in page if isinstance(row, GoodRow)]
    # Ids ascend: whoever was made by this page has a later one than this.
    before = new_id()
    contacts = upsert_contacts(connection, good, run.now, run.unite)
    if run.segment:
        number = ensure_list(connection, run.segment, run.now)
        added = add_members(connection, number, contacts, run.now)
        if run.tell is not tell_nobody:
            run.tell(connection, list_news(run.segment, added, run.now))
    connection.execute(
        update(import_run)
        .where(*_key(run))
        .values(
            lines_done=page[-1].line,
            accepted=import_run.c.accepted + len(good),
            rejected=import_run.c.rejected + len(page) - len(good),
            created=import_run.c.created + len({who for who in contacts if who > before}),
        )
    )


def _finish(connection: Connection, *, run: _Run) -> tuple[int | None, int]:
    connection.execute(update(import_run).where(*_key(run)).values(finished=True))
    created = connection.scalar(select(import_run.c.created).where(*_key(run))) or 0
    return (ensure_list(connection, run.segment, run.now) if run.segment else None), created


def _key(run: _Run) -> list[ColumnElement[bool]]:
    return [import_run.c.file_hash == run.file_hash, import_run.c.segment == run.segment]
