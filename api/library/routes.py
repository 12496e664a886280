"""The addresses of the library."""

from typing import Annotated

from fastapi import APIRouter, Path, Query

from api.bodies import JsonRoute
from api.errors import NotFound
from api.house import HouseOf
from api.library import queries, service
from api.library.schemas import PromotionOut, TemplateOut
from api.paging import USUAL, Counted, CursorText, Limit
from api.problems import declare
from api.shapes import Name, Text
from engine.flow.document import Promotion, Template
from engine.store.tables import library_promotion, library_template

router = APIRouter(tags=["library"], route_class=JsonRoute)
NameInPath = Annotated[Name, Path(description="Its name.")]
Search = Annotated[Text | None, Query(max_length=200, description="Part of the name.")]


@router.get("/templates", summary="The templates, by name")
def list_templates(
    house: HouseOf, search: Search = None, cursor: CursorText = None, limit: Limit = USUAL
) -> Counted[TemplateOut]:
    """A page of templates that journeys may name."""
    with house.database.read() as connection:
        return queries.list_templates(connection, search=search, cursor=cursor, limit=limit)


@router.get("/templates/{name:path}", summary="A template", responses=declare(NotFound))
def get_template(house: HouseOf, name: NameInPath) -> TemplateOut:
    """One template, with what is wrong with it and what it reads."""
    with house.database.read() as connection:
        return queries.template_out(queries.read_row(connection, library_template, name))


@router.put("/templates/{name:path}", summary="Save a template")
def put_template(house: HouseOf, name: NameInPath, body: Template) -> TemplateOut:
    """Write a template, over one of this name. Published plans keep the words that they were published with."""
    content = body.model_dump(mode="json", exclude_none=True)
    with house.database.write() as connection:
        service.put(connection, library_template, name, content, house.now())
        return queries.template_out(queries.read_row(connection, library_template, name))


@router.delete(
    "/templates/{name:path}", summary="Remove a template", status_code=204, responses=declare(NotFound)
)
def delete_template(house: HouseOf, name: NameInPath) -> None:
    """Take a template out of the library."""
    with house.database.write() as connection:
        service.remove(connection, library_template, name, house.now())


@router.get("/promotions", summary="The promotions, by name")
def list_promotions(
    house: HouseOf, search: Search = None, cursor: CursorText = None, limit: Limit = USUAL
) -> Counted[PromotionOut]:
    """A page of promotions that journeys may name."""
    with house.database.read() as connection:
        return queries.list_promotions(connection, search=search, cursor=cursor, limit=limit)


@router.get("/promotions/{name:path}", summary="A promotion", responses=declare(NotFound))
def get_promotion(house: HouseOf, name: NameInPath) -> PromotionOut:
    """One promotion."""
    with house.database.read() as connection:
        return queries.promotion_out(queries.read_row(connection, library_promotion, name))


@router.put("/promotions/{name:path}", summary="Save a promotion")
def put_promotion(house: HouseOf, name: NameInPath, body: Promotion) -> PromotionOut:
    """Write a promotion, over one of this name. Published plans keep the one that they were published with."""
    content = body.model_dump(mode="json", exclude_none=True)
    with house.database.write() as connection:
        service.put(connection, library_promotion, name, content, house.now())
        return queries.promotion_out(queries.read_row(connection, library_promotion, name))


@router.delete(
    "/promotions/{name:path}", summary="Remove a promotion", status_code=204, responses=declare(NotFound)
)
def delete_promotion(house: HouseOf, name: NameInPath) -> None:
    """Take a promotion out of the library."""
    with house.database.write() as connection:
        service.remove(connection, library_promotion, name, house.now())
