"""The addresses of the catalog."""

from typing import Annotated

from fastapi import APIRouter, Header, Response

from api.bodies import JsonRoute
from api.catalog.queries import all_manifests, catalog_tag
from api.catalog.schemas import CatalogOut
from api.house import HouseOf

router = APIRouter(tags=["catalog"], route_class=JsonRoute)


@router.get(
    "/catalog",
    summary="The node types to draw with",
    response_model=CatalogOut,
    responses={304: {"description": "The catalog is still the one with this ETag."}},
)
def get_catalog(
    house: HouseOf, response: Response, if_none_match: Annotated[str | None, Header()] = None
) -> CatalogOut | Response:
    """Every manifest. Workers publish them when they start; the answer's ETag says whether there are others since."""
    with house.database.read() as connection:
        tag = f'"{catalog_tag(connection)}"'
        headers = {"etag": tag, "cache-control": "private, no-cache"}
        if if_none_match is not None and tag in if_none_match:
            return Response(status_code=304, headers=headers)
        response.headers.update(headers)
        return CatalogOut(nodes=all_manifests(connection))
