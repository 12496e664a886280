"""Date triggers: contacts enter when a date that one of their attributes holds has come, where they are at home.

How far the calendar was looked through is written down, so that days on which nothing ran are made good; and the cause
names the day, so that one that is looked at twice enters nobody twice. An attribute whose dates are still looked up has a
mark of its own, and holds up no other.

A date comes at one instant for all who hold it in one time zone. So a look asks which days and zones there are, reckons
for each whether its instant has come, and reads the contacts of those alone.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial

from sqlalchemy import Connection, select, text

from engine.audience.contact_dates import keep, name_of
from engine.enrolment.enter import COHORT_SIZE, Entering, enter
from engine.enrolment.ingest import tell_entered
from engine.enrolment.plans import Published
from engine.enrolment.runtime import Runtime
from engine.flow.condition_field import FieldPath, published_attribute
from engine.flow.plan import Trigger
from engine.journey.time import DAY, MINUTE, date_instant, next_date, zone
from engine.store.heartbeats import beat, beats, forget_beats, last_beat
from engine.store.tables import contact, contact_date, journey, plan

_LOOKED, _WAITS = "dates", "dates/"
_LONGEST = 400 * DAY
"""A gap longer than this is not made good: nobody wants a greeting of the year before last."""


_KEEP_SECONDS = 2.0
"""For how long one look looks up the dates that were there before somebody asked for them."""
_ZONES = text(
    "WITH RECURSIVE held(zone) AS ("
    " SELECT min(timezone) FROM contact_date WHERE attribute = :name AND month_day = :month_day"
    " UNION ALL"
    " SELECT (SELECT min(timezone) FROM contact_date"
    "  WHERE attribute = :name AND month_day = :month_day AND timezone > held.zone)"
    " FROM held WHERE held.zone IS NOT NULL"
    ") SELECT zone FROM held WHERE zone IS NOT NULL"
)
"""The zones of those who hold a day: from one to the next in the index, however many contacts are between them."""


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


@dataclass(frozen=True, slots=True)
class _Dates:
    """A date trigger of a running plan, and the attribute or column that it goes by."""

    published: Published
    trigger: Trigger
    path: FieldPath

    @property
    def yearly(self) -> bool:
        return bool(self.trigger.params.get("yearly", True))

    @property
    def offset(self) -> int:
        return int(self.trigger.params.get("offset_days", 0))

    def moment(self, day: str, timezone: str, span: Span) -> int | None:
        """When this day (03-07 where it is yearly, else 2025-03-07) comes in a zone, if that is within the span."""
        home = zone(timezone or None, self.published.plan.settings.timezone)
        at = str(self.trigger.params.get("at", "09:00"))
        try:
            if self.yearly:
                month, of_month = int(day[:2]), int(day[3:])
                moment = next_date(
                    span.last, month, of_month, home, at, offset_days=self.offset, strictly_after=True
                )
            else:
                moment = date_instant(day, home, at, offset_days=self.offset)
        except ValueError:
            return None
        return moment if span.last < moment <= span.now else None


@dataclass(frozen=True, slots=True)
class _Due:
    """Those who hold a day in a zone, for whom it comes at `moment`."""

    moment: int
    month_day: str
    day: str | None
    timezone: str


def enter_on_dates(runtime: Runtime) -> int:
    """Let everyone enter whose date has come since the last look, a page a transaction. Gives how many entered.

    The first look of all only writes down when it was. It looks once a minute of business time, and oftener while the dates
    of an attribute that nobody has asked for before are still looked up: its triggers wait until they are, and are looked at
    from where they began to wait. A plan's dates count from its publication on.
    """
    now = runtime.business_now()
    with runtime.database.read() as connection:
        last = last_beat(connection, _LOOKED)
        waiting = beats(connection, _WAITS)
        if last is not None and now - last < MINUTE and not waiting:
            return 0
        found = list(_date_triggers(connection, runtime))
        marks = [waiting.get(name_of(one.path), now if last is None else last) for one in found]
        spans = [
            _span(connection, runtime, one, max(mark, now - _LONGEST), now)
            for one, mark in zip(found, marks, strict=True)
        ]
    kept = keep(runtime.database, [one.path for one in found], _KEEP_SECONDS) if found else set()
    entered = 0
    begun: dict[str, int] = {}
    for one, span, mark in zip(found, spans, marks, strict=True):
        if name_of(one.path) not in kept:
            begun[name_of(one.path)] = mark
            continue
        for page in _pages(runtime, one, span):
            enter_page = partial(_page, runtime=runtime, published=one.published, page=page)
            entered += runtime.database.transact(enter_page)
    runtime.database.transact(partial(_mark, now=now, waiting=waiting.keys() - begun.keys(), begun=begun))
    return entered


def _mark(connection: Connection, now: int, waiting: Iterable[str], begun: Mapping[str, int]) -> None:
    """Write down how far the calendar was looked through, by the triggers of attributes that wait, too; `waiting` do not
    any more."""
    beat(connection, _LOOKED, now)
    forget_beats(connection, [_WAITS + name for name in waiting])
    for name, since in begun.items():
        beat(connection, _WAITS + name, since)


def _date_triggers(connection: Connection, runtime: Runtime) -> Iterator[_Dates]:
    running = select(journey.c.plan).where(journey.c.state == "running", journey.c.plan.is_not(None))
    for plan_id in connection.scalars(running.order_by(journey.c.id)).all():
        published = runtime.plans.find(connection, plan_id)
        for trigger in published.plan.triggers if published is not None else ():
            if published is not None and trigger.kind == "date":
                path = published_attribute(str(trigger.params["attribute"]))
                if path is not None:
                    yield _Dates(published, trigger, path)


def _span(connection: Connection, runtime: Runtime, dates: _Dates, last: int, now: int) -> Span:
    """The span from the last look on, but not from before the trigger was published: it may be the same in versions one
    after the other."""
    versions = connection.execute(
        select(plan.c.id, plan.c.published_at)
        .where(plan.c.journey == dates.published.journey, plan.c.number <= dates.published.number)
        .order_by(plan.c.number.desc())
    )
    since = now
    for version in versions.all():
        published = runtime.plans.find(connection, version.id)
        if published is None or dates.trigger not in published.plan.triggers:
            break
        since = version.published_at
        if since <= last:
            break
    return Span(min(max(last, since), now), now)


def _pages(runtime: Runtime, dates: _Dates, span: Span) -> Iterator[list[Entering]]:
    """Whose date has come, a thousand at a time, the earliest first."""
    if span.last >= span.now:
        return
    page: list[Entering] = []
    for due in _due(runtime, dates, span):
        cause = f"date:{dates.trigger.node}:{_day(due.moment)}"
        after = 0
        while found := _held_by(runtime, dates, due, after):
            page += [Entering(who, cause, due.moment, dates.trigger.node) for who in found]
            after = found[-1]
            while len(page) >= COHORT_SIZE:
                yield page[:COHORT_SIZE]
                page = page[COHORT_SIZE:]
    if page:
        yield page


def _due(runtime: Runtime, dates: _Dates, span: Span) -> Sequence[_Due]:
    """The days and zones whose instant lies in the span, by that instant."""
    wanted: dict[str, set[str | None]] = {}
    for whole in span.days(dates.offset):
        wanted.setdefault(f"{whole:%m-%d}", set()).add(None if dates.yearly else whole.isoformat())
    if dates.yearly and "02-28" in wanted:
        wanted.setdefault("02-29", {None})
    name = name_of(dates.path)
    found = []
    with runtime.database.read() as connection:
        for month_day, of_years in wanted.items():
            zones = connection.scalars(_ZONES, {"name": name, "month_day": month_day}).all()
            for timezone in zones:
                for day in of_years:
                    moment = dates.moment(day or month_day, timezone, span)
                    if moment is not None:
                        found.append(_Due(moment, month_day, day, timezone))
    return sorted(found, key=lambda due: (due.moment, due.month_day, due.timezone))


def _held_by(runtime: Runtime, dates: _Dates, due: _Due, after: int) -> Sequence[int]:
    held = contact_date.c
    query = (
        select(held.contact)
        .join(contact, contact.c.id == held.contact)
        .where(
            held.attribute == name_of(dates.path),
            held.month_day == due.month_day,
            held.timezone == due.timezone,
            held.contact > after,
            contact.c.merged_into.is_(None),
        )
    )
    if due.day is not None:
        query = query.where(held.day == due.day)
    with runtime.database.read() as connection:
        return connection.scalars(query.order_by(held.contact).limit(COHORT_SIZE)).all()


def _page(connection: Connection, runtime: Runtime, published: Published, page: list[Entering]) -> int:
    entered = enter(connection, published, page, lane="bulk", now=runtime.now())
    tell_entered(connection, runtime, published, entered, "bulk")
    return len(entered.enrolments)


def _day(at: int) -> date:
    return datetime.fromtimestamp(at / 1000, UTC).date()
