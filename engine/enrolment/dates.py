"""Date triggers: contacts enter when a date that one of their attributes holds has come, where they are at home.

How far the calendar was looked through is written down, so that days on which nothing ran are made good; and the cause
names the day, so that one that is looked at twice enters nobody twice.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import Connection, Row, func, select

from engine.enrolment.enter import COHORT_SIZE, Entering, enter
from engine.enrolment.ingest import tell_entered
from engine.enrolment.plans import Published
from engine.enrolment.runtime import Runtime
from engine.flow.condition_field import published_attribute
from engine.flow.plan import Trigger
from engine.journey.time import DAY, MINUTE, date_instant, next_date, zone
from engine.store.heartbeats import beat, last_beat
from engine.store.tables import contact, journey

_LOOKED = "dates"
_LONGEST = 400 * DAY
"""A gap longer than this is not made good: nobody wants a greeting of the year before last."""


@dataclass(frozen=True, slots=True)
class Span:
    """The part of the calendar to look through: after `last`, up to `now`, both business instants."""

    last: int
    now: int

    def days(self, offset: int) -> list[date]:
        """The days that an attribute may hold, whose date with this offset falls into the span somewhere on earth."""
        first = _day(self.last) - timedelta(days=1 + offset)
        count = (_day(self.now) - _day(self.last)).days + 3
        return [first + timedelta(days=number) for number in range(count)]


def enter_on_dates(runtime: Runtime) -> int:
    """Let everyone enter whose date has come since the last look, a page a transaction. Gives how many entered.

    The first look of all only writes down when it was. It looks once a minute of business time.
    """
    now = runtime.business_now()
    with runtime.database.read() as connection:
        last = last_beat(connection, _LOOKED)
        if last is not None and now - last < MINUTE:
            return 0
        triggers = [] if last is None else list(_date_triggers(connection, runtime))
    entered = 0
    for published, trigger in triggers:
        entered += _enter(runtime, published, trigger, Span(max(last or 0, now - _LONGEST), now))
    runtime.database.transact(lambda connection: _write_down(connection, now))
    return entered


def _date_triggers(connection: Connection, runtime: Runtime) -> Iterator[tuple[Published, Trigger]]:
    running = select(journey.c.plan).where(journey.c.state == "running", journey.c.plan.is_not(None))
    for plan_id in connection.scalars(running.order_by(journey.c.id)).all():
        published = runtime.plans.get(connection, plan_id)
        for trigger in published.plan.triggers:
            if trigger.kind == "date" and published_attribute(str(trigger.params["attribute"])) is not None:
                yield published, trigger


def _enter(runtime: Runtime, published: Published, trigger: Trigger, span: Span) -> int:
    with runtime.database.read() as connection:
        found = connection.execute(_candidates(trigger, span)).all()
    coming = [
        Entering(row.id, f"date:{trigger.node}:{_day(moment)}", moment, trigger.node)
        for row in found
        if (moment := _moment(row, published, trigger, span)) is not None
    ]
    entered = 0
    for start in range(0, len(coming), COHORT_SIZE):
        page = partial(_page, runtime=runtime, published=published, page=coming[start : start + COHORT_SIZE])
        entered += runtime.database.transact(page)
    return entered


def _page(connection: Connection, runtime: Runtime, published: Published, page: list[Entering]) -> int:
    entered = enter(connection, published, page, lane="bulk", now=runtime.now())
    tell_entered(connection, runtime, published, entered)
    return len(entered.enrolments)


def _candidates(trigger: Trigger, span: Span) -> Any:
    """Contacts whose attribute holds one of the days, whatever its year for a yearly date."""
    days = span.days(int(trigger.params.get("offset_days", 0)))
    path = published_attribute(str(trigger.params["attribute"]))
    assert path is not None
    value: Any = contact.c[path.column] if path.column else _held(path.keys)
    texts = {day.isoformat() for day in days}
    held = func.substr(value, 1, 10)
    if trigger.params.get("yearly", True):
        held = func.substr(value, 6, 5)
        texts = {text[5:] for text in texts}
        if "02-28" in texts:
            texts.add("02-29")
    return select(contact.c.id, contact.c.timezone, value.label("value")).where(
        contact.c.merged_into.is_(None), held.in_(sorted(texts))
    )


def _held(keys: tuple[str, ...]) -> Any:
    # The one key of nearly all stands alone: for PostgreSQL a path is another operator.
    return contact.c.attributes[keys if len(keys) > 1 else keys[0]].as_string()


def _moment(row: Row[Any], published: Published, trigger: Trigger, span: Span) -> int | None:
    """When the contact's date comes within the span; None when it does not, or the text is no date."""
    home = zone(row.timezone, published.plan.settings.timezone)
    at = str(trigger.params.get("at", "09:00"))
    offset = int(trigger.params.get("offset_days", 0))
    try:
        if trigger.params.get("yearly", True):
            day = date.fromisoformat(row.value[:10])
            moment = next_date(
                span.last, day.month, day.day, home, at, offset_days=offset, strictly_after=True
            )
        else:
            moment = date_instant(row.value[:10], home, at, offset_days=offset)
    except ValueError:
        return None
    return moment if span.last < moment <= span.now else None


def _day(at: int) -> date:
    return datetime.fromtimestamp(at / 1000, UTC).date()


def _write_down(connection: Connection, now: int) -> None:
    beat(connection, _LOOKED, now)
