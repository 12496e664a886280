"""`latency`: from an event that comes in to the next act, on an idle system and while a campaign runs beside it."""

import random
import time
from collections.abc import Callable, Sequence
from statistics import median
from threading import Event
from typing import Any

from sqlalchemy import func, or_, select

from engine.enrolment.ingest import Incoming, ingest
from engine.enrolment.runtime import real_now
from engine.store.ids import new_id
from engine.store.sets import among
from engine.store.tables import campaign, cohort, message, sandbox_message
from tests.bench.campaign import DidNotFinish, begin
from tests.bench.figure import Figure, Target, percentile
from tests.bench.people import settle
from tests.bench.rows import Bench
from tests.bench.stack import Place, example

_EVENTS = 300
_MOST = 3_000
_WARM = 10
_GAPS = (0.05, 0.15)
"""Seconds between events, drawn evenly: two seldom meet."""
_PATIENCE_SECONDS = 60
_ID_BITS = 22
"""An id's upper bits are the millisecond in which it was made: so the sandbox's log says when it took a message."""
_HORIZON_MS = 60_000

Schedule = dict[int, int]
"""When each contact's event was due to come in: real instants by contact."""


def measure_latency(bench: Bench) -> list[Figure]:
    """Milliseconds from the event to the push in the sandbox's log; an event that had to wait to be taken in counts from
    when it was due."""
    with bench.stack.place("latency") as place:
        bench.say(f"latency: making {bench.sizes.crowd:,} contacts")
        who = settle(place.database, bench.sizes.crowd + _MOST, place.runtime.business_now())
        random.Random(1).shuffle(who)
        place.publish(_PUSH_AT_ONCE)
        bulk = place.publish(example("coupon"))
        place.start_crew(bench.sizes.bulk)
        _delays(place, _send(place, who[:_WARM], lambda: True))
        bench.say("latency: an idle system")
        idle = _delays(place, _send(place, who[_WARM : _WARM + _EVENTS], lambda: True))
        bench.say(f"latency: beside a campaign to {len(who):,} contacts")
        number = begin(place, bulk)
        _wait_until(lambda: _running(place, number), "start")
        sent = _send(place, who[_WARM + _EVENTS : _MOST], lambda: _running(place, number))
        busy = _delays(place, sent)
    return _figures(idle, busy)


def _figures(idle: Sequence[int], busy: Sequence[int]) -> list[Figure]:
    def figure(name: str, value: float, bound: int | None, sample: Sequence[int], what: str) -> Figure:
        targets = () if bound is None else (Target("value", "<=", bound),)
        note = f"{what}; {len(sample):,} events, {min(sample):,} to {max(sample):,} ms"
        return Figure(name, value, "ms", targets=targets, note=note)

    beside = "while a campaign moves in the bulk lane of the same machine"
    return [
        figure("latency.idle_p50", median(idle), 100, idle, "idle system"),
        figure("latency.idle_p99", percentile(idle, 99), 300, idle, "idle system"),
        figure("latency.campaign_p50", median(busy), None, busy, beside),
        figure("latency.campaign_p99", percentile(busy, 99), 2000, busy, beside),
    ]


def _send(place: Place, who: Sequence[int], going_on: Callable[[], bool]) -> Schedule:
    """Let an event of each contact come in, one after the other, as long as it is going on."""
    dice, pause, sent = random.Random(2), Event(), Schedule()
    due = time.monotonic()
    for one in who:
        if not going_on():
            break
        due += dice.uniform(*_GAPS)
        pause.wait(max(0.0, due - time.monotonic()))
        late = max(0, round((time.monotonic() - due) * 1000))
        now = real_now()
        sent[one] = now - late
        event = Incoming(message_id=f"added-{one}", name="Product Added", contact=one)
        ingest(place.runtime, [event], now)
    return sent


def _delays(place: Place, sent: Schedule) -> list[int]:
    """Wait until every push is in the sandbox's log, and give the milliseconds that each took."""
    if len(sent) < 2:
        raise DidNotFinish("The campaign was over before two events came in. Give it more contacts.")
    _wait_until(lambda: _arrived(place, sent) == len(sent), "bring every push to the sandbox")
    offset = real_now() - (new_id() >> _ID_BITS)
    with place.database.read() as connection:
        rows = connection.execute(
            select(message.c.contact, func.min(sandbox_message.c.id))
            .join(sandbox_message, sandbox_message.c.send_key == message.c.send_key)
            .where(among(message.c.contact, sent), message.c.channel == "push")
            .group_by(message.c.contact)
        )
        return [(number >> _ID_BITS) + offset - sent[who] for who, number in rows]


def _arrived(place: Place, sent: Schedule) -> int:
    with place.database.read() as connection:
        accepted = select(func.count()).where(
            among(message.c.contact, sent), message.c.channel == "push", message.c.state == "accepted"
        )
        return connection.scalar(accepted) or 0


def _running(place: Place, number: int) -> bool:
    """Whether the campaign has somebody to move now: its wait of two days is not waited for."""
    soon = real_now() + _HORIZON_MS
    with place.database.read() as connection:
        state = connection.scalar(select(campaign.c.state).where(campaign.c.id == number))
        moving = select(func.count()).where(
            cohort.c.lane == "bulk", or_(~cohort.c.started, cohort.c.next_at < soon)
        )
        return state == "running" or (state == "done" and (connection.scalar(moving) or 0) > 0)


def _wait_until(done: Callable[[], bool], what: str) -> None:
    limit, pause = time.monotonic() + _PATIENCE_SECONDS, Event()
    while not done():
        if time.monotonic() > limit:
            raise DidNotFinish(f"The stack did not {what} within a minute. Read the worker's log.")
        pause.wait(0.05)


_PUSH_AT_ONCE: dict[str, Any] = {
    "schema": 1,
    "name": "Push at once",
    "nodes": {
        "start": {"type": "event", "config": {"event": "Product Added"}},
        "push": {"type": "send_push", "config": {"template": "hello"}},
        "told": {"type": "exit", "config": {"result": "told"}},
    },
    "edges": {
        "e1": {"from": "start", "port": "entered", "to": "push"},
        "e2": {"from": "push", "port": "sent", "to": "told"},
        "e3": {"from": "push", "port": "unreachable", "to": "told"},
    },
    "templates": {
        "hello": {
            "channel": "push",
            "title": "In your cart",
            "text": '{{ contact.first_name|default("Hello") }}, your {{ contact.attributes.favourite }} are in the cart.',
        }
    },
}
