"""The addresses of the tour."""

from fastapi import APIRouter

from api.bodies import JsonRoute
from api.errors import NoTourHere
from api.house import House, HouseOf
from api.problems import declare
from api.tour import queries, service
from api.tour.schemas import TourOut

router = APIRouter(prefix="/tour", tags=["tour"], route_class=JsonRoute)


def _tour(house: House) -> TourOut:
    with house.database.read() as connection:
        return queries.read_tour(connection, house.runtime.plans)


@router.get("", summary="How far the tour is")
def get_tour(house: HouseOf) -> TourOut:
    """Whether the tour is under way, which of its steps have really happened, and where its people stand."""
    return _tour(house)


@router.post("", summary="Start the tour", responses=declare(NoTourHere))
def start_tour(house: HouseOf) -> TourOut:
    """Furnish the installation with five people, what they did before, and a journey to publish; from now on a day lasts 20
    seconds. Refused where contacts have entered other journeys. Asked for again while it runs, nothing changes."""
    service.start(house)
    return _tour(house)


@router.post("/end", summary="End the tour")
def end_tour(house: HouseOf) -> TourOut:
    """Let time go as usual again, from the present business instant on. Everything that the tour brought stays."""
    service.end(house)
    return _tour(house)
