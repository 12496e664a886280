"""Journeys and their drafts: made, read, and saved with a revision that keeps two editors from undoing each other."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import count
from typing import Any

from sqlalchemy import Connection, insert, select, update
from sqlalchemy.exc import IntegrityError

from engine.enrolment.draft_changes import Author, By, SavedChange, change_by_key, changes_since, log_change
from engine.flow.diagnostic import Diagnostic
from engine.flow.document import SCHEMA, Flowchart
from engine.flow.patch import Patch, PlaceChange, apply, difference, misplaced
from engine.flow.read import read
from engine.journey.time import iso
from engine.store.audit import record
from engine.store.ids import new_id
from engine.store.sets import lock_journeys
from engine.store.tables import draft, journey

Document = Flowchart | Mapping[str, Any]
MAX_NAME = 200
_COPY = re.compile(r" ?\(copy\)( [0-9]+)?$")


class UnknownJourney(LookupError):
    """There is no such journey. Look up its id among the journeys, or publish it first."""


class JourneyNameTaken(ValueError):
    """Another journey has this name. Choose another name."""


class JourneyNameMissing(ValueError):
    """The document has no name, or too long a one. Name the journey."""


class DraftChanged(ValueError):
    """Somebody else has saved the draft meanwhile. Read it again, and repeat your change on it."""

    def __init__(
        self, journey_id: int, expected: int, revision: int, changes: list[SavedChange] | None = None
    ) -> None:
        super().__init__(journey_id, expected, revision)
        self.journey = journey_id
        self.expected = expected
        self.revision = revision
        self.changes = changes

    def __str__(self) -> str:
        return (
            f"The draft is at revision {self.revision}, your change is to revision {self.expected}. "
            "Read the draft again, and repeat your change on it."
        )


class ChangeMisplaced(ValueError):
    """A change is about a place that is not in the draft. Read the draft again, and repeat your change on it."""

    def __init__(self, change: PlaceChange) -> None:
        super().__init__(change)
        self.change = change

    def __str__(self) -> str:
        return f"There is no place for {self.change.place} in the draft. Read the draft again, and repeat your change on it."


class NotReadable(ValueError):
    """The document cannot be read as a flowchart. `diagnostics` say where, each with its next step."""

    def __init__(self, diagnostics: list[Diagnostic]) -> None:
        super().__init__(diagnostics)
        self.diagnostics = diagnostics

    def __str__(self) -> str:
        return "\n".join(str(diagnostic) for diagnostic in self.diagnostics)


@dataclass(frozen=True, slots=True)
class Draft:
    """A journey's draft as it is stored: the document in its newest shape, as plain JSON values."""

    journey: int
    revision: int
    document: dict[str, Any]
    updated_at: int


def find_journey(connection: Connection, name: str) -> int | None:
    """The id of the journey of this name, or None."""
    found: int | None = connection.scalar(select(journey.c.id).where(journey.c.name == name))
    return found


def hold_journey(connection: Connection, journey_id: int) -> Any:
    """Lock the journey's row for whoever changes it, then read it. UnknownJourney where there is none."""
    lock_journeys(connection, [journey_id], shared=False)
    row = connection.execute(select(journey).where(journey.c.id == journey_id)).one_or_none()
    if row is None:
        raise unknown_journey(journey_id)
    return row


def unknown_journey(journey_id: int) -> UnknownJourney:
    """The error for an id that no journey has."""
    return UnknownJourney(f"There is no journey {journey_id}. Look up its id among the journeys.")


def create_journey(
    connection: Connection, document: Document, *, now: int, who: str, free_name: bool = False,
    as_copy: bool = False,
) -> Draft:  # fmt: skip
    """A new journey by the document's name, with the document as its first draft. It runs once it is published.

    `free_name`: where the name is taken, it gets the first of "Name 2", "Name 3" and so on that is not. `as_copy`: the first
    of "Name (copy)", "Name (copy) 2" and so on, the name shortened where that would be too long.
    """
    flowchart = readable(document)
    if as_copy:
        name = _copy_name(connection, flowchart.name)
    elif free_name:
        name = _free_name(connection, _name(flowchart))
    else:
        name = _name(flowchart)
    flowchart = flowchart.model_copy(update={"name": name}) if free_name or as_copy else flowchart
    if find_journey(connection, name) is not None:
        raise _taken(name)
    number = new_id()
    try:
        connection.execute(
            insert(journey).values(
                id=number, name=name, state="draft", sending=True, plan=None, created_at=now
            )
        )
    except IntegrityError:
        # Somebody made it between the look and here.
        raise _taken(name) from None
    made = Draft(number, 1, flowchart.to_json(), now)
    connection.execute(
        insert(draft).values(journey=number, revision=1, document=made.document, updated_at=now)
    )
    record(connection, at=now, who=who, what="create", subject=f"journey/{number}")
    return made


def read_draft(connection: Connection, journey_id: int) -> Draft:
    """The draft of a journey. UnknownJourney where there is none."""
    row = connection.execute(select(draft).where(draft.c.journey == journey_id)).one_or_none()
    if row is None:
        raise unknown_journey(journey_id)
    return Draft(row.journey, row.revision, row.document, row.updated_at)


