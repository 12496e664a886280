"""The addresses of rehearsals."""

from fastapi import APIRouter

from api.bodies import JsonRoute
from api.errors import ForecastTooLong, NotFound
from api.house import HouseOf
from api.problems import declare
from api.rehearsals import forecast, service
from api.rehearsals.schemas import ForecastIn, ForecastOut, RehearsalIn, RehearsalOut
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


@router.post(
    "/forecast",
    summary="Rehearse a crowd",
    responses=declare(UnknownJourney, NotFound, NotReadable, NotPublishable, ForecastTooLong),
)
def forecast_crowd(house: HouseOf, body: ForecastIn) -> ForecastOut:
    """Let invented contacts enter all at once and do what chance says: how many take each way. Goals are not reached. The
    same request gives the same numbers. Nothing is sent, nothing stored."""
    now = house.now()
    with house.database.read() as connection:
        subject = service.subject_of(house, connection, body, now)
    return forecast.forecast(subject, body, now if body.at is None else body.at)
