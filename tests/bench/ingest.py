"""`ingest`: events a second on one process, with matching, triggers and rules live, among few and many contacts."""

import random
import time
from collections.abc import Sequence
from statistics import median
from typing import Any

from sqlalchemy import select

from engine.audience.rules import create_rule
from engine.enrolment.enter import Entering, enter
from engine.enrolment.ingest import Incoming, ingest
from engine.enrolment.legs import run_cohort_leg
from engine.enrolment.runtime import Published
from engine.store.sets import among
from engine.store.tables import cohort, message
from tests.bench.figure import Figure, Target
from tests.bench.people import settle
from tests.bench.rows import Bench
from tests.bench.stack import Place, example

FEW = 10_000
FLAT = 1.25
_EVENTS = 20_000
_BATCH = 500
_BLOCKS = 8
_WAITING = 10
"""One in so many contacts waits in a journey for an open of its own email."""
_RULES = (("viewers", "Product Viewed", "VIEWER"), ("shoppers", "Order Completed", "SHOPPER"))
_ENTERED_AT_ONCE = 20_000


def measure_ingest(bench: Bench) -> list[Figure]:
    """Events a second at each size. The ratio is of the cost of an event among many contacts to that among few."""
    few = _measure(bench, FEW)
    many = _measure(bench, bench.sizes.people)
    ratio = median(many) / median(few)
    return [
        Figure("ingest", 1 / median(few), "events/s", targets=(Target("value", ">=", 5000),), note=_note(FEW, few)),
        Figure(
            "ingest.many", 1 / median(many), "events/s", 1 / median(few), ratio, (Target("ratio", "<=", FLAT),),
            f"{_note(bench.sizes.people, many)}; ratio of the cost of an event, to {FEW:,} contacts",
        ),
    ]  # fmt: skip


def _note(people: int, costs: Sequence[float]) -> str:
    slow, fast = 1 / max(costs), 1 / min(costs)
    return (
        f"{people:,} contacts, 1 in {_WAITING} waiting; {_EVENTS:,} events in batches of {_BATCH}; median of"
        f" {_BLOCKS} parts, {slow:,.0f} to {fast:,.0f} events/s"
    )


def _measure(bench: Bench, people: int) -> list[float]:
    """Seconds an event, for each part of the run.

    As many contacts do something at each size, scattered over all there are: what somebody does for the first time costs more
    than what he does again, so that else the larger database would do more work for an event.
    """
    bench.say(f"ingestion among {people:,} contacts: making them")
    with bench.stack.place(f"ingest-{people}") as place:
        everybody = settle(place.database, people, place.runtime.business_now())
        keys = _let_wait(place, everybody[::_WAITING])
        dice = random.Random(people)
        waiting = {one: keys[one] for one in dice.sample(everybody[::_WAITING], FEW // _WAITING)}
        others = [one for one in everybody if one not in keys]
        who = [*waiting, *dice.sample(others, FEW - len(waiting))]
        place.publish(example("cart_recovery"))
        with place.database.write() as connection:
            for name, event, tag in _RULES:
                create_rule(connection, name, event, tag)
        _ingest(place, _events(place, dice, who, waiting, _BATCH, "warm"))
        bench.say(f"ingestion among {people:,} contacts: {_EVENTS:,} events")
        costs = []
        for part in range(_BLOCKS):
            events = _events(place, dice, who, waiting, _EVENTS // _BLOCKS, f"part{part}")
            began = time.perf_counter()
            _ingest(place, events)
            costs.append((time.perf_counter() - began) / len(events))
        return costs


def _ingest(place: Place, events: Sequence[Incoming]) -> None:
    for start in range(0, len(events), _BATCH):
        ingest(place.runtime, events[start : start + _BATCH], place.runtime.now())


def _let_wait(place: Place, who: Sequence[int]) -> dict[int, str]:
    """Bring contacts to the wait for an open, by the engine's own legs. Gives the send key of each one's email."""
    published = place.publish(example("coupon"))
    for first in range(0, len(who), _ENTERED_AT_ONCE):
        _enter(place, published, who[first : first + _ENTERED_AT_ONCE])
        with place.database.read() as connection:
            waiting = connection.scalars(select(cohort.c.id).where(~cohort.c.started)).all()
        for one in waiting:
            run_cohort_leg(place.runtime, one, place.runtime.now())
        with place.database.write() as connection:
            connection.execute(cohort.update().where(among(cohort.c.id, waiting)).values(started=True))
    with place.database.read() as connection:
        rows = connection.execute(select(message.c.contact, message.c.send_key))
        return {row[0]: row[1] for row in rows}


def _enter(place: Place, published: Published, who: Sequence[int]) -> None:
    now = place.runtime.now()
    at = place.runtime.clock.business(now)
    entering = [Entering(one, "bench", at, published.plan.triggers[0].node) for one in who]
    with place.database.write() as connection:
        enter(connection, published, entering, lane="bulk", now=now, straight_into_cohorts=True)


def _events(
    place: Place, dice: random.Random, who: Sequence[int], waiting: dict[int, str], count: int, stem: str
) -> list[Incoming]:
    """A shop's day: mostly looks, which a rule hears; carts, which a trigger hears; opens, which end waits; orders, which
    a rule and a goal hear."""
    readers = list(waiting)
    at = place.runtime.business_now()
    events = []
    for number in range(count):
        chance = dice.random()
        one = dice.choice(who)
        key: str | None = None
        properties: dict[str, Any] = {"product": f"TOY-{dice.randrange(100):02d}"}
        if chance < 0.7:
            name = "Product Viewed"
        elif chance < 0.8:
            name = "Product Added"
        elif chance < 0.95:
            name, one, properties = "message.opened", dice.choice(readers), {}
            key = waiting[one]
        else:
            name, properties = "Order Completed", {"order_id": f"{stem}-{number}", "total": 10}
        events.append(
            Incoming(message_id=f"{stem}-{number}", name=name, at=at, contact=one, send_key=key, properties=properties)
        )  # fmt: skip
    return events
