"""The addresses of journeys."""

from typing import Annotated

from fastapi import APIRouter, Path, Query

from api.bodies import JsonRoute
from api.errors import NoApiTrigger, NotFound
from api.house import HouseOf
from api.journeys import queries, service
from api.journeys.schemas import (
    CheckIn,
    CheckOut,
    DiffOut,
    DraftIn,
    DraftOut,
    EntryIn,
    EntryOut,
    JourneyIn,
    JourneyOut,
    JourneysOut,
    Moved,
    PlanDetail,
    PlanOut,
    PublishIn,
    SendingIn,
    State,
)
from api.paging import USUAL, CursorText, Limit, Page
from api.problems import declare
from api.shapes import Id, Text
from engine.audience.contacts import UnknownContact
from engine.enrolment.campaign import NotPublished
from engine.enrolment.control import NotRunning
from engine.enrolment.drafts import (
    DraftChanged,
    JourneyNameMissing,
    JourneyNameTaken,
    NotReadable,
    UnknownJourney,
)
from engine.enrolment.removal import JourneyInUse
from engine.flow.diagnostic import NotPublishable

router = APIRouter(prefix="/journeys", tags=["journeys"], route_class=JsonRoute)

JourneyId = Annotated[Id, Path(description="The journey's id.")]
Version = Annotated[int, Path(ge=1, le=2**31, description="The version's number.")]
SomeVersion = Annotated[str, Query(pattern="^(draft|[1-9][0-9]{0,8})$")]


@router.get("", summary="The journeys, by name")
def list_journeys(
    house: HouseOf,
    state: State | None = None,
    search: Annotated[Text | None, Query(max_length=200, description="Part of the name.")] = None,
    cursor: CursorText = None,
    limit: Limit = USUAL,
) -> JourneysOut:
    """A page of journeys, and how many enrolments are parked in all of them."""
    with house.database.read() as connection:
        return queries.list_journeys(connection, state=state, search=search, cursor=cursor, limit=limit)


@router.post(
    "",
    summary="Make a journey",
    status_code=201,
    responses=declare(JourneyNameTaken, JourneyNameMissing, NotReadable),
)
def create_journey(house: HouseOf, body: JourneyIn) -> JourneyOut:
    """Make a journey by the document's name, with the document as its draft; by a name like it, if that is asked for and
    the name is taken; by that of a copy, if it is one."""
    return service.create(house, body)


@router.post("/check", summary="Check a document")
def check_document(house: HouseOf, body: CheckIn) -> CheckOut:
    """What keeps a document from being published here, or is worth a second look. Nothing is stored."""
    return service.check(house, body.document)


@router.get("/{journey}", summary="A journey", responses=declare(UnknownJourney))
def get_journey(house: HouseOf, journey: JourneyId) -> JourneyOut:
    """One journey."""
    with house.database.read() as connection:
        return queries.read_journey(connection, journey)


@router.delete(
    "/{journey}",
    summary="Delete a journey that was never used",
    status_code=204,
    responses=declare(UnknownJourney, JourneyInUse),
)
def delete_journey(house: HouseOf, journey: JourneyId) -> None:
    """Delete a journey with its draft and its versions, for good. Refused once a contact has entered it or a campaign was
    planned for it, and where it is published meanwhile: what people did is told by it. Stop it instead. Whoever has it open
    hears of it."""
    service.remove(house, journey)


@router.get("/{journey}/draft", summary="The draft", responses=declare(UnknownJourney))
def get_draft(house: HouseOf, journey: JourneyId) -> DraftOut:
    """The flowchart as it is being drawn, with its revision."""
    with house.database.read() as connection:
        return queries.read_draft_out(connection, journey)


@router.put(
    "/{journey}/draft",
    summary="Save the draft",
    responses=declare(UnknownJourney, DraftChanged, JourneyNameTaken, JourneyNameMissing, NotReadable),
)
def put_draft(house: HouseOf, journey: JourneyId, body: DraftIn) -> DraftOut:
    """Save a change that was made on a revision; 409 if the draft has another one by now. Saving the same document again
    changes nothing. Whatever can be read is saved: errors block publishing alone."""
    with house.database.write() as connection:
        return service.save(connection, journey, body.document, revision=body.revision, now=house.now())


