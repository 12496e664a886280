"""The addresses of rehearsals."""

from fastapi import APIRouter

from api.bodies import JsonRoute
from api.errors import NotFound
from api.house import HouseOf
from api.problems import declare
from api.rehearsals import service
from api.rehearsals.schemas import RehearsalIn, RehearsalOut
from engine.audience.contacts import UnknownContact
from engine.enrolment.drafts import NotReadable, UnknownJourney
from engine.flow.diagnostic import NotPublishable
from engine.journey.rehearsed import RehearsalTooLong

router = APIRouter(prefix="/rehearsals", tags=["rehearsals"], route_class=JsonRoute)


@router.post(
    "",
    summary="Rehearse one contact",
    responses=declare(
        UnknownContact, UnknownJourney, NotFound, NotReadable, NotPublishable, RehearsalTooLong
    ),
)
def rehearse(house: HouseOf, body: RehearsalIn) -> RehearsalOut:
    """Let a contact, real or invented, enter a journey and play a script of acts from its beginning, by the engine's own
    leg runner: where it stands, the ways on from there, every message as it would arrive. Nothing is sent, nothing stored.
    """
    with house.database.read() as connection:
        return service.play(house, connection, body)
