"""The addresses of contacts."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response

from api.bodies import JsonRoute
from api.contacts import queries, service
from api.contacts.schemas import (
    Channel,
    ConsentIn,
    ContactChange,
    ContactDetail,
    ContactIn,
    ContactListed,
    ImportOut,
    Tagged,
)
from api.enrolments.queries import timeline_page
from api.enrolments.schemas import Kind, LineOut
from api.errors import BodyTooLarge, NotFound, WrongMediaType
from api.house import HouseOf
from api.paging import USUAL, Counted, CursorText, Limit, Page
from api.problems import declare
from api.shapes import Id, Name, Text
from engine.audience.contacts import UnknownContact
from engine.audience.segments import NotAList
from engine.enrolment.timeline import ALL_KINDS, Told, contact_timeline

router = APIRouter(prefix="/contacts", tags=["contacts"], route_class=JsonRoute)
ContactId = Annotated[Id, Path(description="The contact's id.")]
TagName = Annotated[Name, Path(description="The tag.")]


@router.get("", summary="The contacts, the newest first")
def list_contacts(
    house: HouseOf,
    search: Annotated[
        Text | None,
        Query(max_length=200, description="The beginning of a name or email; a whole id or phone."),
    ] = None,
    cursor: CursorText = None,
    limit: Limit = USUAL,
) -> Counted[ContactListed]:
    """A page of contacts."""
    with house.database.read() as connection:
        return queries.list_contacts(connection, search=search, cursor=cursor, limit=limit)


@router.post("", summary="Make or change a contact")
def save_contact(house: HouseOf, body: ContactIn) -> ContactDetail:
    """Write what is said of a contact, recognised by external id, then email, then phone; made if nobody is."""
    return house.database.transact(lambda connection: service.save(house, connection, body))


@router.post(
    "/imports",
    summary="Send a CSV file",
    status_code=202,
    responses=declare(NotAList, BodyTooLarge, WrongMediaType),
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                "text/csv": {
                    "schema": {"type": "string", "examples": ["email,first_name\nann@example.com,Ann"]}
                }
            },
        }
    },
)
async def send_file(
    house: HouseOf,
    request: Request,
    segment: Annotated[
        Name | None, Query(description="A list to put everybody of the file into; made if it is not there.")
    ] = None,
) -> ImportOut:
    """Send a file of contacts: its first line names the columns, of which one is external_id, email or phone. It is read
    after this has been answered; a file that was broken off goes on when it is sent again."""
    return await service.receive(house, request, segment)


@router.get("/imports", summary="The files that were sent")
def list_imports(house: HouseOf) -> Page[ImportOut]:
    """The last hundred files since the server was started, the newest first, on one page."""
    return Page(items=[service.import_out(one) for one in house.imports.all()], next=None)


@router.get("/imports/{number}", summary="How far a file is", responses=declare(NotFound))
def get_import(house: HouseOf, number: Annotated[Id, Path(description="The import's id.")]) -> ImportOut:
    """How many lines were read, and which were left out, and why."""
    return service.import_out(service.find_import(house, number))


@router.get(
    "/imports/{number}/bad-rows",
    summary="The rows that were left out, as a file",
    response_class=Response,
    responses={
        **declare(NotFound),
        200: {"description": "A CSV file.", "content": {"text/csv": {"schema": {"type": "string"}}}},
    },
)
def get_bad_rows(house: HouseOf, number: Annotated[Id, Path(description="The import's id.")]) -> Response:
    """The rows that were left out, with their lines and reasons, to be mended and sent again: the first 10,000."""
    rows = service.bad_rows_csv(service.find_import(house, number))
    disposition = 'attachment; filename="bad-rows.csv"'
    return Response("".join(rows), media_type="text/csv", headers={"content-disposition": disposition})


@router.get("/{contact}", summary="A contact", responses=declare(UnknownContact))
def get_contact(house: HouseOf, contact: ContactId) -> ContactDetail:
    """One contact: names, consents, tags, segments, attributes."""
    with house.database.read() as connection:
        return queries.read_contact(connection, contact)


@router.patch("/{contact}", summary="Change a contact", responses=declare(UnknownContact))
def change_contact(house: HouseOf, contact: ContactId, body: ContactChange) -> ContactDetail:
    """Write what is said of a known contact."""
    return house.database.transact(lambda connection: service.change(house, connection, contact, body))


@router.put(
    "/{contact}/consents/{channel}", summary="Allow or refuse a channel", responses=declare(UnknownContact)
)
def put_consent(house: HouseOf, contact: ContactId, channel: Channel, body: ConsentIn) -> ContactDetail:
    """Write a contact's word on a channel. From then on no claim of a message goes against it."""
    return house.database.transact(
        lambda connection: service.consent(house, connection, contact, channel, body.state)
    )


@router.delete(
    "/{contact}/suppressions/{channel}", summary="Allow an address again", responses=declare(UnknownContact)
)
def delete_suppression(house: HouseOf, contact: ContactId, channel: Channel) -> ContactDetail:
    """Let messages go to the contact's address on a channel again, which a bounce, a complaint or a provider forbade. The
    contact's own word stays as it is."""
    return house.database.transact(
        lambda connection: service.lift_suppression(house, connection, contact, channel)
    )


@router.put("/{contact}/tags/{tag:path}", summary="Tag a contact", responses=declare(UnknownContact))
def put_tag(house: HouseOf, contact: ContactId, tag: TagName) -> Tagged:
    """Give a contact a tag; journeys that wait for it hear of it."""
    return Tagged(
        changed=house.database.transact(
            lambda connection: service.retag(house, connection, contact, tag, "added")
        )
    )


@router.delete("/{contact}/tags/{tag:path}", summary="Take a tag away", responses=declare(UnknownContact))
def delete_tag(house: HouseOf, contact: ContactId, tag: TagName) -> Tagged:
    """Take a tag from a contact; journeys that wait for it hear of it."""
    return Tagged(
        changed=house.database.transact(
            lambda connection: service.retag(house, connection, contact, tag, "removed")
        )
    )


@router.get("/{contact}/timeline", summary="What happened to a contact", responses=declare(UnknownContact))
def get_timeline(
    house: HouseOf,
    contact: ContactId,
    kind: Annotated[
        list[Kind] | None, Query(description="Only lines of these kinds; all, if left out.")
    ] = None,
    journey: Annotated[
        Id | None, Query(description="Only what belongs to this journey, and events about its messages.")
    ] = None,
    cursor: CursorText = None,
    limit: Limit = USUAL,
) -> Page[LineOut]:
    """What the contact did and got, in all journeys and outside them, in words, the newest first."""
    wanted = Told(frozenset(kind or ()) or ALL_KINDS, journey)
    with house.database.read() as connection:
        queries.read_contact(connection, contact)
        return timeline_page(
            lambda until: contact_timeline(connection, house.runtime.plans, contact, until, wanted),
            cursor=cursor,
            limit=limit,
        )
