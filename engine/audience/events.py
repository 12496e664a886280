"""Events: what happened, written once each."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import Connection, Row, select

from engine.journey.time import EARLIEST
from engine.journey.traveller import Happening
from engine.store.batch import News
from engine.store.bulk import insert_rows
from engine.store.ids import new_ids
from engine.store.sets import among
from engine.store.tables import event

IDENTIFY = "identify"
"""The name under which a call is recorded that says who somebody is, or something of them."""

_COLUMNS = (
    "id", "message_id", "contact", "anonymous_id", "name", "at", "received_at", "send_key", "properties",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Incoming:
    """An event from outside. Who it is about: a contact's id, a `user_id` (their external id), an `anonymous_id` (their
    visitor), the message that `send_key` names, or traits that recognise them; the first that is given.

    `message_id` makes a repeat harmless. `at` is a business instant, None for now. `traits` say something of the
    contact, as an identify call does.
    """

    message_id: str
    name: str
    at: int | None = None
    contact: int | None = None
    user_id: str | None = None
    anonymous_id: str | None = None
    send_key: str | None = None
    properties: Mapping[str, Any] = field(default_factory=dict)
    traits: Mapping[str, Any] | None = None


@dataclass(slots=True)
class Recorded:
    """An event as it stands in the table. Of two at one instant, the one with the lower id came first."""

    id: int
    message_id: str
    contact: int | None
    anonymous_id: str | None
    name: str
    at: int
    received_at: int
    send_key: str | None
    properties: dict[str, Any]
    via: tuple[str, ...] = ()
    """The journeys through which an event of our own came; of one that was read, nobody knows any more."""
    lane: str = "live"
    """In which lane whoever moves because of it travels: `live` for what a contact did just now."""

    @property
    def moment(self) -> tuple[int, int]:
        """Its place among all events."""
        return (self.at, self.id)

    def happening(self) -> Happening:
        """The event as waits and goals see it."""
        return Happening(self.id, self.message_id, self.name, self.at, self.properties, self.send_key)


def corrected(at: int, sent_at: int | None, received_at: int) -> int:
    """An event's own time, all in real milliseconds, on a sender whose clock may be wrong: `sent_at` is what that clock
    showed when the event was sent, so that its distance to `at` is right. Never after it was received. A clock that leads
    out of the calendar corrects nothing."""
    if sent_at is not None and received_at - (sent_at - at) >= EARLIEST:
        at = received_at - (sent_at - at)
    return min(at, received_at)


def happened_at(one: Incoming, received_at: int) -> int:
    """When an event happened, a business instant. One from the future happened when it was received, and none happened
    before the calendar begins: where business time is fast, a few years back are thousands."""
    return received_at if one.at is None else max(min(one.at, received_at), EARLIEST)


def fresh(connection: Connection, incoming: Sequence[Incoming]) -> list[Incoming]:
    """Those whose message id is not known yet, each once."""
    known = set(
        connection.scalars(
            select(event.c.message_id).where(among(event.c.message_id, [one.message_id for one in incoming]))
        )
    )
    found = []
    for one in incoming:
        if one.message_id not in known:
            known.add(one.message_id)
            found.append(one)
    return found


def as_recorded(
    incoming: Sequence[Incoming], contacts: Sequence[int | None], received_at: int
) -> list[Recorded]:
    """The events as they will stand in the table."""
    return [
        Recorded(
            number,
            one.message_id,
            who,
            one.anonymous_id,
            one.name,
            happened_at(one, received_at),
            received_at,
            one.send_key,
            dict(one.properties),
        )
        for number, one, who in zip(new_ids(len(incoming)), incoming, contacts, strict=True)
    ]


def from_news(news: Iterable[News], received_at: int) -> list[Recorded]:
    """Our own events as they will stand in the table. They come about once, with what brings them about."""
    listed = list(news)
    return [
        Recorded(
            number, one.message_id or f"{one.name}:{number}", one.contact, None, one.name, min(one.at, received_at),
            received_at, one.send_key, dict(one.properties), one.via,
            one.lane,
        )
        for number, one in zip(new_ids(len(listed)), listed, strict=True)
    ]  # fmt: skip


def brought_by(cause: Recorded, news: News) -> News:
    """News that an event brought about: through the journeys through which that one came, too, and in its lane."""
    return replace(news, via=tuple(dict.fromkeys((*news.via, *cause.via))), lane=cause.lane)


def untold(connection: Connection, news: Sequence[News]) -> list[News]:
    """Those that were not told before, each once: news that have a message id of their own."""
    named = [one.message_id for one in news if one.message_id is not None]
    if not named:
        return list(news)
    known = set(connection.scalars(select(event.c.message_id).where(among(event.c.message_id, named))))
    found = []
    for one in news:
        if one.message_id is None or one.message_id not in known:
            known.add(one.message_id or "")
            found.append(one)
    return found


def write_events(connection: Connection, events: Sequence[Recorded]) -> None:
    """Insert events."""
    insert_rows(
        connection,
        event,
        _COLUMNS,
        [
            (one.id, one.message_id, one.contact, one.anonymous_id, one.name, one.at, one.received_at, one.send_key,
             one.properties)
            for one in events
        ],
    )  # fmt: skip


def recorded_of(row: Row[Any]) -> Recorded:
    """A row of the event table."""
    return Recorded(
        row.id, row.message_id, row.contact, row.anonymous_id, row.name, row.at, row.received_at, row.send_key,
        row.properties,
    )  # fmt: skip
