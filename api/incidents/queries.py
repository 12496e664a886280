"""Incidents, read."""

from sqlalchemy import Connection, select

from api.enrolments.queries import Wanted, list_enrolments
from api.enrolments.schemas import EnrolmentOut
from api.errors import BadCursor, NotFound
from api.incidents.schemas import Incident
from api.paging import Page, decode_cursor, encode_cursor, page_of
from engine.enrolment.parked import ParkedGroup, parked_groups
from engine.enrolment.plans import Plans
from engine.enrolment.reasons import parked_words
from engine.store.sets import among
from engine.store.tables import plan


def list_incidents(
    connection: Connection, journey: int | None, *, cursor: str | None, limit: int
) -> Page[Incident]:
    """A page of causes: those of the newest version first, then by node and reason, however many are parked meanwhile."""
    after = decode_cursor(cursor, int, str, str)
    groups = sorted(parked_groups(connection, journey), key=lambda one: one.key)
    found = [one for one in groups if after is None or one.key > after][: limit + 1]
    wanted = {one.plan for one in found}
    rows = connection.execute(select(plan.c.id, plan.c.journey).where(among(plan.c.id, wanted)))
    owners: dict[int, int] = {row.id: row.journey for row in rows}
    return page_of(found, limit, lambda one: _incident(one, owners[one.plan]), lambda one: one.key)


def _incident(one: ParkedGroup, journey: int) -> Incident:
    return Incident(
        id=encode_cursor(one.plan, one.node, one.reason),
        journey=journey,
        journey_name=one.journey,
        version=one.number,
        node=one.node,
        label=one.label,
        reason=one.reason,
        words=parked_words(one.reason),
        count=one.count,
        short=one.short,
        ways=list(one.ways),
        undecided=one.undecided,
    )


def read_group(connection: Connection, incident: str) -> ParkedGroup:
    """Who is parked for the cause that an incident's id names. NotFound if nobody is, or it names none."""
    try:
        cause = decode_cursor(incident, int, str, str)
    except BadCursor:
        cause = None
    for one in parked_groups(connection) if cause is not None else ():
        if (one.plan, one.node, one.reason) == cause:
            return one
    raise NotFound("Nobody is parked for this cause any more. Look at the list of incidents.")


def list_parked(
    connection: Connection, plans: Plans, incident: str, *, cursor: str | None, limit: int
) -> Page[EnrolmentOut]:
    """A page of the enrolments that are parked for a cause."""
    group = read_group(connection, incident)
    wanted = Wanted(plan=group.plan, place="parked", node=group.node, reason=group.reason)
    return list_enrolments(connection, plans, wanted, cursor=cursor, limit=limit)
