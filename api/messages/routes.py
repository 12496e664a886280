"""The address of messages."""

from typing import Annotated

from fastapi import APIRouter, Query

from api.bodies import JsonRoute
from api.house import HouseOf
from api.messages import queries
from api.messages.schemas import SentMessage
from api.problems import declare
from api.shapes import Text
from engine.enrolment.why import UnknownMessage

router = APIRouter(tags=["messages"], route_class=JsonRoute)


@router.get("/message", summary="A message, and why it was sent", responses=declare(UnknownMessage))
def get_message(
    house: HouseOf,
    send_key: Annotated[Text, Query(max_length=500, description="Its send key, as timelines name it.")],
) -> SentMessage:
    """A message as it was sent, and step by step why: the entry, what decided at each node, the template, promotion and
    code, consent at that moment, and what became of it."""
    with house.database.read() as connection:
        return queries.read_message(connection, house.runtime.plans, send_key)
