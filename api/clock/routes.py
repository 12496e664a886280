"""The address of the clock."""

from fastapi import APIRouter

from api.bodies import JsonRoute
from api.clock.schemas import ClockOut
from api.house import HouseOf

router = APIRouter(tags=["clock"], route_class=JsonRoute)


@router.get("/clock", summary="What time it is in business time")
def get_clock(house: HouseOf) -> ClockOut:
    """The present business instant, and the speed at which business time goes."""
    clock = house.runtime.clock
    return ClockOut(now=clock.business(house.runtime.now()), speed=clock.speed)