def save_draft(
    connection: Connection, journey_id: int, document: Document, *, expected_revision: int, now: int, who: str
) -> Draft:
    """Save a draft on top of the revision that its author saw. DraftChanged if another was saved meanwhile.

    Whatever can be read may be saved: errors block publishing, never saving. The same document again changes nothing.
    A new name in the document renames the journey.
    """
    flowchart = readable(document)
    hold_journey(connection, journey_id)
    before = read_draft(connection, journey_id)
    if flowchart.to_json() == before.document:
        return before
    if before.revision != expected_revision:
        raise DraftChanged(journey_id, expected_revision, before.revision)
    return write_draft(connection, before, flowchart, now=now, who=who)


def patch_draft(
    connection: Connection,
    journey_id: int,
    patch: Patch,
    *,
    expected_revision: int,
    by: By,
    now: int,
    who: str,
) -> SavedChange:
    """Save a change of some places, made on the revision that its author saw. Gives it as it was saved: with values in
    their canonical form.

    DraftChanged, with what was saved meanwhile, if the draft has another revision by now. The same key again gives the
    same answer, whatever came after. A change that changes nothing is not kept.
    """
    hold_journey(connection, journey_id)
    known = None if by.key is None else change_by_key(connection, journey_id, by.key)
    if known is not None:
        return known
    before = read_draft(connection, journey_id)
    if before.revision != expected_revision:
        since = changes_since(connection, journey_id, expected_revision) or None
        raise DraftChanged(journey_id, expected_revision, before.revision, since)
    document = before.document
    if document.get("schema") != SCHEMA:
        document = readable(document).to_json()
    lost = misplaced(document, patch)
    if lost is not None:
        raise ChangeMisplaced(lost)
    flowchart = readable(apply(document, patch))
    saved = before
    if flowchart.to_json() != before.document:
        saved = write_draft(connection, before, flowchart, now=now, who=who, by=by)
    found = changes_since(connection, journey_id, before.revision) if saved is not before else None
    return found[0] if found else _nothing(before, by, now)


def _nothing(before: Draft, by: By, now: int) -> SavedChange:
    author = Author(tab=by.tab, name=by.name)
    return SavedChange(
        revision=before.revision, key=by.key, author=author, step=by.step, patch=[], at=iso(now)
    )


def write_draft(
    connection: Connection, before: Draft, flowchart: Flowchart, *, now: int, who: str, by: By | None = None
) -> Draft:
    """Write a draft over the one before it, whose journey's row is held; a new name renames the journey."""
    values = flowchart.to_json()
    if flowchart.name and flowchart.name != before.document.get("name"):
        _rename(connection, before.journey, _name(flowchart))
    after = Draft(before.journey, before.revision + 1, values, now)
    connection.execute(
        update(draft)
        .where(draft.c.journey == after.journey)
        .values(revision=after.revision, document=values, updated_at=now)
    )
    patch = difference(before.document, values)
    log_change(connection, after.journey, after.revision, patch, by=by or By(name=who), now=now)
    details = {"revision": after.revision}
    record(connection, at=now, who=who, what="save", subject=f"journey/{after.journey}", details=details)
    return after


def _rename(connection: Connection, journey_id: int, name: str) -> None:
    if find_journey(connection, name) not in (None, journey_id):
        raise _taken(name)
    try:
        connection.execute(update(journey).where(journey.c.id == journey_id).values(name=name))
    except IntegrityError:
        raise _taken(name) from None


def readable(document: Document) -> Flowchart:
    """The document as a flowchart. NotReadable, with every reason, if it is none."""
    flowchart, problems = read(document)
    if flowchart is None:
        raise NotReadable(problems)
    return flowchart


def _name(flowchart: Flowchart) -> str:
    name = flowchart.name.strip()
    if not name:
        raise JourneyNameMissing("The document has no name. Name the journey, for example after its purpose.")
    if len(name) > MAX_NAME:
        raise JourneyNameMissing(
            f"The journey's name has {len(name)} characters, of at most {MAX_NAME}. Shorten it."
        )
    return name


def _free_name(connection: Connection, name: str) -> str:
    """The name, if no journey has it; else the first of "Name 2", "Name 3" and so on that none has."""
    found, number = name, 1
    while find_journey(connection, found) is not None:
        number += 1
        end = f" {number}"
        found = name[: MAX_NAME - len(end)].rstrip() + end
    return found


def _copy_name(connection: Connection, name: str) -> str:
    """The name for a copy. A copy's copy is numbered, not called a copy twice."""
    whole = _COPY.sub("", name.strip()) or "Journey"
    for number in count(1):
        end = " (copy)" if number == 1 else f" (copy) {number}"
        room = MAX_NAME - len(end)
        begin = whole if len(whole) <= room else whole[: room - 1].rstrip("… ") + "…"
        if find_journey(connection, begin + end) is None:
            return begin + end
    raise AssertionError("Numbers do not end.")


def _taken(name: str) -> JourneyNameTaken:
    return JourneyNameTaken(f'There is a journey called "{name[:60]}" already. Choose another name.')
