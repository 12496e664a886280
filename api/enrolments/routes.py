"""The addresses of enrolments."""

from typing import Annotated

from fastapi import APIRouter, Path, Query

from api.bodies import JsonRoute
from api.enrolments import queries, service
from api.enrolments.schemas import EnrolmentDetail, EnrolmentOut, LineOut, Newest, Place, Retried
from api.house import HouseOf
from api.paging import USUAL, CursorText, Limit, Page
from api.problems import declare
from api.shapes import Id, Text
from engine.enrolment.replay import NotParked
from engine.enrolment.timeline import UnknownEnrolment, enrolment_timeline

router = APIRouter(prefix="/enrolments", tags=["enrolments"], route_class=JsonRoute)
EnrolmentId = Annotated[Id, Path(description="The enrolment's id.")]


@router.get("", summary="The enrolments, the newest first")
def list_enrolments(
    house: HouseOf,
    journey: Id | None = None,
    contact: Id | None = None,
    place: Place | None = None,
    node: Annotated[Text | None, Query(max_length=200, description="Who stands at this node.")] = None,
    result: Annotated[Text | None, Query(max_length=200)] = None,
    cursor: CursorText = None,
    limit: Limit = USUAL,
) -> Page[EnrolmentOut]:
    """A page of enrolments. Who is where: give a journey, a node and perhaps a place."""
    wanted = queries.Wanted(journey=journey, contact=contact, place=place, node=node, result=result)
    with house.database.read() as connection:
        return queries.list_enrolments(connection, house.runtime.plans, wanted, cursor=cursor, limit=limit)


@router.get("/{enrolment}", summary="An enrolment", responses=declare(UnknownEnrolment))
def get_enrolment(house: HouseOf, enrolment: EnrolmentId) -> EnrolmentDetail:
    """One enrolment: where it stands, and its parallel paths."""
    with house.database.read() as connection:
        return queries.read_enrolment(connection, house.runtime.plans, enrolment)


@router.get("/{enrolment}/timeline", summary="What happened to it", responses=declare(UnknownEnrolment))
def get_timeline(
    house: HouseOf, enrolment: EnrolmentId, cursor: CursorText = None, limit: Limit = USUAL
) -> Page[LineOut]:
    """What happened, in words, the newest first: nodes, messages, and what the contact did meanwhile."""
    with house.database.read() as connection:
        return queries.timeline_page(
            lambda until: enrolment_timeline(connection, house.runtime.plans, enrolment, until),
            cursor=cursor,
            limit=limit,
        )


@router.post("/{enrolment}/retry", summary="Try again", responses=declare(UnknownEnrolment, NotParked))
def retry(house: HouseOf, enrolment: EnrolmentId, newest: Newest = False) -> Retried:
    """Let a parked enrolment try its node again. What it did before is not done again."""
    return Retried(enrolments=service.retry(house, enrolment, newest=newest))
