"""Arithmetic on instants, wall clocks and windows.

An *instant* is an int: milliseconds since the epoch, UTC. A *reading* (inside this file only) is what a clock on the
wall shows, as an int: milliseconds since 1970-01-01T00:00 on that wall. Two rules hold everywhere: a wall time in a gap
of daylight saving moves forward by the gap (02:30 to 03:30), and of a wall time that comes twice the first counts, once.

Weekdays are numbers, Monday is 0. Holidays are ISO dates ("2026-12-25"). A time of day is "09:00".
"""

import re
from bisect import bisect_left
from calendar import monthrange
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Annotated
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, field_serializer
from pydantic.config import JsonDict

from engine.flow.duration import EXACT, Duration

SECOND, MINUTE, HOUR, DAY = EXACT["second"], EXACT["minute"], EXACT["hour"], EXACT["day"]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_ORDINAL = _EPOCH.toordinal()
EARLIEST = -62_135_596_800_000
"""0001-01-01T00:00:00Z: ISO texts reach from here"""
LATEST = 253_402_300_799_999
"""to 9999-12-31T23:59:59.999Z."""

_EVERY_DAY = frozenset(range(7))
_TIME_OF_DAY = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DATE_TIME = re.compile(
    r"(?P<wall>[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}(:[0-9]{2}([.,][0-9]{1,9})?)?)"
    r"(?P<offset>[Zz]|[+-][0-9]{2}:?[0-9]{2})?"
)


# ------------------------------------------------------------------------------------------------ zones


@lru_cache(maxsize=1)
def _names() -> frozenset[str]:
    # "localtime" is this machine's own zone: the same plan would run differently on two machines.
    return frozenset(available_timezones() - {"localtime"})


def is_zone(name: str) -> bool:
    """Whether `name` is a time zone of the IANA list, such as "Europe/Rome"."""
    return name in _names()


@lru_cache(maxsize=4096)
def zone(name: str | None, fallback: str) -> ZoneInfo:
    """The time zone `name`; `fallback` if there is none or it is unknown. ValueError if `fallback` is unknown too."""
    if name is not None and is_zone(name):
        return ZoneInfo(name)
    if not is_zone(fallback):
        raise ValueError(
            f'The time zone "{fallback[:40]}" is unknown. Write a name of the IANA list, for example "Europe/Rome".'
        )
    return ZoneInfo(fallback)


# ------------------------------------------------------------------------------------------------ readings


def _moment(milliseconds: int) -> datetime:
    # At the ends of Python's calendar (a contract "until 9999-12-31") the offset of two days further in will do.
    return _EPOCH + timedelta(milliseconds=min(max(milliseconds, EARLIEST + 2 * DAY), LATEST - 2 * DAY))


def _milliseconds(delta: timedelta | None) -> int:
    # ZoneInfo always knows the offset; None is for zones of other makers.
    return 0 if delta is None else delta.days * DAY + delta.seconds * SECOND


def _reading(at: int, zone: ZoneInfo) -> int:
    """What the clock on the wall shows at an instant."""
    return at + _milliseconds(_moment(at).astimezone(zone).utcoffset())


def _shown(reading: int, zone: ZoneInfo, fold: int) -> int:
    # With fold 0 the offset is the one before the change. In a fold that gives the first of the two instants, and in a
    # gap the instant that reads later by the length of the gap.
    return reading - _milliseconds(_moment(reading).replace(tzinfo=zone, fold=fold).utcoffset())


@lru_cache(maxsize=65_536)
def _first(reading: int, zone: ZoneInfo) -> int:
    """The instant at which the clock first shows `reading`; in a gap, moved forward by the gap."""
    return _shown(reading, zone, 0)


def _reading_of(year: int, month: int, day: int) -> int:
    """The reading at the midnight that begins a date. ValueError if the calendar has no such date."""
    return (date(year, month, day).toordinal() - _EPOCH_ORDINAL) * DAY


