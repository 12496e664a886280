"""The addresses of numbers."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import StreamingResponse

from api.bodies import JsonRoute
from api.errors import NotFound
from api.house import House, HouseOf
from api.journeys.routes import JourneyId
from api.numbers import queries
from api.numbers.schemas import Numbers
from api.numbers_feed import Watched
from api.problems import declare
from api.shapes import Instant
from api.streams import STREAM
from engine.enrolment.drafts import UnknownJourney
from engine.enrolment.tally import Period

router = APIRouter(prefix="/journeys", tags=["journeys"], route_class=JsonRoute)

SomeVersion = Annotated[int | None, Query(ge=1, le=2**31, description="Of one version alone.")]


def _period(
    since: Annotated[Instant | None, Query(description="From this hour of business time on.")] = None,
    until: Annotated[
        Instant | None, Query(description="Before this instant, rounded up to the hour.")
    ] = None,
) -> Period:
    return Period(since, until)


SomePeriod = Annotated[Period, Depends(_period)]


@router.get("/{journey}/numbers", summary="The numbers", responses=declare(UnknownJourney, NotFound))
def get_numbers(
    house: HouseOf, journey: JourneyId, period: SomePeriod, version: SomeVersion = None
) -> Numbers:
    """How many entered, where they stand, how many came to each node and left it by which port, and with which results
    they ended. With `since` or `until`: how many entered, came, left and ended in those hours."""
    return _read(house, journey, period, version)


@router.get(
    "/{journey}/numbers/stream",
    summary="Follow the numbers",
    response_class=StreamingResponse,
    responses={**STREAM, **declare(UnknownJourney, NotFound)},
)
async def follow_numbers(
    house: HouseOf, journey: JourneyId, period: SomePeriod, version: SomeVersion = None
) -> StreamingResponse:
    """Server-sent events. `numbers`: what the numbers are, in the shape of their own address, at first and whenever they
    have changed, at most once a second. The stream ends where the journey is deleted."""
    await run_in_threadpool(_read, house, journey, period, version)
    return house.streams.answer(house.numbers.follow(Watched(journey, version, period)))


def _read(house: House, journey: int, period: Period, version: int | None) -> Numbers:
    with house.database.read() as connection:
        return queries.read_numbers(connection, house.runtime.plans, journey, version, period)
