"""Ingestion: events come in, and everybody who listens hears of them, in one transaction of up to 1,000 events.

Lock, then look: who the events are about is found and locked first; then the events are written; then goals, waits and
triggers are matched. What an event brings about (a tag, a segment, a coupon redeemed) is an event too, and is matched with
the others.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from sqlalchemy import Connection, Row, select

from engine.audience.events import (
    IDENTIFY,
    Incoming,
    Recorded,
    as_recorded,
    fresh,
    from_news,
    untold,
    write_events,
)
from engine.audience.identify import TRAITS, resolve
from engine.audience.profile import Problem
from engine.audience.rules import apply_rules
from engine.content.coupons import Redemption, redeem_all
from engine.delivery.engagement import (
    adopt_reports,
    apply_reports,
    attribute,
    kept_reports,
    messages_of,
    proved_sent,
)
from engine.delivery.send import MESSAGE_SENT
from engine.enrolment.enter import Entered
from engine.enrolment.listeners import Listening
from engine.enrolment.match import Matched, match
from engine.enrolment.merge import merge_contacts
from engine.enrolment.own_events import JOURNEY_ENDED, SIGNS, ended_news, news_of
from engine.enrolment.runtime import Published, Runtime
from engine.enrolment.takeout import TellEnded
from engine.flow.condition import ORDER_COMPLETED
from engine.flow.condition_eval import order_id
from engine.journey.traveller import Traveller
from engine.store.batch import News, Tell, Unite
from engine.store.sets import lock_living

__all__ = [
    "IDENTIFY",
    "Incoming",
    "IngestResult",
    "TellEnded",
    "adopt_kept",
    "ended_teller",
    "ingest",
    "record_and_match",
    "tell_entered",
    "teller",
    "uniter",
]  # fmt: skip

PAGE = 1000
"""How many events one transaction takes."""
_ROUNDS = 5
"""How far rules may set off rules."""


@dataclass
class IngestResult:
    """What came of events. `problems` are traits that were left out, each with its event's message id."""

    recorded: int = 0
    repeated: int = 0
    visitors: int = 0
    admitted: int = 0
    ended: int = 0
    entered: int = 0
    problems: list[tuple[str, Problem]] = field(default_factory=list)

    def add(self, matched: Matched) -> None:
        """Count what matching brought about."""
        self.admitted += matched.admitted
        self.ended += matched.ended
        self.entered += matched.entered


def ingest(runtime: Runtime, incoming: Sequence[Incoming], now_real: int) -> IngestResult:
    """Take in events, each once, whatever their order. `now_real` is the real instant at which they were received."""
    result = IngestResult()
    for start in range(0, len(incoming), PAGE):
        page = incoming[start : start + PAGE]
        work = partial(_ingest, runtime=runtime, incoming=page, now=runtime.clock.business(now_real))
        part = runtime.database.transact(work, what="ingest")
        result.recorded += part.recorded
        result.repeated += part.repeated
        result.visitors += part.visitors
        result.admitted += part.admitted
        result.ended += part.ended
        result.entered += part.entered
        result.problems += part.problems
    return result


def _ingest(connection: Connection, runtime: Runtime, incoming: Sequence[Incoming], now: int) -> IngestResult:
    unknown = fresh(connection, incoming)
    result = IngestResult(recorded=len(unknown), repeated=len(incoming) - len(unknown))
    if not unknown:
        return result
    messages = messages_of(connection, [one.send_key for one in unknown if one.send_key is not None])
    unknown = [_of_message(one, messages) for one in unknown]
    resolved = resolve(connection, unknown, now, uniter(runtime))
    result.problems = resolved.problems
    result.visitors = sum(who is None for who in resolved.contacts)
    for index, said in resolved.kept.items():
        unknown[index] = replace(unknown[index], properties={**unknown[index].properties, TRAITS: said})
    events = as_recorded(unknown, resolved.contacts, now)
    attribute(events, messages)
    apply_reports(connection, events, messages, now)
    write_events(connection, events)
    result.add(_match(connection, runtime, [*resolved.attached, *events], now, messages))
    return result


def _of_message(one: Incoming, messages: Mapping[str, Row[Any]]) -> Incoming:
    """An event about a message is its recipient's. Who else uses the device on which it was read, is not: a forwarded
    message must not make its reader the recipient."""
    if one.send_key is None or one.contact is not None or one.user_id is not None:
        return one
    row = messages.get(one.send_key)
    return one if row is None else replace(one, contact=row.contact, anonymous_id=None)


# ------------------------------------------------------------------------------------------------ what follows


def record_and_match(connection: Connection, runtime: Runtime, events: Sequence[News], now: int) -> Matched:
    """Write events of our own and let everybody who listens hear of them, each once. The caller's transaction holds the
    contacts' locks; `now` is a business instant."""
    new = untold(connection, events)
    if not new:
        return Matched()
    recorded = from_news(new, now)
    write_events(connection, recorded)
    return _match(connection, runtime, recorded, now)


