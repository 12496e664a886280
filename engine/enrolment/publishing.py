"""Publishing: a flowchart is checked, compiled, and becomes the plan that contacts enter.

Checking and compiling happen before the transaction that writes: they count segments and may take a while, and what
they found is pinned in the plan. The journey's row is held alone while the plan's number is given.
"""

from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from engine.enrolment.drafts import (
    Document,
    Draft,
    DraftChanged,
    JourneyNameTaken,
    create_journey,
    find_journey,
    hold_journey,
    read_draft,
    readable,
    write_draft,
)
from engine.enrolment.runtime import Published, real_now
from engine.enrolment.world import world_of
from engine.flow.compile import check, compile_flowchart
from engine.flow.diagnostic import Diagnostic
from engine.flow.document import Flowchart
from engine.flow.draws import drawing_anew
from engine.flow.plan import Plan
from engine.flow.same import same_meaning
from engine.store.audit import record
from engine.store.catalog import load_catalog
from engine.store.clock import read_clock
from engine.store.database import Database
from engine.store.ids import new_id
from engine.store.tables import journey as journeys
from engine.store.tables import plan as plans


def check_document(database: Database, document: Document, *, now: int | None = None) -> list[Diagnostic]:
    """Everything that can be said of a document against this installation: errors first. It takes anything.

    `now` is the business instant of the check; None is the present one.
    """
    with database.read() as connection:
        at = read_clock(connection).business(real_now()) if now is None else now
        return check(document, load_catalog(connection), world_of(connection, document, now=at))


def publish_document(
    database: Database, document: Document, *, now: int, who: str, journey: int | None = None,
    new_journey: bool = False,
) -> Published:  # fmt: skip
    """Publish a document: into the journey with this id, else into the one of the document's name, made if need be.

    `now` is a business instant. `new_journey` refuses a name that is taken. The document becomes the journey's draft.
    The same meaning again gives the same plan, and makes it current again. Raises NotPublishable with every error.
    """
    plan = _compiled(database, document, now)
    flowchart = readable(document)
    with database.write() as connection:
        number = journey
        if number is None:
            number = find_journey(connection, flowchart.name.strip())
        if number is None:
            number = create_journey(connection, flowchart, now=now, who=who).journey
        elif new_journey:
            raise JourneyNameTaken(
                f'There is a journey called "{flowchart.name[:60]}" already. Choose another name, or publish into it.'
            )
        hold_journey(connection, number)
        before = read_draft(connection, number)
        if flowchart.to_json() != before.document:
            write_draft(connection, before, flowchart, now=now, who=who)
        return _publish(connection, number, plan, flowchart, now, who)


def publish_draft(database: Database, journey: int, *, revision: int, now: int, who: str) -> Published:
    """Publish the draft of a journey as it was at `revision`. DraftChanged if it is no longer at that one.

    A draft that is saved while this one is being compiled stays as it is: what was asked for is published.
    """
    with database.read() as connection:
        draft: Draft = read_draft(connection, journey)
    if draft.revision != revision:
        raise DraftChanged(journey, revision, draft.revision)
    plan = _compiled(database, draft.document, now)
    flowchart = readable(draft.document)
    with database.write() as connection:
        hold_journey(connection, journey)
        return _publish(connection, journey, plan, flowchart, now, who)


def _compiled(database: Database, document: Document, now: int) -> Plan:
    with database.read() as connection:
        catalog, world = load_catalog(connection), world_of(connection, document, now=now)
    return compile_flowchart(document, catalog, world)


def in_journey(connection: Connection, journey: int, plan: Plan) -> Plan:
    """A compiled plan as this journey would publish it: its random splits draw as before, else by themselves."""
    body = connection.scalar(
        select(plans.c.body).join(journeys, journeys.c.plan == plans.c.id).where(journeys.c.id == journey)
    )
    return drawing_anew(plan, str(journey), None if body is None else Plan.from_json(body))


def _alike(connection: Connection, current: int | None, plan: Plan) -> Row[Any, Any, Any] | None:
    """The journey's current plan, where it means the same: a node type that got a field since makes no new version."""
    row = connection.execute(
        select(plans.c.id, plans.c.number, plans.c.body).where(plans.c.id == current)
    ).one_or_none()
    same = row is not None and same_meaning(Plan.from_json(row.body), plan, load_catalog(connection))
    return row if same else None


def _publish(
    connection: Connection, journey: int, plan: Plan, flowchart: Flowchart, now: int, who: str
) -> Published:
    """Store the plan and let contacts enter it. The journey's row is held."""
    row = connection.execute(select(journeys).where(journeys.c.id == journey)).one()
    compiled, plan = plan, in_journey(connection, journey, plan)
    known = connection.execute(
        select(plans.c.id, plans.c.number, plans.c.body)
        .where(plans.c.journey == journey, plans.c.digest.in_({plan.digest, compiled.digest}))
        .order_by(plans.c.number.desc())
        .limit(1)
    ).one_or_none() or _alike(connection, row.plan, plan)
    if known is not None:
        plan = Plan.from_json(known.body)
        plan_id, number = int(known.id), int(known.number)
    else:
        plan_id = new_id()
        last = connection.scalar(select(func.max(plans.c.number)).where(plans.c.journey == journey))
        number = (last or 0) + 1
        connection.execute(
            insert(plans).values(
                id=plan_id, journey=journey, number=number, digest=plan.digest, body=plan.canonical,
                document=flowchart.to_json(), published_at=now, published_by=who,
            )
        )  # fmt: skip
    # A paused journey stays paused: resuming it takes out those whom the pause holds, which is an act of its own.
    state = "paused" if row.state == "paused" else "running"
    connection.execute(update(journeys).where(journeys.c.id == journey).values(plan=plan_id, state=state))
    details = {"plan": str(plan_id), "number": number, "digest": plan.digest, "again": known is not None}
    record(connection, at=now, who=who, what="publish", subject=f"journey/{journey}", details=details)
    return Published(plan_id, journey, row.name, number, plan)
