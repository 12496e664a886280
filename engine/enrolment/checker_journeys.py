"""The invariant about journeys that are deleted: nothing of theirs is left, and nobody comes into one."""

from collections.abc import Iterator

from sqlalchemy import Connection, exists, func, select

from engine.store.tables import (
    campaign,
    draft,
    draft_change,
    enrolment,
    entry,
    journey,
    message,
    plan,
    presence,
    tally,
    tally_change,
)

_SHOWN = 20
_OF_JOURNEY = (draft, draft_change, presence, plan, entry, enrolment, campaign, message)
_OF_PLAN = (enrolment, message, tally, tally_change)


def left_of_journeys(connection: Connection) -> Iterator[list[str]]:
    """12: whatever belongs to a journey, or to a plan, belongs to one that is there."""
    for owner, tables in ((journey, _OF_JOURNEY), (plan, _OF_PLAN)):
        for table in tables:
            number = table.c[owner.name]
            rows = connection.execute(
                select(number.label("number"), func.count().label("rows"))
                .where(~exists().where(owner.c.id == number))
                .group_by(number)
                .limit(_SHOWN)
            )
            yield [
                f"12: {row.rows} rows of {table.name} belong to {owner.name} {row.number}, which is not there"
                for row in rows
            ]
