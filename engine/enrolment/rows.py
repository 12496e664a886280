"""Enrolment rows as travellers, and back."""

from collections.abc import Sequence
from typing import Any

from engine.journey.traveller import Traveller
from engine.store.tables import enrolment

_e = enrolment.c
MEMBER_COLUMNS = (
    _e.id, _e.root, _e.parent, _e.contact, _e.place, _e.position, _e.step, _e.visit, _e.at, _e.entered_at,
    _e.at_order, _e.entered_order, _e.attempt, _e.since, _e.since_order, _e.wake_at, _e.cause, _e.trigger,
    _e.origin,
)  # fmt: skip


def traveller_of(row: Sequence[Any], timezone: str | None = None) -> Traveller:
    """A row of MEMBER_COLUMNS, with the contact's time zone after them where it was read along."""
    return Traveller(
        strand=row[0],
        root=row[0] if row[1] is None else row[1],
        parent=row[2],
        contact=row[3],
        place=row[4],
        position=row[5],
        step=row[6],
        visit=row[7],
        at=row[8],
        entered_at=row[9],
        at_order=row[10],
        entered_order=row[11],
        attempt=row[12],
        since=row[13],
        since_order=-1 if row[14] is None else row[14],
        wake_at=row[15],
        cause=row[16],
        trigger=row[17],
        origin=row[18],
        timezone=row[19] if len(row) > 19 else timezone,
    )


INSERT_COLUMNS = (
    "id", "root", "parent", "journey", "plan", "contact", "origin", "cause", "lane", "single", "place", "reason", "step",
    "position", "visit", "attempt", "cohort", "at", "at_order", "since", "since_order", "wake_at", "pending", "fork",
    "trigger", "entered_at", "entered_order", "ended_at", "result",
)  # fmt: skip
