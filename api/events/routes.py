"""The addresses of events, as analytics SDKs know them."""

from fastapi import APIRouter

from api.bodies import JsonRoute
from api.events import service
from api.events.schemas import Batch, Identify, Seen, Taken, Track
from api.house import HouseOf

MAX_BATCH = 500_000


class BatchRoute(JsonRoute):
    """A route for batches: those of the SDKs have at most 500 kB."""

    limit = MAX_BATCH


router = APIRouter(tags=["events"], route_class=JsonRoute)
batches = APIRouter(tags=["events"], route_class=BatchRoute)


@router.post("/track", summary="Something happened")
def track(house: HouseOf, body: Track) -> Taken:
    """Record an event; journeys that wait for it, or begin with it, go on in the same transaction."""
    return service.take(house, body)


@router.post("/identify", summary="Who somebody is")
def identify(house: HouseOf, body: Identify) -> Taken:
    """Write what is known of a contact, and recognise a visitor as one: what the visitor did becomes the contact's."""
    return service.take(house, body)


@router.post("/page", summary="A page was seen")
def page(house: HouseOf, body: Seen) -> Taken:
    """Record that a page was seen, as the event `page`."""
    return service.take(house, body.model_copy(update={"type": "page"}))


@router.post("/screen", summary="A screen was seen")
def screen(house: HouseOf, body: Seen) -> Taken:
    """Record that an app's screen was seen, as the event `screen`."""
    return service.take(house, body.model_copy(update={"type": "screen"}))


@batches.post("/batch", summary="Several at once")
def batch(house: HouseOf, body: Batch) -> Taken:
    """Take in up to 2,500 calls in 500 kB. What cannot be understood is refused by itself; the rest is taken."""
    return service.take_batch(house, body)