def _date_of(reading: int) -> date:
    return date.fromordinal(reading // DAY + _EPOCH_ORDINAL)


@lru_cache(maxsize=1440)
def _of_day(text: str) -> int:
    """Milliseconds from midnight on the clock to a time of day."""
    match = _TIME_OF_DAY.fullmatch(text)
    if match is None:
        raise ValueError(
            f'The time of day "{text[:40]}" cannot be read. Write hours from 00 to 23 and minutes, for example "09:00".'
        )
    return int(match[1]) * HOUR + int(match[2]) * MINUTE


def wall(year: int, month: int, day: int, hour: int, minute: int, zone: ZoneInfo) -> int:
    """The instant of a wall time. ValueError if there is no such date or time on any calendar."""
    clock = datetime(year, month, day, hour, minute, tzinfo=UTC)
    return _first(_milliseconds(clock - _EPOCH), zone)


# ------------------------------------------------------------------------------------------------ rests


def after(at: int, duration: Duration, zone: ZoneInfo) -> int:
    """The instant `duration` after `at`.

    Seconds to weeks add milliseconds, whatever the clocks do. Months and years step on the wall clock of `zone`, to the
    same time of the same day or of the month's last day (31 January + 1 month = 28 or 29 February).
    """
    length = EXACT.get(duration.unit)
    if length is not None:
        return at + duration.amount * length
    if duration.amount == 0:
        return at
    reading = _reading(at, zone)
    start = _date_of(reading)
    months = duration.amount if duration.unit == "month" else 12 * duration.amount
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    day = min(start.day, monthrange(year, month + 1)[1])
    # Not by way of `_first`: scattered times would drive the shared ones out of its cache.
    return _shown(_reading_of(year, month + 1, day) + reading % DAY, zone, 0)


def bucket(until: int, at: int) -> int:
    """Where a rest from `at` to `until` ends: rounded up to a second if it is at most an hour long, else to a minute."""
    step = SECOND if until - at <= HOUR else MINUTE
    return -(-until // step) * step


# ------------------------------------------------------------------------------------------------ times of day


def _allowed(reading: int, weekdays: frozenset[int] | None, holidays: frozenset[str] | None) -> bool:
    """Whether the date of `reading` is one of the weekdays and no holiday."""
    if weekdays is not None and (reading // DAY + 3) % 7 not in weekdays:  # 1970-01-01 was a Thursday
        return False
    return not holidays or _date_of(reading).isoformat() not in holidays


def next_at_time(
    at: int,
    time_of_day: str,
    zone: ZoneInfo,
    *,
    weekdays: frozenset[int] | None = None,
    holidays: frozenset[str] | None = None,
    strictly_after: bool,
) -> int:
    """The next instant, from `at` on, at which the clock shows `time_of_day` on a weekday that is no holiday.

    `strictly_after` leaves out `at` itself. ValueError if no weekday is left or the time cannot be read.
    """
    if weekdays is not None:
        _weekdays(weekdays)
    earliest = at + 1 if strictly_after else at
    now = _reading(at, zone)
    # From the day before: a gap over midnight moves yesterday's late evening into today.
    reading = now - now % DAY - DAY + _of_day(time_of_day)
    while True:
        if _allowed(reading, weekdays, holidays):
            found = _first(reading, zone)
            if found >= earliest and (
                # A gap may also move it out of its date (Apia had no 30 December 2011), into one that is not allowed.
                not (weekdays or holidays) or _allowed(_reading(found, zone), weekdays, holidays)
            ):
                return found
        reading += DAY


def next_date(
    at: int,
    month: int,
    day: int,
    zone: ZoneInfo,
    time_of_day: str,
    *,
    offset_days: int = 0,
    strictly_after: bool = False,
) -> int:
    """The next instant, from `at` on, of a yearly date such as a birthday, or of `offset_days` before (-) or after it.

    29 February falls on 28 February in common years. `strictly_after` leaves out `at` itself. ValueError if no year has
    the date.
    """
    if not (1 <= month <= 12 and 1 <= day <= monthrange(2000, month)[1]):
        raise ValueError(
            f"No year has a day {day} in month {month}. "
            "Write a month from 1 to 12 and a day of it, for example 2 and 29 for 29 February."
        )
    earliest = at + 1 if strictly_after else at
    shift = _of_day(time_of_day) + offset_days * DAY
    # From the year before: a gap over the year's end moves its last day into this one.
    year = _date_of(_reading(at, zone) - offset_days * DAY).year - 1
    while True:
        midnight = _reading_of(year, month, min(day, monthrange(year, month)[1]))
        found = _first(midnight + shift, zone)
        if found >= earliest:
            return found
        year += 1


# ------------------------------------------------------------------------------------------------ windows


def _weekdays(days: frozenset[int]) -> frozenset[int]:
    if not days:
        raise ValueError(
            "No weekday is left, so the time never comes. Name at least one, Monday is 0 and Sunday 6."
        )
    if not days <= _EVERY_DAY:
        raise ValueError(f"{sorted(days)} are not all weekdays. Write numbers from 0 (Monday) to 6 (Sunday).")
    return days


def _canonical_time(text: str) -> str:
    hour, minute = divmod(_of_day(text) // MINUTE, 60)
    return f"{hour:02}:{minute:02}"


def _iso_date(text: str) -> str:
    if _DATE.fullmatch(text) is None or _parsed(text) is None:
        raise ValueError(
            f'The date "{text[:40]}" cannot be read. Write year, month and day, for example "2026-12-25".'
        )
    return text


# What pydantic cannot say in a schema, because a validator with a better message says it.
_TIME_SCHEMA: JsonDict = {"pattern": f"^({_TIME_OF_DAY.pattern})$", "x-ui": {"widget": "time"}}
_WEEKDAY_SCHEMA: JsonDict = {"minimum": 0, "maximum": 6}
_WEEKDAYS_SCHEMA: JsonDict = {"minItems": 1, "x-ui": {"widget": "weekdays"}}

TimeOfDay = Annotated[str, AfterValidator(_canonical_time), Field(json_schema_extra=_TIME_SCHEMA)]
"""A field that holds a time of day, "09:00"."""

IsoDate = Annotated[str, AfterValidator(_iso_date), Field(json_schema_extra={"format": "date"})]
"""A field that holds a date, "2026-12-25"."""

Weekdays = Annotated[
    frozenset[Annotated[int, Field(json_schema_extra=_WEEKDAY_SCHEMA)]],
    AfterValidator(_weekdays),
    Field(json_schema_extra=_WEEKDAYS_SCHEMA),
]
"""A field that holds weekdays, from 0 (Monday) to 6 (Sunday), at least one."""


class Window(BaseModel):
    """Hours in which something may happen, by the clock on the wall of whoever it happens to.

    Open from `opens` up to, not including, `closes`. `closes` before `opens` is past midnight, and the hours after
    midnight belong to the day on which the window opened; `closes` equal to `opens` is all day. `weekdays` (None: all)
    and `holidays` speak of the day on which it opens.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    opens: TimeOfDay = Field(description="When the window opens, on the contact's clock.")
    closes: TimeOfDay = Field(description="When it closes; earlier than it opens means on the next day.")
    weekdays: Weekdays | None = Field(default=None, description="Days on which it opens; Monday is 0.")
    holidays: frozenset[IsoDate] = Field(default=frozenset(), description="Dates on which it stays shut.")

    @field_serializer("weekdays", "holidays")
    def _in_order(self, days: Iterable[int] | Iterable[str] | None) -> list[int | str] | None:
        # A set has no order of its own, and a plan's bytes must not depend on chance.
        return None if days is None else sorted(days)


def next_in_window(at: int, window: Window, zone: ZoneInfo) -> int:
    """`at` itself if the window is open then, else the next instant at which it is.

    Where the clocks change, a window opens once and closes once. It is never open while the clock shows a time outside
    it, so one inside a gap is left out on that day. It is shut from the first of two closing times on, and one that
    opened within the hour that comes twice does not open again, but goes on when that hour is over.
    """
    opens, closes = _of_day(window.opens), _of_day(window.closes)
    weekdays, holidays = window.weekdays, window.holidays
    if closes <= opens:
        if closes == opens and (weekdays is None or weekdays == _EVERY_DAY) and not holidays:
            return at
        closes += DAY
    now = _reading(at, zone)
    midnight = now - now % DAY - (DAY if closes > DAY else 0)
    while True:
        if _allowed(midnight, weekdays, holidays):
            found = _open_from(at, midnight + opens, midnight + closes, zone)
            if found is not None:
                # A gap, or the end of a second pass, can be past the closing.
                shows = now if found == at else _reading(found, zone)
                if shows < midnight + closes:
                    return found
        midnight += DAY


def _open_from(at: int, opens: int, closes: int, zone: ZoneInfo) -> int | None:
    """The first instant from `at` on that is not before the opening of one window; None once it has closed."""
    if at >= _first(closes, zone):
        return None
    found = max(at, _first(opens, zone))
    repeated = _second_pass(opens, zone)
    return repeated.stop if found in repeated else found


@lru_cache(maxsize=65_536)
def _second_pass(reading: int, zone: ZoneInfo) -> range:
    """The instants of the fold around `reading` in which the clock shows everything again; none if it comes once."""
    first, again = _shown(reading, zone, 0), _shown(reading, zone, 1)
    if again <= first:
        return range(0)
    turned_back = first + bisect_left(
        range(first, again), True, key=lambda at: _reading(at, zone) - at != reading - first
    )
    return range(turned_back, turned_back + again - first)


# ------------------------------------------------------------------------------------------------ texts


def iso(at: int) -> str:
    """The instant as text: "2025-03-05T12:01:00Z", with milliseconds if it has any. ValueError beyond year 9999."""
    if not EARLIEST <= at <= LATEST:
        raise ValueError(
            f"The instant {at} is outside the years 1 to 9999. Give milliseconds since 1970, UTC."
        )
    text = (_EPOCH + timedelta(milliseconds=at)).isoformat(timespec="milliseconds")
    return f"{text[:19]}Z" if at % SECOND == 0 else f"{text[:23]}Z"


def instant(text: str) -> int:
    """The instant of an ISO 8601 date and time with an offset or Z; what is finer than a millisecond is cut off."""
    match = _DATE_TIME.fullmatch(text)
    clock = _parsed(text) if match else None
    if match is None or clock is None:
        raise ValueError(
            f'The time "{text[:40]}" cannot be read. Write date, time and offset, for example "2025-03-05T12:01:00Z".'
        )
    if match["offset"] is None:
        raise ValueError(
            f'The time "{text[:40]}" does not say its offset from UTC. '
            'Add Z or the offset, for example "2025-03-05T12:01:00Z" or "2025-03-05T13:01:00+01:00".'
        )
    return _in_range(_since_epoch(clock), text)


def date_instant(text: str, zone: ZoneInfo, time_of_day: str, *, offset_days: int = 0) -> int:
    """The instant of an ISO date (at `time_of_day` in `zone`), a date and time (in `zone`), or one with an offset.

    `offset_days` steps days back (-) or on from there, on the calendar of `zone`: to the same time of another day.
    """
    match = _DATE_TIME.fullmatch(text)
    clock = _parsed(text) if match or _DATE.fullmatch(text) else None
    if clock is None:
        raise ValueError(
            f'The date "{text[:40]}" cannot be read. '
            'Write a date, with a time if need be, for example "2026-03-08" or "2026-03-08T10:00".'
        )
    since = _since_epoch(clock)
    if match is not None and match["offset"] is not None:
        if offset_days == 0:
            return _in_range(since, text)
        since = _reading(_in_range(since, text), zone)
    elif match is None:
        since += _of_day(time_of_day)
    return _in_range(_first(since + offset_days * DAY, zone), text)


def _parsed(text: str) -> datetime | None:
    """The date and time of an ISO text, read as UTC where it has no offset; None if the calendar has no such."""
    try:
        clock = datetime.fromisoformat(text.upper())
    except ValueError:
        return None
    return clock if clock.tzinfo is not None else clock.replace(tzinfo=UTC)


def _since_epoch(clock: datetime) -> int:
    return (clock - _EPOCH) // timedelta(milliseconds=1)


def _in_range(at: int, text: str) -> int:
    if not EARLIEST <= at <= LATEST:
        raise ValueError(f'The time "{text}" is outside the years 1 to 9999. Write a nearer one.')
    return at
