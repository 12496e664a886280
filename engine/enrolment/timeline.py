"""Timelines: what happened to a contact, in words, so that "why did this person get this message?" has an answer.

Lines come from the rows that the protocol writes: enrolments, steps, messages, events. Nothing is kept for their sake.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, or_, select, tuple_

from engine.audience.contacts import UnknownContact, find_contact
from engine.audience.profile import checked_email, checked_phone
from engine.enrolment.plans import Plans
from engine.enrolment.reasons import after_colon, parked_words, unsent_words
from engine.journey.time import iso
from engine.store.sets import among
from engine.store.tables import campaign, enrolment, event, message, step

Kind = Literal["entered", "event", "message", "passed", "ended", "standing"]
ALL_KINDS: frozenset[Kind] = frozenset(get_args(Kind))
_RANK: Mapping[Kind, int] = {"entered": 1, "event": 2, "message": 3, "passed": 3, "ended": 4, "standing": 5}
"""The order of what is told of one instant. Messages stand among the steps, before the one by which their node was left."""
_CHANNELS = {"email": "Email", "sms": "SMS", "push": "Push message"}
_FATES = {
    "sending": "is being sent",
    "accepted": "was sent",
    "rejected": "was refused by the provider",
    "unknown": "may have been sent: the provider gave no answer",
    "unconfirmed": "may have been sent: nothing was ever heard of it",
    "suppressed": "was held back",
    "cancelled": "was cancelled",
}


_TELLING = ("tag", "segment", "code", "order_id", "product_id", "sku", "url", "path", "name", "text")
"""Properties that say what an event was about, the most telling first."""
_LONGEST = 80


_KEY = re.compile(r"[1245]:[0-9]{1,19}|3:[0-9]{1,19}:[0-9]{1,19}:[01]:[^\x00]{0,500}")


class UnknownEnrolment(LookupError):
    """There is no such enrolment. Look up its id among the enrolments."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a timeline. `at` is a business instant; lines of one instant are in the order of their `key`.
    `journey` is the name of the journey that it belongs to, `enrolment` the enrolment in it, `message` the send key of the
    message that it tells of."""

    at: int
    key: str
    kind: Kind
    words: str
    enrolment: int | None = None
    journey: str | None = None
    node: str | None = None
    port: str | None = None
    journey_id: int | None = None
    message: str | None = None

    @property
    def place(self) -> tuple[int, str]:
        """Where it stands in its timeline."""
        return (self.at, self.key)


@dataclass(frozen=True, slots=True)
class Told:
    """What of a timeline is asked for: lines of these kinds; of a journey, only what belongs to it."""

    kinds: frozenset[Kind] = ALL_KINDS
    journey: int | None = None


EVERYTHING = Told()


class NoPlace(ValueError):
    """This is no place in a timeline. Take one from a line."""


@dataclass(frozen=True, slots=True)
class Until:
    """Which part of a timeline: at most `limit` lines, the newest of those before `before`, the place of a line."""

    limit: int
    before: tuple[int, str] | None = None

    def __post_init__(self) -> None:
        if self.before is None:
            return
        key = self.before[1]
        if not _KEY.fullmatch(key) or any(int(part) >= 2**63 for part in key.split(":", 4)[1:3]):
            raise NoPlace("This is no place in a timeline. Take one from a line.")

    def of(
        self, kind: Kind, query: Select[Any], at: ColumnElement[int], *order: ColumnElement[Any]
    ) -> Select[Any]:
        """The rows of a query that can be among them. `order` are the columns of which the lines' keys are made."""
        if self.before is not None:
            instant, key = self.before
            rank = int(key[0])
            if rank == _RANK[kind]:
                query = query.where(or_(at < instant, and_(at == instant, _behind(kind, order, key))))
            else:
                query = query.where(at < instant if _RANK[kind] > rank else at <= instant)
        return query.order_by(at.desc(), *(column.desc() for column in order)).limit(self.limit)

    def cut(self, lines: Iterator[Line]) -> list[Line]:
        """The newest lines, the newest first."""
        fitting = [line for line in lines if self.before is None or line.place < self.before]
        return sorted(fitting, key=lambda line: line.place, reverse=True)[: self.limit]


def _behind(kind: Kind, order: Sequence[ColumnElement[Any]], key: str) -> ColumnElement[bool]:
    """Rows of one instant whose keys come before this one, which is of the same rank."""
    if kind == "event":
        return order[0] < int(key[2:])
    _, strand, number, after, text = key.split(":", 4)
    if kind == "passed":
        return tuple_(*order) < tuple_(int(strand), int(number))
    if after == "1":
        return tuple_(*order[:2]) <= tuple_(int(strand), int(number))
    return tuple_(*order) < tuple_(int(strand), int(number), text)


