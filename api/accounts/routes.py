"""The addresses of accounts."""

from typing import Annotated

from fastapi import APIRouter, Path

from api.accounts import queries, service
from api.accounts.schemas import AccountChange, AccountOut
from api.bodies import JsonRoute
from api.errors import BadValue, NotFound
from api.house import HouseOf
from api.paging import USUAL, CursorText, Limit, Page
from api.problems import declare
from api.shapes import Name

router = APIRouter(prefix="/accounts", tags=["accounts"], route_class=JsonRoute)
NameInPath = Annotated[Name, Path(description="Its name.")]


@router.get("", summary="The accounts, by name")
def list_accounts(house: HouseOf, cursor: CursorText = None, limit: Limit = USUAL) -> Page[AccountOut]:
    """A page of the accounts by which messages leave."""
    with house.database.read() as connection:
        return queries.list_accounts(connection, cursor=cursor, limit=limit)


@router.get("/{name:path}", summary="An account", responses=declare(NotFound))
def get_account(house: HouseOf, name: NameInPath) -> AccountOut:
    """One account."""
    with house.database.read() as connection:
        return queries.read_account_out(connection, name)


@router.patch("/{name:path}", summary="Change an account", responses=declare(NotFound, BadValue))
def patch_account(house: HouseOf, name: NameInPath, body: AccountChange) -> AccountOut:
    """Set its rate, switch it off or on, say that its fault is mended, or tell a sandbox account how to fail."""
    with house.database.write() as connection:
        return service.change(connection, name, body, house.now())
