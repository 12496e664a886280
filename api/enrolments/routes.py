"""The addresses of enrolments."""

from dataclasses import dataclass, replace
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query

from api.bodies import JsonRoute
from api.enrolments import queries, service
from api.enrolments.schemas import (
    EnrolmentDetail,
    EnrolmentOut,
    LineOut,
    Newest,
    Place,
    Replayed,
    ReplayIn,
    Retried,
)
from api.errors import BadValue, NotFound
from api.house import HouseOf
from api.journeys.queries import read_plan
from api.paging import USUAL, CursorText, Limit, Page
from api.problems import declare
from api.shapes import Id, Text
from engine.enrolment.drafts import UnknownJourney
from engine.enrolment.replay import How, NotParked, NotUndecided, ReplayUnclear
from engine.enrolment.timeline import UnknownEnrolment, enrolment_timeline

router = APIRouter(prefix="/enrolments", tags=["enrolments"], route_class=JsonRoute)
EnrolmentId = Annotated[Id, Path(description="The enrolment's id.")]


@dataclass(frozen=True, slots=True)
class _Asked:
    """Who is asked for, and of which version."""

    wanted: queries.Wanted
    version: int | None


def _asked(
    journey: Id | None = None,
    version: Annotated[
        int | None, Query(ge=1, le=2**31, description="Of this version of the journey.")
    ] = None,
    contact: Id | None = None,
    place: Place | None = None,
    node: Annotated[Text | None, Query(max_length=200, description="Who stands at this node.")] = None,
    port: Annotated[
        Text | None,
        Query(max_length=200, description="Who has left the node by this port, wherever they are."),
    ] = None,
    result: Annotated[Text | None, Query(max_length=200)] = None,
) -> _Asked:
    if version is not None and journey is None:
        raise BadValue("version", "It is one of a journey. Name the journey, too.")
    if port is not None and (node is None or journey is None):
        raise BadValue("port", "It is one of a journey's node. Name the journey and the node, too.")
    wanted = queries.Wanted(
        journey=journey, contact=contact, place=place, node=node, port=port, result=result
    )
    return _Asked(wanted, version)


@router.get("", summary="The enrolments, the newest first", responses=declare(UnknownJourney, NotFound))
def list_enrolments(
    house: HouseOf, asked: Annotated[_Asked, Depends(_asked)], cursor: CursorText = None, limit: Limit = USUAL
) -> Page[EnrolmentOut]:
    """A page of enrolments: the people behind a number. Who is where: give a journey, a node and perhaps a place. Who went
    which way: give a journey, a node and a port."""
    wanted, version = asked.wanted, asked.version
    with house.database.read() as connection:
        if version is not None and wanted.journey is not None:
            wanted = replace(wanted, plan=read_plan(connection, wanted.journey, version).id)
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
    return Retried(enrolments=service.replay(house, enrolment, How(newest=newest)))


@router.post(
    "/{enrolment}/replay",
    summary="Retry, send again, let leave, or end",
    responses=declare(UnknownEnrolment, NotParked, NotUndecided, ReplayUnclear),
)
def replay(house: HouseOf, enrolment: EnrolmentId, body: ReplayIn) -> Replayed:
    """Let whatever of an enrolment is parked go on as the body says, its parallel paths too. Nodes before never run again."""
    return Replayed(enrolments=service.replay(house, enrolment, service.how_of(body)))