def _key(kind: Kind, *parts: int | str) -> str:
    return ":".join(
        [str(_RANK[kind]), *(f"{part:019d}" if isinstance(part, int) else part for part in parts)]
    )


def contact_timeline(
    connection: Connection, plans: Plans, contact: int, until: Until, told: Told = EVERYTHING
) -> list[Line]:
    """What happened to a contact, in all journeys and outside them; the newest first."""
    enrolments, events = enrolment.c.contact == contact, event.c.contact == contact
    if told.journey is not None:
        mine = select(message.c.send_key).where(
            message.c.contact == contact, message.c.journey == told.journey
        )
        enrolments = and_(enrolments, enrolment.c.journey == told.journey)
        events = and_(events, event.c.send_key.in_(mine))
    story = _Story(connection, plans, until, enrolments, events)
    return until.cut(line for line in story.lines(told.kinds) if line.kind in told.kinds)


def timeline_of(connection: Connection, name: str, limit: int = 1000) -> list[Line]:
    """What happened to the contact with this external id, email or phone: the newest `limit` lines, the oldest first.
    UnknownContact where there is none."""
    for kind, check in (("external_id", str), ("email", checked_email), ("phone", checked_phone)):
        try:
            contact = find_contact(connection, kind, check(name.strip()))
        except ValueError:
            continue
        if contact is not None:
            return contact_timeline(connection, Plans(), contact, Until(limit))[::-1]
    raise UnknownContact(
        f'There is no contact "{name[:60]}". Give the external id, email or phone of one that was imported.'
    )


def enrolment_timeline(connection: Connection, plans: Plans, number: int, until: Until) -> list[Line]:
    """What happened to one enrolment, with what its contact did meanwhile; the newest first."""
    root = connection.execute(
        select(enrolment.c.contact, enrolment.c.entered_at, enrolment.c.ended_at).where(
            enrolment.c.id == number, enrolment.c.root.is_(None)
        )
    ).one_or_none()
    if root is None:
        raise UnknownEnrolment(f"There is no enrolment {number}. Look up its id among the enrolments.")
    meanwhile = and_(event.c.contact == root.contact, event.c.at >= root.entered_at)
    if root.ended_at is not None:
        meanwhile = and_(meanwhile, event.c.at <= root.ended_at)
    mine = or_(enrolment.c.id == number, enrolment.c.root == number)
    return until.cut(_Story(connection, plans, until, mine, meanwhile).lines())


