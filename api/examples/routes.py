"""The addresses of examples."""

from typing import Annotated

from fastapi import APIRouter, Path, Response

from api.bodies import JsonRoute
from api.errors import NotFound
from api.examples import queries
from api.examples.schemas import ExampleDetail, Examples
from api.house import HouseOf
from api.problems import declare
from api.shapes import Text

router = APIRouter(prefix="/examples", tags=["journeys"], route_class=JsonRoute)
ExampleName = Annotated[Text, Path(max_length=100, description="The example's name.")]
_SVG = "image/svg+xml"


@router.get("", summary="The examples")
def list_examples() -> Examples:
    """The journeys that Wend comes with, each with its story."""
    return Examples(items=queries.list_examples())


@router.get("/{example}", summary="An example", responses=declare(NotFound))
def get_example(house: HouseOf, example: ExampleName) -> ExampleDetail:
    """One example: its document, to make a journey of, and the segments that it needs."""
    with house.database.read() as connection:
        return queries.read_example(connection, example)


@router.get(
    "/{example}/picture",
    summary="Its picture",
    response_class=Response,
    responses={
        200: {"description": "A drawing.", "content": {_SVG: {"schema": {"type": "string"}}}},
        **declare(NotFound),
    },
)
def get_picture(example: ExampleName) -> Response:
    """The journey as a drawing."""
    return Response(queries.picture(example), media_type=_SVG)
