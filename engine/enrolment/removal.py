"""Deleting a journey that was never used. One that was used stays: what people did and got is told by it; it is stopped.

The journey's row is held alone while it is looked whether anybody entered. Whoever lets somebody enter, plans a campaign,
saves, publishes or is seen in the draft holds it, too: they come first and are found, or come second and find no journey.

Used is what an index answers: an enrolment, an entry, a campaign. Admissions, cohorts and messages come of enrolments, and
those are never deleted; the ledger, which may hold millions of messages, is not searched for one that cannot be there.
"""

from typing import Any

from sqlalchemy import Connection, Row, delete, select

from engine.enrolment.drafts import hold_journey, unknown_journey
from engine.store.audit import record
from engine.store.database import Database
from engine.store.tables import (
    campaign,
    draft,
    draft_change,
    enrolment,
    entry,
    journey,
    plan,
    presence,
    tally,
    tally_change,
)

_SHOWN = 60
_OF_JOURNEY = (draft_change, draft, presence)
_OF_PLAN = (tally_change, tally)
"""What counts is gone with what it counts: of an unused journey these are empty, or add up to nothing."""


class JourneyInUse(ValueError):
    """The journey was used, and what people did and got is told by it. Stop it instead, so that nobody enters any more."""


def remove_journey(database: Database, journey_id: int, *, now: int, who: str) -> None:
    """Delete a journey that nobody has entered and no campaign was planned for, with its draft and its versions. `now` is
    a business instant. UnknownJourney, JourneyInUse.

    Where it is published, or changes its state, while this waits for it, somebody is at work with it: it stays.
    """
    with database.read() as connection:
        seen = connection.execute(select(journey).where(journey.c.id == journey_id)).one_or_none()
    if seen is None:
        raise unknown_journey(journey_id)
    database.transact(lambda connection: _remove(connection, seen, now, who), what="remove journey")


def _remove(connection: Connection, seen: Row[Any], now: int, who: str) -> None:
    row = hold_journey(connection, seen.id)
    if (row.plan, row.state) != (seen.plan, seen.state):
        raise JourneyInUse(
            f'"{row.name[:_SHOWN]}" was published, or its state was changed, while it was being deleted. Look at it again, '
            "and delete it if nobody needs it."
        )
    use = _use_of(connection, row.id)
    if use is not None:
        raise JourneyInUse(f'"{row.name[:_SHOWN]}" cannot be deleted: {use}. {_instead(row)}')
    plans = select(plan.c.id).where(plan.c.journey == row.id)
    for counts in _OF_PLAN:
        connection.execute(delete(counts).where(counts.c.plan.in_(plans)))
    versions = connection.execute(delete(plan).where(plan.c.journey == row.id)).rowcount
    for table in _OF_JOURNEY:
        connection.execute(delete(table).where(table.c.journey == row.id))
    connection.execute(delete(journey).where(journey.c.id == row.id))
    details = {"name": row.name, "versions": versions}
    record(connection, at=now, who=who, what="remove", subject=f"journey/{row.id}", details=details)


def _use_of(connection: Connection, journey_id: int) -> str | None:
    """By what a journey was used, in words; None where it never was."""
    for table in (entry, enrolment):
        if (
            connection.execute(select(table).where(table.c.journey == journey_id).limit(1)).first()
            is not None
        ):
            return "contacts have entered it, and what they did and got is told by it"
    planned = select(campaign.c.name, campaign.c.state).where(campaign.c.journey == journey_id)
    row = connection.execute(planned.order_by(campaign.c.id.desc()).limit(1)).one_or_none()
    if row is None:
        return None
    return (
        f'the campaign "{row.name[:_SHOWN]}" of it is {row.state}'
        if row.name
        else f"a campaign of it is {row.state}"
    )


def _instead(row: Row[Any]) -> str:
    if row.state == "stopped":
        return "It is stopped, so that nobody enters it any more; rename it if its name is wanted."
    return "Stop it instead: then nobody enters it any more, its campaigns end, and what happened can still be looked up."
