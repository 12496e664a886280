"""Messages, read."""

from sqlalchemy import Connection, select

from api.messages.schemas import ReasonOut, SentMessage
from engine.delivery.sandbox import RECOGNISED
from engine.enrolment.plans import Plans
from engine.enrolment.why import read_ledger_row, why
from engine.store.tables import sandbox_message


def read_message(connection: Connection, plans: Plans, send_key: str) -> SentMessage:
    """A message with the answer why it was sent. UnknownMessage where there is none."""
    row = read_ledger_row(connection, send_key)
    published = plans.get(connection, row.plan)
    node = published.plan.nodes.get(row.node)
    content = connection.scalar(
        select(sandbox_message.c.content)
        .where(sandbox_message.c.send_key == send_key, sandbox_message.c.address != RECOGNISED)
        .limit(1)
    )
    return SentMessage(
        send_key=send_key,
        contact=row.contact,
        journey=row.journey,
        journey_name=published.journey_name,
        version=published.number,
        node=row.node,
        label=node.label if node is not None else row.node,
        channel=row.channel,
        address=row.address,
        account=row.account,
        state=row.state,
        reason=row.reason,
        created_at=row.created_at,
        content=content,
        why=[
            ReasonOut(kind=one.kind, words=one.words, at=one.at, node=one.node)
            for one in why(connection, plans, send_key)
        ],
    )