class _Story:
    def __init__(
        self,
        connection: Connection,
        plans: Plans,
        until: Until,
        enrolments: ColumnElement[bool],
        events: ColumnElement[bool],
    ) -> None:
        self._connection = connection
        self._plans = plans
        self._until = until
        self._events = events
        self._rows: Sequence[Row[Any]] = connection.execute(select(enrolment).where(enrolments)).all()
        self._by_id = {row.id: row for row in self._rows}

    def lines(self, kinds: frozenset[Kind] = ALL_KINDS) -> Iterator[Line]:
        if kinds & {"entered", "ended", "standing"}:
            yield from self._comings_and_goings()
        if "passed" in kinds:
            yield from self._steps()
        if "message" in kinds:
            yield from self._messages()
        if "event" in kinds:
            yield from self._happenings()

    # ------------------------------------------------------------------------------------------- enrolments

    def _comings_and_goings(self) -> Iterator[Line]:
        names = self._campaigns()
        for row in self._rows:
            if row.root is None:
                published = self._plans.get(self._connection, row.plan)
                text = f'Entered "{published.journey_name}", version {published.number}{_why(row, names)}.'
                yield self._line(row, row.entered_at, "entered", text, _key("entered", row.id))
            if row.place == "ended" and row.root is None:
                text = f'Ended with "{row.result}".'
                yield self._line(row, row.ended_at, "ended", text, _key("ended", row.id))
            elif row.place != "ended" and row.reason != "strands":
                key = _key("standing", row.id)
                yield self._line(row, row.at, "standing", self._standing(row), key, node=row.position)

    def _campaigns(self) -> dict[str, str]:
        ids = [int(row.cause.partition(":")[2]) for row in self._rows if _is_campaign(row.cause)]
        if not ids:
            return {}
        rows = self._connection.execute(
            select(campaign.c.id, campaign.c.name).where(among(campaign.c.id, ids))
        )
        return {f"campaign:{row.id}": row.name for row in rows}

    def _standing(self, row: Row[Any]) -> str:
        label = self._label(row.plan, row.position)
        if row.place == "parked":
            return f"Is parked at {label} until a person acts. {parked_words(row.reason or '')}"
        if row.place != "resting":
            return f"Is on the way to {label}."
        if row.reason == "paused":
            return f"Is held at {label}, as the journey is paused."
        until = f"until {iso(row.wake_at)}" if row.wake_at is not None else "until something happens"
        return f"Waits at {label} {until}."

    # ------------------------------------------------------------------------------------------- steps

    def _steps(self) -> Iterator[Line]:
        if not self._by_id:
            return
        query = select(step).where(among(step.c.strand, self._by_id))
        part = self._until.of("passed", query, step.c.at, step.c.strand, step.c.no)
        rows = self._connection.execute(part).all()
        causes = self._names_of([row.cause for row in rows])
        for row in rows:
            who = self._by_id[row.strand]
            cause = f", as {causes[row.cause]} happened" if row.cause in causes else ""
            if row.cause == "timeout":
                cause = ", as its time was up"
            text = f'Left {self._label(who.plan, row.node)} by "{_words(row.port)}"{cause}.'
            key = _key("passed", row.strand, row.no, "1", "")
            yield self._line(who, row.at, "passed", text, key, node=row.node, port=row.port)

    def _names_of(self, causes: Sequence[str]) -> dict[str, str]:
        """The names of the events that made somebody leave a node, by their message ids."""
        asked = {cause for cause in causes if cause not in ("flow", "timeout")}
        if not asked:
            return {}
        rows = self._connection.execute(
            select(event.c.message_id, event.c.name).where(among(event.c.message_id, asked))
        )
        return {row.message_id: row.name for row in rows}

    # ------------------------------------------------------------------------------------------- messages, events

    def _messages(self) -> Iterator[Line]:
        if not self._by_id:
            return
        query = select(message).where(among(message.c.strand, self._by_id))
        order = (message.c.strand, message.c.visit, self._by_code(message.c.send_key))
        for row in self._connection.execute(self._until.of("message", query, message.c.created_at, *order)):
            who = self._by_id[row.strand]
            what = _CHANNELS.get(row.channel, row.channel)
            to = f" to {row.address}" if row.address else ""
            known = _FATES.get(row.state)
            fate = unsent_words(row, who) if known is None else f"{known}{after_colon(row)}"
            text = f"{what} of {self._label(who.plan, row.node)}{to} {fate.rstrip('.')}."
            yield self._line(
                who,
                row.created_at,
                "message",
                text,
                _key("message", row.strand, row.visit, "0", row.send_key),
                node=row.node,
                message=row.send_key,
            )

    def _by_code(self, column: ColumnElement[str]) -> ColumnElement[str]:
        """A text in the order of its letters' codes, which is Python's, whatever the language of the database."""
        return column if self._connection.dialect.name == "sqlite" else column.collate("C")

    def _happenings(self) -> Iterator[Line]:
        query = select(event.c.id, event.c.name, event.c.at, event.c.send_key, event.c.properties).where(
            self._events
        )
        rows = self._connection.execute(self._until.of("event", query, event.c.at, event.c.id)).all()
        about = self._messages_of({row.send_key for row in rows if row.send_key is not None})
        for row in rows:
            known = about.get(row.send_key or "")
            of = f" ({self._label(known.plan, known.node)})" if known is not None else ""
            words = f"{row.name}{of}{_detail(row.properties)}."
            about_mine = None if known is None else row.send_key
            yield Line(row.at, _key("event", row.id), "event", words, message=about_mine)

    def _messages_of(self, keys: set[str]) -> dict[str, Any]:
        if not keys:
            return {}
        rows = self._connection.execute(
            select(message.c.send_key, message.c.plan, message.c.node).where(among(message.c.send_key, keys))
        )
        return {row.send_key: row for row in rows}

    # ------------------------------------------------------------------------------------------- words

    def _label(self, plan: int, node: str) -> str:
        known = self._plans.get(self._connection, plan).plan.nodes.get(node)
        return f'"{known.label if known is not None else node}"'

    def _line(
        self, row: Row[Any], at: int, kind: Kind, text: str, key: str, *, node: str | None = None,
        port: str | None = None, message: str | None = None,
    ) -> Line:  # fmt: skip
        root = row.id if row.root is None else row.root
        name = self._plans.get(self._connection, row.plan).journey_name
        return Line(at, key, kind, text, root, name, node, port, row.journey, message)


def _is_campaign(cause: str) -> bool:
    kind, _, number = cause.partition(":")
    return kind == "campaign" and number.isdecimal()


def _why(row: Row[Any], campaigns: Mapping[str, str]) -> str:
    if _is_campaign(row.cause):
        name = campaigns.get(row.cause)
        return f' by the campaign "{name}"' if name else " by a campaign"
    if row.cause.startswith("api:"):
        return ", as a program asked for it"
    name = (row.trigger or {}).get("name")
    return f", as {name} happened" if name else ""


def _detail(properties: Mapping[str, Any]) -> str:
    """What an event was about, in short."""
    found = next((properties[key] for key in _TELLING if isinstance(properties.get(key), str)), "")
    return f": {found[:_LONGEST]}{'…' if len(found) > _LONGEST else ''}" if found else ""


def _words(port: str) -> str:
    return port.replace("_", " ")
