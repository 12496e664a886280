"""Who is in a draft, and what was changed in it: read."""

from collections.abc import Iterable, Mapping

from sqlalchemy import Connection, select

from api.drafts.schemas import PersonOut
from api.journeys.queries import read_journey
from engine.enrolment.draft_changes import SavedChange, newest_changes
from engine.store.sets import among
from engine.store.tables import draft, presence

GONE_AFTER_MS = 20_000
"""How long a window counts as being here after its last sign of life."""


def people_in(connection: Connection, journeys: Iterable[int], now: int) -> dict[int, list[PersonOut]]:
    """Who is in each of these drafts at a real instant, by name."""
    wanted = list(journeys)
    found: dict[int, list[PersonOut]] = {journey: [] for journey in wanted}
    rows = connection.execute(
        select(presence)
        .where(among(presence.c.journey, wanted), presence.c.seen_at > now - GONE_AFTER_MS)
        .order_by(presence.c.name, presence.c.tab)
    )
    for row in rows:
        person = PersonOut(tab=row.tab, name=row.name, colour=row.colour, node=row.node, idle=row.idle)
        found[row.journey].append(person)
    return found


def revisions(connection: Connection, journeys: Iterable[int]) -> Mapping[int, int]:
    """The present revision of each of these drafts."""
    rows = connection.execute(
        select(draft.c.journey, draft.c.revision).where(among(draft.c.journey, list(journeys)))
    )
    return {row.journey: row.revision for row in rows}


def last_changes(connection: Connection, journey: int, limit: int) -> list[SavedChange]:
    """What was changed last in a draft, and by whom."""
    read_journey(connection, journey)
    return newest_changes(connection, journey, limit)