def teller(runtime: Runtime, lane: str = "live") -> Tell:
    """What acts and imports call with their news: whoever moves because of them travels in `lane`."""

    def tell(connection: Connection, news: Sequence[News]) -> None:
        record_and_match(connection, runtime, _in_lane(news, lane), runtime.business_now())

    return tell


def tell_entered(
    connection: Connection, runtime: Runtime, published: Published, entered: Entered, lane: str
) -> None:
    """Let everybody who listens hear of an entry that no event brought about: a campaign's, a date's, a program's."""
    if entered.enrolments:
        news = _in_lane(news_of(published, entered, _own(connection, runtime)), lane)
        record_and_match(connection, runtime, news, runtime.business_now())


def _in_lane(news: Sequence[News], lane: str) -> Sequence[News]:
    return news if lane == "live" else [replace(one, lane=lane) for one in news]


def ended_teller(runtime: Runtime, lane: str = "live") -> TellEnded:
    """What whoever ends enrolments outside a leg calls with them, within the transaction that ends them."""

    def tell(connection: Connection, published: Published, over: Sequence[tuple[Traveller, str]]) -> None:
        if over and JOURNEY_ENDED in _own(connection, runtime):
            news = _in_lane(ended_news(published, over), lane)
            record_and_match(connection, runtime, news, runtime.business_now())

    return tell


def _own(connection: Connection, runtime: Runtime) -> frozenset[str]:
    return runtime.listeners.own(connection, tuple(connection.execute(select(*SIGNS)).one()))


def uniter(runtime: Runtime, lane: str = "live") -> Unite:
    """What is called with contacts who turn out to be one."""

    def unite(connection: Connection, pairs: Sequence[tuple[int, int]], now: int) -> None:
        merge_contacts(connection, runtime, pairs, now, teller(runtime, lane), ended_teller(runtime, lane))

    return unite


def _match(
    connection: Connection, runtime: Runtime, events: Sequence[Recorded], now: int,
    messages: Mapping[str, Row[Any]] | None = None,
) -> Matched:  # fmt: skip
    """Match events and what they bring about, until nothing more comes of it: an event that enrolments brought about
    starts none of the journeys through which it came. `messages` are those that the events are about."""
    listening = runtime.listeners.current(connection, runtime.plans)
    if messages and MESSAGE_SENT in listening.own:
        proved = untold(connection, proved_sent(events, messages))
        living = lock_living(connection, {one.contact for one in proved})
        sent = from_news([replace(one, contact=living[one.contact]) for one in proved], now)
        write_events(connection, sent)
        events = [*events, *sent]
    matched = Matched()
    while events:
        events = _with_consequences(connection, runtime, listening, events, now)
        found = match(connection, runtime, listening, events, now)
        matched.add(found)
        events = from_news(untold(connection, found.news), now)
        write_events(connection, events)
    return matched


def _with_consequences(
    connection: Connection, runtime: Runtime, listening: Listening, events: Sequence[Recorded], now: int
) -> list[Recorded]:
    """The events, and those that they bring about: all of them, before anybody hears of the first."""
    found = list(events)
    latest: Sequence[Recorded] = events
    for _ in range(_ROUNDS):
        news = apply_rules(connection, listening.rules, latest, now) if listening.rules else []
        news += _redeemed(connection, runtime, latest)
        if not news:
            break
        latest = from_news(news, now)
        write_events(connection, latest)
        found += latest
    return found


def _redeemed(connection: Connection, runtime: Runtime, events: Sequence[Recorded]) -> list[News]:
    """Redeem the coupons that orders were paid with."""
    redemptions = []
    for one in sorted(events, key=lambda one: one.moment):
        code = one.properties.get("coupon") if one.name == ORDER_COMPLETED else None
        if isinstance(code, str) and code and one.contact is not None:
            order = order_id(one.properties) or one.message_id
            redemptions.append(Redemption(code.strip().upper(), one.contact, order, one.at))
    return [
        News(
            done.redemption.contact,
            "coupon.redeemed",
            done.redemption.at,
            {
                "code": done.redemption.code,
                "promotion": done.promotion,
                "order_id": done.redemption.order,
                "journey": runtime.plans.get(connection, done.plan).journey_name,
            },
        )
        for done in redeem_all(connection, redemptions)
    ]


# ------------------------------------------------------------------------------------------------ kept reports


def adopt_kept(runtime: Runtime, now_real: int) -> int:
    """Apply reports that came before their message was known. Gives how many found it now."""
    now = runtime.clock.business(now_real)

    def work(connection: Connection) -> int:
        events = kept_reports(connection, PAGE)
        if not events:
            return 0
        messages = messages_of(connection, [one.send_key for one in events if one.send_key is not None])
        living = lock_living(connection, {row.contact for row in messages.values()})
        attribute(events, messages)
        for one in events:
            one.contact = living.get(one.contact or 0, one.contact)
        apply_reports(connection, events, messages, now)
        adopt_reports(connection, events)
        _match(connection, runtime, events, now, messages)
        return len(events)

    return runtime.database.transact(work, what="adopt")
