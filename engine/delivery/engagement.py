"""What providers tell of messages afterwards: delivered, opened, clicked, bounced, complained, unsubscribed.

A message's columns are set once and never cleared, whatever the order in which the reports come; and a report proves that
the message was sent. Reports are found by send key. One that finds no message waits in the table of events.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, or_, select, update

from engine.audience.consent import CHANNELS, Word, set_consent, suppress
from engine.audience.events import Recorded, recorded_of
from engine.delivery.send import MESSAGE_SENT
from engine.store.batch import News
from engine.store.sets import among
from engine.store.tables import enrolment, event, journey, message

UNSUBSCRIBED = "message.unsubscribed"
BOUNCED, COMPLAINED = "message.bounced", "message.complained"
SETS: dict[str, tuple[str, ...]] = {
    "message.delivered": ("delivered_at",),
    "message.opened": ("opened_at", "delivered_at"),
    # A click without an open means that its picture was blocked.
    "message.clicked": ("clicked_at", "opened_at", "delivered_at"),
    BOUNCED: ("bounced_at",),
    COMPLAINED: ("complained_at", "delivered_at"),
    UNSUBSCRIBED: (),
}
"""Which columns each report sets. What implies another sets that too."""
_SILENT = ("sending", "unknown", "unconfirmed", "retry_at")
"""States in which a report is the word that was missing."""
_SOFT = frozenset({"soft", "transient", "temporary", "undetermined"})


_WORD_OF_PROVIDER = frozenset({"message.delivered", "message.bounced"})
"""What a provider says of a message, whatever its contact does: it comes in by the million after a campaign, and whoever
moves because of it travels in the lane in which the message was sent."""


def messages_of(connection: Connection, keys: Sequence[str]) -> dict[str, Row[Any]]:
    """The messages of these send keys, with the names of their journeys and the lanes of their enrolments."""
    if not keys:
        return {}
    rows = connection.execute(
        select(message, journey.c.name.label("journey_name"), enrolment.c.lane)
        .join(journey, journey.c.id == message.c.journey, isouter=True)
        .join(enrolment, enrolment.c.id == message.c.strand, isouter=True)
        .where(among(message.c.send_key, keys))
    )
    return {row.send_key: row for row in rows}


def attribute(events: Sequence[Recorded], messages: dict[str, Row[Any]]) -> None:
    """Say of each event about a message whose it is and which journey, node and template sent it, so that conditions can
    ask what a contact did with an earlier campaign. What the event says itself stays. The word of a provider travels in the
    lane of the message."""
    for one in events:
        row = None if one.send_key is None else messages.get(one.send_key)
        if row is None:
            continue
        if one.contact is None:
            one.contact = row.contact
        if one.name in _WORD_OF_PROVIDER:
            one.lane = row.lane or one.lane
        known = {
            "journey": row.journey_name, "node": row.node, "channel": row.channel, "template": row.template,
            "promotion": row.promotion,
        }  # fmt: skip
        for name, value in known.items():
            if value is not None:
                one.properties.setdefault(name, value)


def apply_reports(
    connection: Connection, events: Sequence[Recorded], messages: dict[str, Row[Any]], now: int
) -> None:
    """Write what the reports among the events say of their messages, and of who must not be written to any more."""
    firsts: dict[tuple[str, ...], dict[str, int]] = {}
    refused: dict[tuple[int, str], Word] = {}
    dead: dict[tuple[str, str], str] = {}
    for one in events:
        columns = SETS.get(one.name)
        if columns is None:
            continue
        row = None if one.send_key is None else messages.get(one.send_key)
        if row is not None:
            firsts.setdefault(columns, {}).setdefault(row.send_key, one.at)
        _forbid(one, row, refused, dead)
    for columns, at_of in firsts.items():
        _write(connection, columns, at_of, now)
    set_consent(connection, refused, at=now, source="message")
    suppress(connection, dead, now)


def _forbid(
    one: Recorded, row: Row[Any] | None, refused: dict[tuple[int, str], Word],
    dead: dict[tuple[str, str], str],
) -> None:  # fmt: skip
    channel = row.channel if row is not None else one.properties.get("channel", "email")
    if channel not in CHANNELS:
        return
    if one.name == UNSUBSCRIBED and one.contact is not None:
        refused[one.contact, channel] = "refused"
    elif one.name in (BOUNCED, COMPLAINED):
        soft = str(one.properties.get("bounce_type", "")).lower() in _SOFT
        address = row.address if row is not None else one.properties.get("address")
        if isinstance(address, str) and address and not (one.name == BOUNCED and soft):
            dead.setdefault((channel, address), one.name.removeprefix("message."))


def _write(connection: Connection, columns: Sequence[str], at_of: dict[str, int], now: int) -> None:
    rows = [{"key": key, "moment": at} for key, at in sorted(at_of.items())]
    if columns:
        connection.execute(
            update(message)
            .where(message.c.send_key == bindparam("key"))
            .values({name: func.coalesce(message.c[name], bindparam("moment")) for name in columns}),
            rows,
        )
    connection.execute(
        update(message)
        .where(among(message.c.send_key, list(at_of)), or_(*(message.c.state == state for state in _SILENT)))
        .values(
            state="accepted",
            deadline=None,
            retry_at=None,
            reason=None,
            settled_at=func.coalesce(message.c.settled_at, now),
        )
    )


def proved_sent(events: Sequence[Recorded], messages: Mapping[str, Row[Any]]) -> list[News]:
    """That messages were sent of which nobody knew it: the reports among the events prove it. `messages` as they were
    before the reports."""
    found: dict[str, News] = {}
    for one in events:
        row = None if one.send_key is None else messages.get(one.send_key)
        if row is None or one.name not in SETS or row.state not in _SILENT:
            continue
        said = {"journey": row.journey_name, "node": row.node, "channel": row.channel}
        key, through = row.send_key, (str(row.journey),)
        found.setdefault(
            key,
            News(
                row.contact, MESSAGE_SENT, one.at, said, f"{MESSAGE_SENT}:{key}", key, through, row.lane or "live",
            ),
        )  # fmt: skip
    return list(found.values())


def kept_reports(connection: Connection, limit: int = 1000) -> list[Recorded]:
    """Reports that came before their message, and whose message there is now. They have no contact yet."""
    rows = connection.execute(
        select(event)
        .join(message, message.c.send_key == event.c.send_key)
        .where(event.c.contact.is_(None), event.c.send_key.is_not(None))
        .order_by(event.c.id)
        .limit(limit)
    )
    return [recorded_of(row) for row in rows]


def adopt_reports(connection: Connection, events: Sequence[Recorded]) -> None:
    """Write whose the kept reports are."""
    rows = [
        {"number": one.id, "who": one.contact, "said": one.properties}
        for one in events
        if one.contact is not None
    ]
    if rows:
        connection.execute(
            update(event)
            .where(event.c.id == bindparam("number"))
            .values(contact=bindparam("who"), properties=bindparam("said")),
            rows,
        )
