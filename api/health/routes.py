"""The address of health."""

from fastapi import APIRouter

from api.bodies import JsonRoute
from api.health import service
from api.health.schemas import Health
from api.house import HouseOf

router = APIRouter(tags=["health"], route_class=JsonRoute)


@router.get("/health", summary="How the installation is")
def get_health(house: HouseOf) -> Health:
    """Whether the database answers, workers are there, and admissions flow."""
    with house.database.read() as connection:
        return service.health(connection, now=house.runtime.now(), version=house.version)
