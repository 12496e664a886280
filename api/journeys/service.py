"""Journeys, changed and judged."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection

from api.house import WHO, House
from api.journeys import queries
from api.journeys.schemas import CheckOut, DiffOut, DraftOut, JourneyOut, PlanDetail
from engine.enrolment import drafts, publishing
from engine.flow.diagnostic import Diagnostic
from engine.flow.diff import diff
from engine.store.catalog import load_catalog


def create(connection: Connection, document: dict[str, Any], now: int) -> JourneyOut:
    """A new journey with its first draft."""
    made = drafts.create_journey(connection, document, now=now, who=WHO)
    return queries.read_journey(connection, made.journey)


def save(
    connection: Connection, journey: int, document: dict[str, Any], *, revision: int, now: int
) -> DraftOut:
    """Save a change of the draft that was made on `revision`."""
    saved = drafts.save_draft(connection, journey, document, expected_revision=revision, now=now, who=WHO)
    return queries.draft_out(saved)


def check(house: House, document: dict[str, Any]) -> CheckOut:
    """What the checks say of a document."""
    return _judged(publishing.check_document(house.database, document, now=house.now()))


def check_draft(house: House, journey: int) -> CheckOut:
    """What the checks say of a journey's draft."""
    with house.database.read() as connection:
        document = drafts.read_draft(connection, journey).document
    return check(house, document)


def _judged(diagnostics: Sequence[Diagnostic]) -> CheckOut:
    publishable = all(one.severity != "error" for one in diagnostics)
    return CheckOut(publishable=publishable, diagnostics=list(diagnostics))


def publish(house: House, journey: int, revision: int) -> PlanDetail:
    """Publish the draft at a revision. Opens its own transaction, once the draft is compiled."""
    published = publishing.publish_draft(house.database, journey, revision=revision, now=house.now(), who=WHO)
    with house.database.read() as connection:
        return queries.read_plan(connection, journey, published.number)


def compare(connection: Connection, journey: int, *, old: str | None, new: str) -> DiffOut:
    """What changed from `old` to `new`: numbers of versions, or `draft`. Without `old` from the current version; from
    nothing where there is none."""
    current = queries.read_journey(connection, journey).plan
    if old is None:
        old = None if current is None else str(current.number)
    before = {"nodes": {}} if old is None else queries.document_at(connection, journey, old)
    after = queries.document_at(connection, journey, new)
    return DiffOut(changes=diff(before, after, load_catalog(connection)))
