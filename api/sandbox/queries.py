"""The sandbox's log, read."""

from typing import Any

from sqlalchemy import Connection, Row, Select, select

from api.errors import NotFound
from api.paging import Page, decode_cursor, page_of
from api.sandbox.schemas import SandboxMessage
from engine.delivery.sandbox import RECOGNISED
from engine.store.tables import message, sandbox_message


def _messages() -> Select[Any]:
    """What was delivered: a request that the sandbox recognised was not."""
    return select(
        *(column for column in sandbox_message.c if column.name != "report"),
        message.c.contact, message.c.journey, message.c.node, message.c.opened_at, message.c.clicked_at,
    ).outerjoin(message, message.c.send_key == sandbox_message.c.send_key).where(
        sandbox_message.c.address != RECOGNISED
    )  # fmt: skip


def _shown(row: Row[Any]) -> SandboxMessage:
    return SandboxMessage(**row._mapping)


def list_messages(
    connection: Connection, *, channel: str | None, address: str | None, contact: int | None, cursor: str | None,
    limit: int,
) -> Page[SandboxMessage]:  # fmt: skip
    """A page of what arrived, the newest first."""
    query = _messages()
    if channel is not None:
        query = query.where(sandbox_message.c.channel == channel)
    if address is not None:
        query = query.where(sandbox_message.c.address == address)
    if contact is not None:
        query = query.where(message.c.contact == contact)
    after = decode_cursor(cursor, int)
    if after is not None:
        query = query.where(sandbox_message.c.id < after[0])
    rows = connection.execute(query.order_by(sandbox_message.c.id.desc()).limit(limit + 1)).all()
    return page_of(rows, limit, _shown, lambda row: (row.id,))


def read_message(connection: Connection, number: int) -> SandboxMessage:
    """One message. NotFound where there is none."""
    row = connection.execute(_messages().where(sandbox_message.c.id == number)).one_or_none()
    if row is None:
        raise NotFound(f"The sandbox has no message {number}. Look its id up in the inbox.")
    return _shown(row)
