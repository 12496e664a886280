"""The addresses of drawing together."""

from typing import Annotated

from fastapi import APIRouter, Path, Query
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import StreamingResponse

from api.bodies import JsonRoute
from api.drafts import queries, service
from api.drafts.schemas import PatchIn, PeopleOut, PresenceIn
from api.house import HouseOf
from api.journeys.queries import read_journey
from api.problems import declare
from api.shapes import Id
from api.streams import STREAM
from engine.enrolment.draft_changes import SavedChange
from engine.enrolment.drafts import (
    ChangeMisplaced,
    DraftChanged,
    JourneyNameMissing,
    JourneyNameTaken,
    NotReadable,
    UnknownJourney,
)

router = APIRouter(prefix="/journeys/{journey}", tags=["journeys"], route_class=JsonRoute)

JourneyId = Annotated[Id, Path(description="The journey's id.")]


@router.patch(
    "/draft",
    summary="Save a change of the draft",
    responses=declare(
        UnknownJourney, DraftChanged, ChangeMisplaced, JourneyNameTaken, JourneyNameMissing, NotReadable
    ),
)
def patch_draft(house: HouseOf, journey: JourneyId, body: PatchIn) -> SavedChange:
    """Save a change of some places, made on a revision. 409 if the draft has another one by now: the answer has what was
    saved since, in `changes`, for the change to be repeated on it; without `changes` read the draft. Gives the change as
    it was saved, with values in their canonical form. Sent again under the same id it gives the same answer."""
    return house.database.transact(
        lambda connection: service.save_patch(connection, journey, body, house.now())
    )


@router.get("/draft/changes", summary="Who changed what", responses=declare(UnknownJourney))
def list_changes(
    house: HouseOf, journey: JourneyId, limit: Annotated[int, Query(ge=1, le=200)] = 50
) -> list[SavedChange]:
    """What was changed last in the draft, the newest first. The last 500 changes of a journey are kept."""
    with house.database.read() as connection:
        return queries.last_changes(connection, journey, limit)


@router.get(
    "/draft/stream",
    summary="Follow the draft",
    response_class=StreamingResponse,
    responses={**STREAM, **declare(UnknownJourney)},
)
async def follow_draft(
    house: HouseOf,
    journey: JourneyId,
    since: Annotated[int, Query(ge=0, le=2**31, description="The revision that the caller has.")],
) -> StreamingResponse:
    """Server-sent events. `change`: a change of the draft as it was saved, in order, from `since` on. `behind`: what
    follows `since` is not kept any more; read the draft, and follow again from its revision. `people`: who is here, at
    first and whenever that changes. `gone`: the journey is deleted; nothing follows."""
    await run_in_threadpool(_require, house, journey)
    return house.streams.answer(house.drafts.follow(journey, since))


def _require(house: HouseOf, journey: int) -> None:
    with house.database.read() as connection:
        read_journey(connection, journey)


@router.put("/presence", summary="Be seen in the draft", responses=declare(UnknownJourney))
def put_presence(house: HouseOf, journey: JourneyId, body: PresenceIn) -> PeopleOut:
    """Say where one is, or that one leaves; hear who else is there. Say it again every few seconds."""
    return house.database.transact(
        lambda connection: service.be_present(connection, journey, body, house.runtime.now())
    )
