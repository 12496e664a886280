"""Accounts, read."""

from typing import Any

from sqlalchemy import Connection, Row, select

from api.accounts.schemas import AccountOut
from api.errors import NotFound
from api.paging import Page, decode_cursor, page_of
from engine.enrolment.reasons import parked_words
from engine.store.tables import account


def account_out(row: Row[Any]) -> AccountOut:
    """An account."""
    return AccountOut(
        name=row.name,
        channel=row.channel,
        provider=row.provider,
        rate=row.rate,
        stopped=row.stopped,
        broken=row.broken,
        words=None if row.broken is None else parked_words(row.broken),
        behaviour=row.behaviour,
    )


def list_accounts(connection: Connection, *, cursor: str | None, limit: int) -> Page[AccountOut]:
    """A page of accounts, by name."""
    query = select(account)
    after = decode_cursor(cursor, str)
    if after is not None:
        query = query.where(account.c.name > after[0])
    rows = connection.execute(query.order_by(account.c.name).limit(limit + 1)).all()
    return page_of(rows, limit, account_out, lambda row: (row.name,))


def read_account_out(connection: Connection, name: str) -> AccountOut:
    """One account. NotFound where there is none."""
    row = connection.execute(select(account).where(account.c.name == name)).one_or_none()
    if row is None:
        raise NotFound(f'There is no account "{name[:60]}". Look it up among the accounts.')
    return account_out(row)
