"""The addresses of campaigns."""

from typing import Annotated, get_args

from fastapi import APIRouter, Path, Query

from api.bodies import JsonRoute
from api.campaigns import queries, service
from api.campaigns.schemas import CampaignIn, CampaignOut, StartCheckIn, StartCheckOut, State, TimeIn
from api.house import HouseOf
from api.paging import USUAL, Counted, CursorText, Limit
from api.problems import declare
from api.shapes import Id
from engine.audience.contacts import UnknownContact
from engine.audience.segments import UnknownSegment
from engine.enrolment.campaign import (
    CampaignOver,
    NoCampaignTrigger,
    NotPublished,
    UnknownCampaign,
)
from engine.enrolment.drafts import UnknownJourney
from engine.enrolment.reschedule import BadSchedule, CampaignExists
from engine.flow.condition import ConditionError

router = APIRouter(prefix="/campaigns", tags=["campaigns"], route_class=JsonRoute)
CampaignId = Annotated[Id, Path(description="The campaign's id.")]
_CHANGED = declare(UnknownCampaign, CampaignOver)


@router.get("", summary="The campaigns, the newest first")
def list_campaigns(
    house: HouseOf,
    journey: Id | None = None,
    state: Annotated[
        list[State] | None,
        Query(max_length=len(get_args(State)), description="Of this state, or of any of these."),
    ] = None,
    parent: Id | None = None,
    cursor: CursorText = None,
    limit: Limit = USUAL,
) -> Counted[CampaignOut]:
    """A page of campaigns; with `parent` the runs of a scheduled one."""
    with house.database.read() as connection:
        return queries.list_campaigns(
            connection, journey_id=journey, states=state or (), parent=parent, cursor=cursor, limit=limit
        )


@router.post(
    "",
    summary="Start a campaign",
    status_code=201,
    responses=declare(
        UnknownJourney, UnknownSegment, NotPublished, NoCampaignTrigger, BadSchedule, CampaignExists
    ),
)
def start_campaign(house: HouseOf, body: CampaignIn) -> CampaignOut:
    """Let a segment enter a journey: at once, at a time, or at each firing of a schedule. Each contact enters once,
    however often this is asked for with the same id."""
    return house.database.transact(lambda connection: service.start(house, connection, body))


@router.post(
    "/check",
    summary="Check before a start",
    responses=declare(
        UnknownJourney, UnknownSegment, UnknownContact, NotPublished, NoCampaignTrigger, ConditionError
    ),
)
def check_campaign(house: HouseOf, body: StartCheckIn) -> StartCheckOut:
    """What would happen if a segment or a contact entered now: how many would, whom the re-entry rule keeps out, and who
    cannot be written to on the channels that the journey's acts use. Nothing is changed."""
    with house.database.read() as connection:
        return service.check(house, connection, body)


@router.get("/{campaign}", summary="A campaign", responses=declare(UnknownCampaign))
def get_campaign(house: HouseOf, campaign: CampaignId) -> CampaignOut:
    """One campaign and how far it got."""
    with house.database.read() as connection:
        return queries.read_campaign(connection, campaign)


@router.post("/{campaign}/pause", summary="Pause it", responses=_CHANGED)
def pause_campaign(house: HouseOf, campaign: CampaignId) -> CampaignOut:
    """Nobody enters until it is resumed. Who has entered goes on."""
    with house.database.write() as connection:
        return service.change(house, connection, campaign, "pause")


@router.post("/{campaign}/resume", summary="Resume it", responses=_CHANGED)
def resume_campaign(house: HouseOf, campaign: CampaignId) -> CampaignOut:
    """Go on where it was paused."""
    with house.database.write() as connection:
        return service.change(house, connection, campaign, "resume")


@router.post("/{campaign}/cancel", summary="Cancel it", responses=_CHANGED)
def cancel_campaign(house: HouseOf, campaign: CampaignId) -> CampaignOut:
    """Nobody enters by it any more. Who has entered goes on."""
    with house.database.write() as connection:
        return service.change(house, connection, campaign, "cancel")


@router.put(
    "/{campaign}/time",
    summary="Change its time",
    responses=declare(UnknownCampaign, CampaignOver, BadSchedule),
)
def change_time(house: HouseOf, campaign: CampaignId, body: TimeIn) -> CampaignOut:
    """Give a campaign that has not started another time."""
    with house.database.write() as connection:
        return service.reschedule(house, connection, campaign, body)
