"""The changes of a draft, as they were saved: so that whoever draws it too follows without reading all of it again.

The newest ones of each journey are kept. Whoever is further behind reads the draft.
"""

from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, Field
from sqlalchemy import Connection, Row, delete, insert, select

from engine.flow.patch import Patch, PlaceChange, as_json
from engine.journey.time import iso
from engine.store.tables import draft_change

KEPT = 500
"""How many changes of one journey are kept."""
MOST_AT_ONCE = 200
"""Whoever is behind by more reads the draft instead."""


@dataclass(frozen=True, slots=True)
class By:
    """Who saves, from which window, under which key of their own, and what they call it."""

    tab: str = ""
    name: str = ""
    key: str | None = None
    step: str = ""


class Author(BaseModel):
    """Who saved a change: the window, and the name that the person goes by there. Both empty for programs."""

    tab: str
    name: str


class SavedChange(BaseModel):
    """A change of a draft, as it was saved."""

    revision: int = Field(description="The draft's revision after it.")
    key: str | None = Field(description="Its author's own name for it.")
    author: Author
    step: str = Field(description="What was done, in words.")
    patch: list[PlaceChange] = Field(description="From the draft before to the draft after.")
    at: str


def log_change(
    connection: Connection, journey: int, revision: int, patch: Patch, *, by: By, now: int
) -> SavedChange:
    """Keep a change that was just written, and forget the oldest. The journey's row is held."""
    kept = {"tab": by.tab, "author": by.name, "key": by.key, "step": by.step}
    connection.execute(
        insert(draft_change).values(journey=journey, revision=revision, patch=as_json(patch), at=now, **kept)
    )
    connection.execute(
        delete(draft_change).where(
            draft_change.c.journey == journey, draft_change.c.revision <= revision - KEPT
        )
    )
    return SavedChange(
        revision=revision, key=by.key, author=Author(tab=by.tab, name=by.name), step=by.step, patch=list(patch),
        at=iso(now),
    )  # fmt: skip


def change_by_key(connection: Connection, journey: int, key: str) -> SavedChange | None:
    """The change that its author gave this key, if it was saved and is still kept."""
    row = connection.execute(
        select(draft_change).where(draft_change.c.journey == journey, draft_change.c.key == key)
    ).one_or_none()
    return None if row is None else _shown(row)


def changes_since(connection: Connection, journey: int, revision: int) -> list[SavedChange] | None:
    """The changes after a revision, in order, as far as they are saved by now. None where one of them is kept no longer,
    or there are too many."""
    rows = connection.execute(
        select(draft_change)
        .where(draft_change.c.journey == journey, draft_change.c.revision > revision)
        .order_by(draft_change.c.revision)
        .limit(MOST_AT_ONCE + 1)
    ).all()
    if len(rows) > MOST_AT_ONCE or (rows and rows[0].revision != revision + 1):
        return None
    return [_shown(row) for row in rows]


def newest_changes(connection: Connection, journey: int, limit: int) -> list[SavedChange]:
    """The changes that were saved last, the newest first."""
    rows = connection.execute(
        select(draft_change)
        .where(draft_change.c.journey == journey)
        .order_by(draft_change.c.revision.desc())
        .limit(limit)
    )
    return [_shown(row) for row in rows]


def _shown(row: Row[Any]) -> SavedChange:
    patch = [PlaceChange.model_validate(change) for change in row.patch]
    return SavedChange(
        revision=row.revision, key=row.key, author=Author(tab=row.tab, name=row.author), step=row.step, patch=patch,
        at=iso(row.at),
    )  # fmt: skip
