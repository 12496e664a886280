"""Files of contacts on their way in: read one after another, in a thread of this process.

What was read stands in the database, page by page, so that a file whose process died goes on when it is sent again. Only
the list of imports, and the rows that were left out, live here: sent again, a file tells them again.
"""

import shutil
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from tempfile import mkdtemp
from threading import Event, Lock
from typing import Literal

from engine.audience.contact_import import BadRow, NotAContactFile, import_contacts
from engine.audience.segments import NotAList
from engine.enrolment.ingest import teller, uniter
from engine.enrolment.runtime import Runtime
from engine.store.ids import new_id

REMEMBERED = 100


_STOPPED = "The server was stopped meanwhile. Send the file again: it goes on where it was."


class Stopped(Exception):
    """The process ends. Send the file again: it goes on where it was."""


@dataclass
class Import:
    """One file. `file` is gone once it is read."""

    file: Path
    segment: str | None
    id: int = field(default_factory=new_id)
    state: Literal["waiting", "running", "done", "failed"] = "waiting"
    total: int = 0
    lines: int = 0
    accepted: int = 0
    created: int = 0
    rejected: int = 0
    resumed: bool = False
    error: str | None = None
    columns: tuple[str, ...] = ()
    bad_rows: list[BadRow] = field(default_factory=list)


class Imports:
    """The imports of this process, the latest of them remembered."""

    def __init__(self, runtime: Runtime, failed: Callable[[Exception], object]) -> None:
        self._runtime = runtime
        self._failed = failed
        self._known: OrderedDict[int, Import] = OrderedDict()
        self._lock = Lock()
        self._stopping = Event()
        self._executor: ThreadPoolExecutor | None = None
        self._folder: Path | None = None

    def new_file(self) -> Path:
        """Where to write a file that is being sent: in a folder that only this user reads."""
        with self._lock:
            if self._folder is None:
                self._folder = Path(mkdtemp(prefix="wend-imports-"))
            return self._folder / f"{new_id()}.csv"

    def start(self, file: Path, segment: str | None, total: int) -> Import:
        """Read the file, of so many lines, as soon as those before it are read."""
        one = Import(file, segment, total=total)
        with self._lock:
            self._known[one.id] = one
            while len(self._known) > REMEMBERED:
                self._known.popitem(last=False)
            if self._executor is None:
                self._executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="import")
            self._executor.submit(self._run, one)
        return one

    def find(self, number: int) -> Import | None:
        """The import with this id, if this process knows it."""
        return self._known.get(number)

    def all(self) -> list[Import]:
        """The imports, the newest first."""
        with self._lock:
            return list(self._known.values())[::-1]

    def close(self) -> None:
        """Stop after the page that is being written. Whoever sends a file after that begins anew."""
        with self._lock:
            executor, self._executor = self._executor, None
            folder, self._folder = self._folder, None
        self._stopping.set()
        if executor is not None:
            executor.shutdown(cancel_futures=True)
        for one in self.all():
            if one.state == "waiting":
                one.state, one.error = "failed", _STOPPED
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)
        self._stopping.clear()

    def _run(self, one: Import) -> None:
        one.state = "running"
        try:
            report = import_contacts(
                self._runtime.database, one.file, self._runtime.business_now(), segment=one.segment,
                progress=partial(self._progress, one), tell=teller(self._runtime, "bulk"),
                unite=uniter(self._runtime, "bulk"),
            )  # fmt: skip
        except (NotAContactFile, NotAList, Stopped) as error:
            one.state, one.error = "failed", str(error)
        except Exception as error:
            self._failed(error)
            one.state = "failed"
            one.error = "The import failed by a bug of Wend's. Send the file again: it goes on where it was."
        else:
            one.accepted, one.rejected, one.resumed = report.accepted, report.rejected, report.resumed
            one.created, one.columns, one.bad_rows = report.created, report.columns, report.bad_rows
            one.state = "done"
        finally:
            one.file.unlink(missing_ok=True)

    def _progress(self, one: Import, lines: int) -> None:
        one.lines = lines
        if self._stopping.is_set():
            raise Stopped(_STOPPED)
