"""Drawing together: changes saved by place, and where everybody is."""

import zlib

from sqlalchemy import Connection, delete, insert, select, update

from api.drafts.queries import GONE_AFTER_MS, people_in
from api.drafts.schemas import PatchIn, PeopleOut, PersonOut, PresenceIn
from api.house import WHO
from api.journeys.queries import read_journey
from engine.enrolment.draft_changes import By, SavedChange
from engine.enrolment.drafts import patch_draft
from engine.store.sets import lock_journeys
from engine.store.tables import presence

COLOURS = ("#1864ab", "#a61e4d", "#237032", "#862e9c", "#a63b00", "#0b6b7a", "#5f3dc4", "#7a5900")
"""Each is read on white, and white on it."""


def save_patch(connection: Connection, journey: int, sent: PatchIn, now: int) -> SavedChange:
    """Save a change of some places."""
    by = By(tab=sent.author.tab, name=sent.author.name, key=sent.id, step=sent.step)
    return patch_draft(
        connection, journey, sent.patch, expected_revision=sent.revision, by=by, now=now, who=WHO
    )


def be_present(connection: Connection, journey: int, said: PresenceIn, now: int) -> PeopleOut:
    """Note where somebody is at a real instant, and give everybody who is there."""
    lock_journeys(connection, [journey])
    read_journey(connection, journey)
    mine = (presence.c.journey == journey, presence.c.tab == said.tab)
    old = presence.c.seen_at <= now - GONE_AFTER_MS
    connection.execute(delete(presence).where(presence.c.journey == journey, old))
    if said.leaving:
        connection.execute(delete(presence).where(*mine))
    else:
        others = [one for one in people_in(connection, [journey], now)[journey] if one.tab != said.tab]
        before = connection.execute(select(presence.c.name, presence.c.colour).where(*mine)).one_or_none()
        name = said.name.strip() or (before.name if before is not None else _free_name(others))
        colour = before.colour if before is not None else _free_colour(said.tab, others)
        values = {"name": name, "colour": colour, "node": said.node, "idle": said.idle, "seen_at": now}
        if before is None:
            connection.execute(insert(presence).values(journey=journey, tab=said.tab, **values))
        else:
            connection.execute(update(presence).where(*mine).values(**values))
    return PeopleOut(people=people_in(connection, [journey], now)[journey])


def _free_name(others: list[PersonOut]) -> str:
    taken = {one.name for one in others}
    return next(name for number in range(1, len(others) + 2) if (name := f"Guest {number}") not in taken)


def _free_colour(tab: str, others: list[PersonOut]) -> str:
    """One that nobody here has; else one that is the tab's own."""
    taken = {one.colour for one in others}
    first = zlib.crc32(tab.encode()) % len(COLOURS)
    order = (*COLOURS[first:], *COLOURS[:first])
    return next((colour for colour in order if colour not in taken), order[0])
