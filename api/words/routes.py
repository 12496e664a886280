"""The addresses of words to write with."""

from typing import Annotated

from fastapi import APIRouter, Path, Query

from api.bodies import JsonRoute
from api.errors import NotFound
from api.house import HouseOf
from api.paging import USUAL, Limit
from api.problems import declare
from api.shapes import Text
from api.words import queries, service
from api.words.schemas import (
    ChoicesOut,
    FieldPreviewIn,
    FieldPreviewOut,
    MessagePreviewOut,
    PreviewIn,
    VocabularyOut,
)

router = APIRouter(tags=["words"], route_class=JsonRoute)


@router.get("/vocabulary", summary="Words to write with")
def get_vocabulary(house: HouseOf) -> VocabularyOut:
    """Events, attributes, tags, results and template variables that were seen here: suggestions for whoever writes
    conditions and templates. It looks at the newest contacts and events alone, however many there are."""
    with house.database.read() as connection:
        return queries.vocabulary(connection)


@router.post("/templates/preview", summary="A template as it would arrive", responses=declare(NotFound))
def preview_template(house: HouseOf, body: PreviewIn) -> MessagePreviewOut:
    """Render a template for a contact, by the renderer that sends use. Nothing is stored or sent."""
    return service.preview_message(house, body)


@router.post("/fields/preview", summary="A field as it would be filled in", responses=declare(NotFound))
def preview_field(house: HouseOf, body: FieldPreviewIn) -> FieldPreviewOut:
    """Render a template of a node's config for a contact, by the renderer that workers use. Nothing is stored or sent."""
    return service.preview_a_field(house, body)


@router.get("/choices/{kind}", summary="What a field may name")
def list_choices(
    house: HouseOf,
    kind: Annotated[queries.Named, Path(description="What is chosen from.")],
    search: Annotated[Text | None, Query(max_length=200, description="Part of the name.")] = None,
    channel: Annotated[Text | None, Query(max_length=20, description="Only templates for it.")] = None,
    named: Annotated[Text | None, Query(max_length=200, description="A name to look up besides.")] = None,
    limit: Limit = USUAL,
) -> ChoicesOut:
    """The names that match, without what they stand for, and how many there are: for a list that is searched as one
    types."""
    with house.database.read() as connection:
        return queries.choices(connection, kind, search=search, channel=channel, named=named, limit=limit)
