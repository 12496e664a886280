"""The addresses of the sandbox."""

from typing import Annotated

from fastapi import APIRouter, Path, Query

from api.bodies import JsonRoute
from api.errors import NotFound
from api.house import HouseOf
from api.paging import USUAL, CursorText, Limit, Page
from api.problems import declare
from api.sandbox import queries, service
from api.sandbox.schemas import Acted, ActIn, Channel, SandboxMessage
from api.shapes import Id, Text

router = APIRouter(prefix="/sandbox/messages", tags=["sandbox"], route_class=JsonRoute)
MessageId = Annotated[Id, Path(description="The message's id in the sandbox.")]


@router.get("", summary="The inbox, the newest first")
def list_messages(
    house: HouseOf,
    channel: Channel | None = None,
    address: Annotated[Text | None, Query(max_length=300)] = None,
    contact: Id | None = None,
    cursor: CursorText = None,
    limit: Limit = USUAL,
) -> Page[SandboxMessage]:
    """A page of what the sandbox's mailbox, phone and device received."""
    with house.database.read() as connection:
        return queries.list_messages(
            connection, channel=channel, address=address, contact=contact, cursor=cursor, limit=limit
        )


@router.get("/{message}", summary="A message", responses=declare(NotFound))
def get_message(house: HouseOf, message: MessageId) -> SandboxMessage:
    """One message as it arrived."""
    with house.database.read() as connection:
        return queries.read_message(connection, message)


@router.post("/{message}/acts", summary="Open, click, reply", responses=declare(NotFound))
def act(house: HouseOf, message: MessageId, body: ActIn) -> Acted:
    """Do what its recipient might: the journey hears of it as it would from a provider."""
    with house.database.read() as connection:
        received = queries.read_message(connection, message)
    return Acted(recorded=service.act(house, received, body))
