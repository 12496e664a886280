"""The address of forecasts."""

from fastapi import APIRouter

from api.bodies import JsonRoute
from api.errors import ForecastTooLong, NotFound
from api.forecasts import service
from api.forecasts.schemas import ForecastIn, ForecastOut
from api.house import HouseOf
from api.problems import declare
from api.rehearsals.service import subject_of
from engine.enrolment.drafts import NotReadable, UnknownJourney
from engine.flow.diagnostic import NotPublishable

router = APIRouter(prefix="/rehearsals/forecast", tags=["rehearsals"], route_class=JsonRoute)


@router.post(
    "",
    summary="Rehearse a crowd",
    responses=declare(UnknownJourney, NotFound, NotReadable, NotPublishable, ForecastTooLong),
)
def forecast_crowd(house: HouseOf, body: ForecastIn) -> ForecastOut:
    """Let invented contacts enter all at once and do what chance says: how many take each way. Goals are not reached. The
    same request gives the same numbers. Nothing is sent, nothing stored."""
    now = house.now()
    with house.database.read() as connection:
        subject = subject_of(house, connection, body, now)
    return service.forecast(subject, body, now if body.at is None else body.at)
