"""Rules, made and changed."""

from sqlalchemy import Connection

from api.errors import BadValue
from api.house import WHO, House
from api.rules import queries
from api.rules.schemas import RuleIn, RuleOut
from engine.audience import rules
from engine.audience.tags import checked_tag
from engine.store.audit import record


def create(house: House, connection: Connection, wanted: RuleIn) -> RuleOut:
    """Make a rule."""
    try:
        tag = checked_tag(wanted.tag)
    except ValueError as error:
        raise BadValue("tag", str(error)) from None
    number = rules.create_rule(connection, wanted.name, wanted.event, tag, wanted.condition)
    if not wanted.enabled:
        rules.switch_rule(connection, number, on=False)
    _audit(house, connection, "create", number)
    return queries.read_rule(connection, number)


def switch(house: House, connection: Connection, number: int, *, on: bool) -> RuleOut:
    """Switch a rule on or off."""
    rules.switch_rule(connection, number, on=on)
    _audit(house, connection, "switch on" if on else "switch off", number)
    return queries.read_rule(connection, number)


def remove(house: House, connection: Connection, number: int) -> None:
    """Remove a rule."""
    rules.remove_rule(connection, number)
    _audit(house, connection, "remove", number)


def _audit(house: House, connection: Connection, what: str, number: int) -> None:
    record(connection, at=house.now(), who=WHO, what=what, subject=f"rule/{number}")
