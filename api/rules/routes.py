"""The addresses of rules."""

from typing import Annotated

from fastapi import APIRouter, Path, Query

from api.bodies import JsonRoute
from api.errors import BadValue
from api.house import HouseOf
from api.paging import USUAL, CursorText, Limit, Page
from api.problems import declare
from api.rules import queries, service
from api.rules.schemas import RuleChange, RuleIn, RuleOut
from api.shapes import Id, Text
from engine.audience.rules import RuleNameTaken, UnknownRule
from engine.audience.segments import UnknownSegment
from engine.flow.condition import ConditionError

router = APIRouter(prefix="/rules", tags=["rules"], route_class=JsonRoute)
RuleId = Annotated[Id, Path(description="The rule's id.")]


@router.get("", summary="The rules, by name")
def list_rules(
    house: HouseOf,
    search: Annotated[Text | None, Query(max_length=200, description="Part of the name.")] = None,
    cursor: CursorText = None,
    limit: Limit = USUAL,
) -> Page[RuleOut]:
    """A page of the rules that stand outside all journeys."""
    with house.database.read() as connection:
        return queries.list_rules(connection, search=search, cursor=cursor, limit=limit)


@router.post(
    "",
    summary="Make a rule",
    status_code=201,
    responses=declare(RuleNameTaken, ConditionError, UnknownSegment, BadValue),
)
def create_rule(house: HouseOf, body: RuleIn) -> RuleOut:
    """Let an event tag its contact, from now on: whoever carries the tag is in the segments of that tag."""
    return house.database.transact(lambda connection: service.create(house, connection, body))


@router.get("/{rule}", summary="A rule", responses=declare(UnknownRule))
def get_rule(house: HouseOf, rule: RuleId) -> RuleOut:
    """One rule."""
    with house.database.read() as connection:
        return queries.read_rule(connection, rule)


@router.patch("/{rule}", summary="Switch a rule on or off", responses=declare(UnknownRule))
def switch_rule(house: HouseOf, rule: RuleId, body: RuleChange) -> RuleOut:
    """Ask the rule at coming events, or do not. Tags that it has given stay."""
    return house.database.transact(
        lambda connection: service.switch(house, connection, rule, on=body.enabled)
    )


@router.delete("/{rule}", summary="Remove a rule", status_code=204, responses=declare(UnknownRule))
def remove_rule(house: HouseOf, rule: RuleId) -> None:
    """Remove a rule. Tags that it has given stay; the one that ships does not come back."""
    house.database.transact(lambda connection: service.remove(house, connection, rule))
