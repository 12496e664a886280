"""Journeys, read."""

from collections import Counter
from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, func, or_, select

from api.errors import NotFound
from api.journeys.schemas import DraftOut, JourneyOut, JourneysOut, PlanDetail, PlanOut, PlanRef
from api.paging import Page, count_rows, decode_cursor, page_of
from engine.enrolment.drafts import Draft, read_draft, readable, unknown_journey
from engine.enrolment.tally import STANDING, read_tallies
from engine.store.sets import among
from engine.store.tables import draft, enrolment, journey, plan

_PARKED = select(func.count()).select_from(enrolment).where(enrolment.c.place == "parked")


def _journeys() -> Select[Any]:
    # The name alone: a document may be large, and lists show none.
    return (
        select(journey, plan.c.number, draft.c.revision)
        .join(draft, draft.c.journey == journey.c.id)
        .outerjoin(plan, plan.c.id == journey.c.plan)
    )


def _shown(row: Row[Any], counts: Counter[tuple[int, str]]) -> JourneyOut:
    return JourneyOut(
        id=row.id,
        name=row.name,
        state=row.state,
        sending=row.sending,
        plan=None if row.plan is None else PlanRef(id=row.plan, number=row.number),
        revision=row.revision,
        created_at=row.created_at,
        entered=counts[row.id, "entered"],
        inside=counts[row.id, "inside"],
        problems=counts[row.id, "parked"],
    )


def _counts(connection: Connection, journeys: Collection[int]) -> Counter[tuple[int, str]]:
    """Who entered these journeys, is inside, and stands parked: {(journey, what): how many}."""
    found = Counter[tuple[int, str]]()
    mine = among(plan.c.journey, journeys)
    owners = {
        row.id: row.journey for row in connection.execute(select(plan.c.id, plan.c.journey).where(mine))
    }
    if owners:
        plans = select(plan.c.id).where(mine)
        for one in read_tallies(connection, plans, kinds=("entered", *STANDING)):
            owner = owners[one.plan]
            if one.kind == "entered":
                found[owner, "entered"] += one.count
            if one.kind in ("root", "forked"):
                found[owner, "inside"] += one.count
            if one.name == "parked":
                found[owner, "parked"] += one.count
    return found


def list_journeys(
    connection: Connection, *, state: str | None, search: str | None, cursor: str | None, limit: int
) -> JourneysOut:
    """A page of journeys, by name."""
    wanted: list[ColumnElement[bool]] = []
    if state is not None:
        wanted.append(journey.c.state == state)
    if search:
        wanted.append(func.lower(journey.c.name).contains(search.lower(), autoescape=True))
    query = _journeys().where(*wanted)
    after = decode_cursor(cursor, str, int)
    if after is not None:
        name, number = after
        query = query.where(or_(journey.c.name > name, and_(journey.c.name == name, journey.c.id > number)))
    rows = connection.execute(query.order_by(journey.c.name, journey.c.id).limit(limit + 1)).all()
    counts = _counts(connection, [row.id for row in rows])
    page = page_of(rows, limit, lambda row: _shown(row, counts), lambda row: (row.name, row.id))
    return JourneysOut(
        items=page.items,
        next=page.next,
        total=count_rows(connection, journey, *wanted),
        parked=connection.execute(_PARKED).scalar_one(),
    )


def read_journey(connection: Connection, number: int) -> JourneyOut:
    """One journey. UnknownJourney where there is none."""
    row = connection.execute(_journeys().where(journey.c.id == number)).one_or_none()
    if row is None:
        raise unknown_journey(number)
    return _shown(row, _counts(connection, [number]))


def draft_out(saved: Draft) -> DraftOut:
    """A draft, in the newest shape of the document."""
    return DraftOut(
        journey=saved.journey,
        revision=saved.revision,
        document=readable(saved.document),
        updated_at=saved.updated_at,
    )


def read_draft_out(connection: Connection, number: int) -> DraftOut:
    """A journey's draft."""
    return draft_out(read_draft(connection, number))


def list_plans(connection: Connection, number: int, *, cursor: str | None, limit: int) -> Page[PlanOut]:
    """A page of a journey's versions, the newest first."""
    current = read_journey(connection, number).plan
    query = select(plan.c.id, plan.c.number, plan.c.digest, plan.c.published_at, plan.c.published_by).where(
        plan.c.journey == number
    )
    after = decode_cursor(cursor, int)
    if after is not None:
        query = query.where(plan.c.number < after[0])
    rows = connection.execute(query.order_by(plan.c.number.desc()).limit(limit + 1)).all()
    inside = _inside(connection, select(plan.c.id).where(plan.c.journey == number))
    return page_of(
        rows,
        limit,
        lambda row: PlanOut(
            **row._mapping, current=current is not None and row.id == current.id, inside=inside[row.id]
        ),
        lambda row: (row.number,),
    )


def read_plan(connection: Connection, number: int, version: int) -> PlanDetail:
    """One version of a journey."""
    current = read_journey(connection, number).plan
    row = connection.execute(
        select(plan).where(plan.c.journey == number, plan.c.number == version)
    ).one_or_none()
    if row is None:
        raise NotFound(f"The journey {number} has no version {version}. Look it up among its plans.")
    return PlanDetail(
        id=row.id,
        number=row.number,
        digest=row.digest,
        published_at=row.published_at,
        published_by=row.published_by,
        current=current is not None and row.id == current.id,
        inside=_inside(connection, select(plan.c.id).where(plan.c.id == row.id))[row.id],
        document=readable(row.document),
    )


def _inside(connection: Connection, plans: Select[tuple[int]]) -> Counter[int]:
    """How many have not ended, by plan."""
    found = Counter[int]()
    for one in read_tallies(connection, plans, kinds=("root", "forked")):
        found[one.plan] += one.count
    return found


def document_at(connection: Connection, number: int, version: str) -> dict[str, Any]:
    """What was drawn in a version, or is drawn in the `draft`."""
    if version == "draft":
        return read_draft(connection, number).document
    found = connection.scalar(
        select(plan.c.document).where(plan.c.journey == number, plan.c.number == int(version))
    )
    if found is None:
        raise NotFound(f"The journey {number} has no version {version}. Look it up among its plans.")
    document: dict[str, Any] = found
    return document


def plan_id(connection: Connection, number: int, version: int | None) -> int | None:
    """The id of one version; None for all of them."""
    return None if version is None else read_plan(connection, number, version).id
