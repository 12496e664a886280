"""What belongs to the installation: its clock, its audit log, long-running operations."""

from typing import Any

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field, SQLModel

from engine.store.columns import big, json, key, table_of


class StoredClock(SQLModel, table=True):
    """The installation's business clock: a single row. Business = origin_business + (real - origin_real) * speed."""

    __tablename__ = "clock"
    __table_args__ = (CheckConstraint("id = 1", name="clock_single"),)

    id: int = Field(default=1, primary_key=True)
    origin_real: int = big()
    origin_business: int = big()
    speed: float = 1.0


class Audit(SQLModel, table=True):
    """What a person did: who, what, on which thing. `details` hold references, never personal data."""

    id: int = key()
    at: int = big()
    who: str
    what: str
    subject: str
    details: dict[str, Any] = json(nullable=False, default_factory=dict)


class Replay(SQLModel, table=True):
    """A replay that an operator began: what becomes of those whom it means (its items), and how far it came.

    `how` is what was asked for, so that whoever finds it broken off goes on with it. `cursor` is the last strand that was
    worked on, in the order of their ids; `done` how many went on.
    """

    __table_args__ = (
        Index("replay_open", "id", sqlite_where=text("not finished"), postgresql_where=text("not finished")),
    )

    id: int = key()
    how: dict[str, Any] = json(nullable=False)
    cursor: int = big(default=0)
    done: int = 0
    finished: bool = False


class ReplayItem(SQLModel, table=True):
    """One parked enrolment that an operation replays, at the step at which it was selected."""

    __tablename__ = "replay_item"
    __table_args__ = {"sqlite_with_rowid": False}

    operation: int = big(primary_key=True)
    strand: int = big(primary_key=True)
    step: int
    result: str | None = None


class Heartbeat(SQLModel, table=True):
    """A process's sign of life, in real time: what `health` tells of processes that it cannot see."""

    name: str = Field(primary_key=True)
    at: int = big()
    details: dict[str, Any] = json(nullable=False, default_factory=dict)


class ImportRun(SQLModel, table=True):
    """A file of contacts being read: how far it got, so that it can be resumed. `file_hash` is its SHA-256."""

    __tablename__ = "import_run"

    file_hash: str = Field(primary_key=True)
    segment: str = Field(default="", primary_key=True)
    lines_done: int = 0
    accepted: int = 0
    rejected: int = 0
    created: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    finished: bool = False
    started_at: int = big()


class Tour(SQLModel, table=True):
    """The tour of this installation: a single row. `state`: running, ended. `journeys` and `contacts` are ids as text:
    whatever else there is in the installation is no part of it. `started_at` is a business instant."""

    __table_args__ = (CheckConstraint("id = 1", name="tour_single"),)

    id: int = Field(default=1, primary_key=True)
    state: str
    journeys: list[str] = json(nullable=False, default_factory=list)
    contacts: dict[str, str] = json(nullable=False, default_factory=dict)
    started_at: int = big()


clock = table_of(StoredClock)
tour = table_of(Tour)
audit = table_of(Audit)
replay = table_of(Replay)
replay_item = table_of(ReplayItem)
heartbeat = table_of(Heartbeat)
import_run = table_of(ImportRun)
