"""The addresses of incidents."""

from typing import Annotated

from fastapi import APIRouter, Path

from api.bodies import JsonRoute
from api.enrolments.schemas import EnrolmentOut, Newest, Replayed, ReplayIn, Retried
from api.enrolments.service import how_of
from api.errors import NotFound
from api.house import HouseOf
from api.incidents import queries, service
from api.incidents.schemas import Incident
from api.paging import USUAL, CursorText, Limit, Page
from api.problems import declare
from api.shapes import Id, Text
from engine.enrolment.replay import How, ReplayUnclear

router = APIRouter(prefix="/incidents", tags=["incidents"], route_class=JsonRoute)
IncidentId = Annotated[Text, Path(max_length=1000, description="The incident's id.")]


@router.get("", summary="What is parked, by cause")
def list_incidents(
    house: HouseOf, journey: Id | None = None, cursor: CursorText = None, limit: Limit = USUAL
) -> Page[Incident]:
    """A page of causes: those of the newest version first, then by node and reason."""
    with house.database.read() as connection:
        return queries.list_incidents(connection, journey, cursor=cursor, limit=limit)


@router.get("/{incident}/enrolments", summary="Who is parked for it", responses=declare(NotFound))
def list_parked(
    house: HouseOf, incident: IncidentId, cursor: CursorText = None, limit: Limit = USUAL
) -> Page[EnrolmentOut]:
    """A page of the enrolments that are parked for one cause."""
    with house.database.read() as connection:
        return queries.list_parked(connection, house.runtime.plans, incident, cursor=cursor, limit=limit)


@router.post("/{incident}/retry", summary="Try all of them again", responses=declare(NotFound))
def retry_all(house: HouseOf, incident: IncidentId, newest: Newest = False) -> Retried:
    """Let all who are parked for this cause try their node again. What they did before is not done again."""
    return Retried(enrolments=service.replay(house, incident, How(newest=newest)))


@router.post(
    "/{incident}/replay",
    summary="Retry, send again, let leave, or end all of them",
    responses=declare(NotFound, ReplayUnclear),
)
def replay_all(house: HouseOf, incident: IncidentId, body: ReplayIn) -> Replayed:
    """Let all who are parked for this cause go on as the body says. What they did before is not done again."""
    return Replayed(enrolments=service.replay(house, incident, how_of(body)))
