"""The addresses of words to write with."""

from fastapi import APIRouter

from api.bodies import JsonRoute
from api.errors import NotFound
from api.house import HouseOf
from api.problems import declare
from api.words import queries, service
from api.words.schemas import MessagePreviewOut, PreviewIn, VocabularyOut

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
