"""Rules, read."""

from typing import Any

from sqlalchemy import Connection, Row, func, select

from api.paging import Page, decode_cursor, page_of
from api.rules.schemas import RuleOut
from engine.audience.rules import UnknownRule
from engine.store.tables import rule


def _shown(row: Row[Any]) -> RuleOut:
    return RuleOut(**row._mapping)


def list_rules(
    connection: Connection, *, search: str | None, cursor: str | None, limit: int
) -> Page[RuleOut]:
    """A page of rules, by name."""
    query = select(rule)
    if search:
        query = query.where(func.lower(rule.c.name).contains(search.lower(), autoescape=True))
    after = decode_cursor(cursor, str)
    if after is not None:
        query = query.where(rule.c.name > after[0])
    rows = connection.execute(query.order_by(rule.c.name).limit(limit + 1)).all()
    return page_of(rows, limit, _shown, lambda row: (row.name,))


def read_rule(connection: Connection, number: int) -> RuleOut:
    """A rule. UnknownRule where there is none."""
    row = connection.execute(select(rule).where(rule.c.id == number)).one_or_none()
    if row is None:
        raise UnknownRule(f"There is no rule {number}. Look up its id among the rules.")
    return _shown(row)