@router.get("/{journey}/check", summary="Check the draft", responses=declare(UnknownJourney))
def check_draft(house: HouseOf, journey: JourneyId) -> CheckOut:
    """What keeps the draft from being published, or is worth a second look."""
    return service.check_draft(house, journey)


@router.post(
    "/{journey}/publish",
    summary="Publish the draft",
    responses=declare(UnknownJourney, DraftChanged, NotPublishable),
)
def publish(house: HouseOf, journey: JourneyId, body: PublishIn) -> PlanDetail:
    """Compile the draft at this revision, and let contacts enter it from now on. The same meaning again gives the same
    version. Who is inside finishes on the version that they entered."""
    return service.publish(house, journey, body.revision)


@router.get("/{journey}/plans", summary="The published versions", responses=declare(UnknownJourney))
def list_plans(
    house: HouseOf, journey: JourneyId, cursor: CursorText = None, limit: Limit = USUAL
) -> Page[PlanOut]:
    """A page of versions, the newest first."""
    with house.database.read() as connection:
        return queries.list_plans(connection, journey, cursor=cursor, limit=limit)


@router.get("/{journey}/plans/{version}", summary="A version", responses=declare(UnknownJourney, NotFound))
def get_plan(house: HouseOf, journey: JourneyId, version: Version) -> PlanDetail:
    """One version, with what was drawn."""
    with house.database.read() as connection:
        return queries.read_plan(connection, journey, version)


@router.get(
    "/{journey}/diff", summary="What changed", responses=declare(UnknownJourney, NotFound, NotPublishable)
)
def get_diff(
    house: HouseOf,
    journey: JourneyId,
    old: Annotated[
        SomeVersion | None, Query(alias="from", description="A version or `draft`; else the current version.")
    ] = None,
    new: Annotated[SomeVersion, Query(alias="to", description="A version or `draft`.")] = "draft",
) -> DiffOut:
    """The changes from one version to another, in words: "Wait 2 days → 3 days"."""
    with house.database.read() as connection:
        return service.compare(connection, journey, old=old, new=new)


@router.post("/{journey}/pause", summary="Pause it", responses=declare(UnknownJourney, NotRunning))
def pause(house: HouseOf, journey: JourneyId) -> Moved:
    """Hold everyone before their next act. Nobody enters meanwhile; waits and delays go on."""
    return service.pause(house, journey)


@router.post("/{journey}/resume", summary="Resume it", responses=declare(UnknownJourney, NotRunning))
def resume(house: HouseOf, journey: JourneyId) -> Moved:
    """End the pause, and set moving whom it held. Broken off, it is asked for again and goes on."""
    return service.resume(house, journey)


@router.post("/{journey}/stop", summary="Stop it", responses=declare(UnknownJourney, NotRunning))
def stop(house: HouseOf, journey: JourneyId) -> Moved:
    """Nobody enters any more, and everyone inside ends with the result `stopped`. Publish it to start it again."""
    return service.stop(house, journey)


@router.put("/{journey}/sending", summary="The kill switch", responses=declare(UnknownJourney))
def put_sending(house: HouseOf, journey: JourneyId, body: SendingIn) -> JourneyOut:
    """Off: once this is answered, no message of the journey is claimed. Those being sent right now may still go out."""
    return service.switch(house, journey, body.on)


@router.post(
    "/{journey}/entries",
    summary="Let a contact enter",
    responses=declare(UnknownJourney, NotPublished, NoApiTrigger, UnknownContact),
)
def enter_contact(house: HouseOf, journey: JourneyId, body: EntryIn) -> EntryOut:
    """Let a contact enter at the API trigger. The contact is named by id, or by external id, email or phone, and made if
    nobody is recognised. Whoever may not enter is no error: `entered` is false, and `refused` says why and what to do."""
    return house.database.transact(lambda connection: service.enter_one(house, connection, journey, body))
