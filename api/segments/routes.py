"""The addresses of segments."""

from typing import Annotated

from fastapi import APIRouter, Path, Query

from api.bodies import JsonRoute
from api.errors import NotFound
from api.house import HouseOf
from api.paging import USUAL, Counted, CursorText, Limit, Page
from api.problems import declare
from api.segments import queries, service
from api.segments.schemas import (
    Changed,
    Member,
    MembersIn,
    NameIn,
    Preview,
    Rule,
    SegmentDetail,
    SegmentIn,
    SegmentOut,
)
from api.shapes import Id, Text
from engine.audience.segments import NotAList, SegmentNameTaken, UnknownSegment
from engine.enrolment.segment_use import SegmentInUse
from engine.flow.condition import ConditionError

router = APIRouter(prefix="/segments", tags=["segments"], route_class=JsonRoute)
SegmentId = Annotated[Id, Path(description="The segment's id.")]


@router.get("", summary="The segments, by name")
def list_segments(
    house: HouseOf,
    search: Annotated[Text | None, Query(max_length=200, description="Part of the name.")] = None,
    name: Annotated[Text | None, Query(max_length=200, description="Exactly this name.")] = None,
    cursor: CursorText = None,
    limit: Limit = USUAL,
) -> Counted[SegmentOut]:
    """A page of segments."""
    with house.database.read() as connection:
        return queries.list_segments(connection, search=search, name=name, cursor=cursor, limit=limit)


@router.post(
    "",
    summary="Make a segment",
    status_code=201,
    responses=declare(SegmentNameTaken, ConditionError, UnknownSegment),
)
def create_segment(house: HouseOf, body: SegmentIn) -> SegmentDetail:
    """Make a segment: by a tag, by a condition, else a list. Ids of nobody are left out of a list."""
    return house.database.transact(lambda connection: service.create(house, connection, body))


@router.post("/preview", summary="Whom a rule would take in", responses=declare(ConditionError))
def preview_segment(house: HouseOf, body: Rule) -> Preview:
    """How many contacts fit a tag or condition now, and the first of them. Nothing is stored."""
    with house.database.read() as connection:
        return queries.preview(connection, body, house.now())


@router.get("/{segment}", summary="A segment", responses=declare(NotFound))
def get_segment(house: HouseOf, segment: SegmentId) -> SegmentDetail:
    """One segment, with how many are in it now."""
    with house.database.read() as connection:
        return queries.read_segment(connection, segment, house.now())


@router.patch(
    "/{segment}",
    summary="Rename a segment",
    responses=declare(NotFound, SegmentNameTaken, SegmentInUse),
)
def rename_segment(house: HouseOf, segment: SegmentId, body: NameIn) -> SegmentDetail:
    """Give a segment another name. Refused where a journey, a campaign or another segment names it."""
    return house.database.transact(lambda connection: service.rename(house, connection, segment, body.name))


@router.delete("/{segment}", summary="Remove a segment", responses=declare(NotFound, SegmentInUse))
def remove_segment(house: HouseOf, segment: SegmentId) -> Changed:
    """Remove a segment; its contacts stay. Refused where a journey, a campaign or another segment names it."""
    return Changed(
        contacts=house.database.transact(lambda connection: service.remove(house, connection, segment))
    )


@router.get("/{segment}/members", summary="Who is in it", responses=declare(NotFound, ConditionError))
def list_members(
    house: HouseOf, segment: SegmentId, cursor: CursorText = None, limit: Limit = USUAL
) -> Page[Member]:
    """A page of the segment's contacts."""
    with house.database.read() as connection:
        return queries.list_members(connection, segment, now=house.now(), cursor=cursor, limit=limit)


@router.post("/{segment}/members", summary="Put contacts into a list", responses=declare(NotFound, NotAList))
def add_members(house: HouseOf, segment: SegmentId, body: MembersIn) -> Changed:
    """Put contacts into a list. Who is in it already stays; ids of nobody are left out."""
    return Changed(
        contacts=house.database.transact(
            lambda connection: service.put_in(house, connection, segment, body.contacts)
        )
    )


@router.delete(
    "/{segment}/members/{contact}",
    summary="Take a contact out of a list",
    responses=declare(NotFound, NotAList),
)
def remove_member(house: HouseOf, segment: SegmentId, contact: Id) -> Changed:
    """Take a contact out of a list; 0 if it was not in it."""
    return Changed(
        contacts=house.database.transact(
            lambda connection: service.take_out(house, connection, segment, contact)
        )
    )
