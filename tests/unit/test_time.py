"""Arithmetic on instants: each row of each table says in words how its answer is worked out."""

from zoneinfo import ZoneInfo

import pytest

from engine.flow.duration import Duration
from engine.journey import time
from engine.journey.time import instant, iso, next_date

UTC = ZoneInfo("UTC")
NEW_YORK = ZoneInfo("America/New_York")  # -5; -4 from 2026-03-08 02:00 to 2026-11-01 02:00
ROME = ZoneInfo("Europe/Rome")  # +1; +2 from 2026-03-29 02:00 to 2026-10-25 03:00
LORD_HOWE = ZoneInfo("Australia/Lord_Howe")  # +11; +10:30 from 2026-04-05 02:00 to 2026-10-04 02:00
CHATHAM = ZoneInfo("Pacific/Chatham")  # +13:45; +12:45 from 2026-04-05 03:45 to 2026-09-27 02:45
SANTIAGO = ZoneInfo("America/Santiago")  # -3; -4 from 2026-04-05 00:00 to 2026-09-06 00:00
PYONGYANG = ZoneInfo("Asia/Pyongyang")  # +8:30; +9 from 2018-05-04 23:30
KIRITIMATI = ZoneInfo("Pacific/Kiritimati")  # -10 to 1994-12-30, then +14: there was no 31 December 1994
APIA = ZoneInfo("Pacific/Apia")  # -10 to 2011-12-29, then +14: there was no 30 December 2011


# ------------------------------------------------------------------------------------------------ zones


@pytest.mark.parametrize(
    "name", [None, "", "Europe/Atlantis", "../etc/passwd", "America", "localtime", "x" * 9999]
)
def test_an_unknown_zone_falls_back(name: str | None) -> None:
    """A contact without a known zone travels by the journey's; a name is never taken for a path."""
    assert str(time.zone(name, "Europe/Rome")) == "Europe/Rome"


def test_a_known_zone_is_used_and_kept() -> None:
    """The contact's own zone wins, and is the same object each time."""
    assert str(time.zone("Asia/Ho_Chi_Minh", "Europe/Rome")) == "Asia/Ho_Chi_Minh"
    assert time.zone("Asia/Tokyo", "UTC") is time.zone("Asia/Tokyo", "UTC")


def test_an_unknown_fallback_is_an_error() -> None:
    """A journey's own zone must exist, as there is none behind it."""
    with pytest.raises(ValueError, match=r'"Mars/Base" is unknown\. Write a name .* "Europe/Rome"'):
        time.zone(None, "Mars/Base")


# ------------------------------------------------------------------------------------------------ wall times


@pytest.mark.parametrize(
    ("zone", "clock", "expected"),
    [
        pytest.param(NEW_YORK, (2026, 3, 7, 2, 30), "2026-03-07T07:30:00Z", id="a day before: -5"),
        pytest.param(NEW_YORK, (2026, 3, 8, 1, 59), "2026-03-08T06:59:00Z", id="last minute of winter: -5"),
        pytest.param(NEW_YORK, (2026, 3, 8, 2, 30), "2026-03-08T07:30:00Z", id="gap of 1 h: 03:30 at -4"),
        pytest.param(
            NEW_YORK, (2026, 3, 8, 2, 0), "2026-03-08T07:00:00Z", id="first of the gap: 03:00 at -4"
        ),
        pytest.param(NEW_YORK, (2026, 3, 8, 3, 0), "2026-03-08T07:00:00Z", id="first minute of summer: -4"),
        pytest.param(NEW_YORK, (2026, 11, 1, 1, 30), "2026-11-01T05:30:00Z", id="fold: the first, at -4"),
        pytest.param(NEW_YORK, (2026, 11, 1, 2, 0), "2026-11-01T07:00:00Z", id="after the fold: once, at -5"),
        pytest.param(
            LORD_HOWE, (2026, 10, 4, 2, 15), "2026-10-03T15:45:00Z", id="gap of 30 min: 02:45 at +11"
        ),
        pytest.param(LORD_HOWE, (2026, 4, 5, 1, 45), "2026-04-04T14:45:00Z", id="fold of 30 min: at +11"),
        pytest.param(CHATHAM, (2026, 9, 27, 3, 0), "2026-09-26T14:15:00Z", id="gap: 04:00 at +13:45"),
        pytest.param(CHATHAM, (2026, 4, 5, 3, 0), "2026-04-04T13:15:00Z", id="fold: the first, at +13:45"),
        pytest.param(SANTIAGO, (2026, 9, 6, 0, 30), "2026-09-06T04:30:00Z", id="no midnight: 01:30 at -3"),
        pytest.param(
            APIA, (2011, 12, 30, 9, 0), "2011-12-30T19:00:00Z", id="a day left out: the 31st, at +14"
        ),
        pytest.param(UTC, (2028, 2, 29, 0, 0), "2028-02-29T00:00:00Z", id="leap day"),
    ],
)
def test_a_wall_time_has_one_instant(
    zone: ZoneInfo, clock: tuple[int, int, int, int, int], expected: str
) -> None:
    """A gap moves a wall time forward by its length; of a time that comes twice the first counts."""
    assert iso(time.wall(*clock, zone)) == expected


def test_a_date_on_no_calendar_is_an_error() -> None:
    """A gap forgives a missing hour, nothing forgives a 30 February."""
    with pytest.raises(ValueError, match="day"):
        time.wall(2026, 2, 30, 9, 0, UTC)


# ------------------------------------------------------------------------------------------------ after


@pytest.mark.parametrize(
    ("at", "duration", "zone", "expected"),
    [
        pytest.param(
            "2026-03-07T17:00:00Z", "1 day", NEW_YORK, "2026-03-08T17:00:00Z", id="24 h: noon, then 13:00"
        ),
        pytest.param(
            "2026-10-31T16:00:00Z", "1 day", NEW_YORK, "2026-11-01T16:00:00Z", id="24 h: noon, then 11:00"
        ),
        pytest.param("2026-03-01T00:00:00Z", "2 weeks", NEW_YORK, "2026-03-15T00:00:00Z", id="14 × 24 h"),
        pytest.param(
            "2026-01-31T10:00:00Z", "1 month", UTC, "2026-02-28T10:00:00Z", id="31 Jan: clamped to the 28th"
        ),
        pytest.param(
            "2028-01-31T10:00:00Z", "1 month", UTC, "2028-02-29T10:00:00Z", id="31 Jan: the 29th, leap year"
        ),
        pytest.param(
            "2026-01-31T10:00:00Z", "2 months", UTC, "2026-03-31T10:00:00Z", id="one step: no clamp between"
        ),
        pytest.param("2026-12-15T10:00:00Z", "1 month", UTC, "2027-01-15T10:00:00Z", id="over the new year"),
        pytest.param(
            "2026-11-30T10:00:00Z", "3 months", UTC, "2027-02-28T10:00:00Z", id="over the year, clamped"
        ),
        pytest.param(
            "2028-02-29T10:00:00Z", "1 year", UTC, "2029-02-28T10:00:00Z", id="leap day + 1 year: the 28th"
        ),
        pytest.param(
            "2028-02-29T10:00:00Z", "4 years", UTC, "2032-02-29T10:00:00Z", id="leap day + 4 years: leap day"
        ),
        pytest.param(
            "2026-02-08T07:30:00Z", "1 month", NEW_YORK, "2026-03-08T07:30:00Z", id="to 02:30 in a gap: 03:30"
        ),
        pytest.param(
            "2026-10-01T05:30:00Z",
            "1 month",
            NEW_YORK,
            "2026-11-01T05:30:00Z",
            id="to 01:30 twice: the first",
        ),
        pytest.param(
            "2026-11-01T06:30:00Z",
            "1 month",
            NEW_YORK,
            "2026-12-01T06:30:00Z",
            id="from the second 01:30, -5",
        ),
        pytest.param(
            "2026-03-01T14:00:00Z",
            "1 month",
            NEW_YORK,
            "2026-04-01T13:00:00Z",
            id="09:00 stays 09:00: -5, -4",
        ),
        pytest.param(
            "2026-01-31T23:30:00Z", "1 month", ROME, "2026-02-28T23:30:00Z", id="1 Feb 00:30 there: 1 March"
        ),
        pytest.param(
            "2026-09-03T16:15:00Z", "1 month", LORD_HOWE, "2026-10-03T15:45:00Z", id="to 02:45 after the gap"
        ),
        pytest.param(
            "2026-08-26T14:15:00Z", "1 month", CHATHAM, "2026-09-26T14:15:00Z", id="to 03:00 in a gap: 04:00"
        ),
        pytest.param(
            "2026-01-31T10:00:00.250Z", "1 month", UTC, "2026-02-28T10:00:00.250Z", id="milliseconds stay"
        ),
        pytest.param(
            "2026-11-01T06:30:00Z", "0 months", NEW_YORK, "2026-11-01T06:30:00Z", id="nothing added: itself"
        ),
        pytest.param(
            "2026-11-01T06:30:00Z", "0 minutes", NEW_YORK, "2026-11-01T06:30:00Z", id="nothing added: itself"
        ),
    ],
)
def test_a_duration_later(at: str, duration: str, zone: ZoneInfo, expected: str) -> None:
    """Seconds to weeks are added as they are; months and years step on the contact's calendar and clock."""
    assert iso(time.after(instant(at), Duration.parse(duration), zone)) == expected


# ------------------------------------------------------------------------------------------------ buckets


@pytest.mark.parametrize(
    ("at", "until", "expected"),
    [
        pytest.param(0, 1_500, 2_000, id="1.5 s: up to the next second"),
        pytest.param(0, 2_000, 2_000, id="on a second: stays"),
        pytest.param(0, 3_600_000, 3_600_000, id="an hour: on a second, stays"),
        pytest.param(1, 3_600_001, 3_601_000, id="an hour to the millisecond: still seconds"),
        pytest.param(0, 3_600_001, 3_660_000, id="a millisecond over an hour: up to the next minute"),
        pytest.param(500, 172_800_500, 172_860_000, id="2 days: up to the next minute"),
        pytest.param(0, 172_800_000, 172_800_000, id="on a minute: stays"),
        pytest.param(9_000, 4_500, 5_000, id="already over: a second, never earlier than it was"),
        pytest.param(-10_000, -4_500, -4_000, id="before 1970: up is towards later"),
    ],
)
def test_a_rest_ends_on_a_bucket(at: int, until: int, expected: int) -> None:
    """A rest is rounded up: to a second if it is an hour at most, else to a minute."""
    assert time.bucket(until, at) == expected


# ------------------------------------------------------------------------------------------------ times of day


@pytest.mark.parametrize(
    ("at", "clock", "zone", "expected"),
    [
        pytest.param(
            "2026-03-04T12:00:00Z", "09:00", NEW_YORK, "2026-03-04T14:00:00Z", id="07:00 there: today, -5"
        ),
        pytest.param(
            "2026-03-04T15:00:00Z", "09:00", NEW_YORK, "2026-03-05T14:00:00Z", id="10:00 there: tomorrow"
        ),
        pytest.param(
            "2026-03-05T03:00:00Z", "23:30", NEW_YORK, "2026-03-05T04:30:00Z", id="still the 4th there"
        ),
        pytest.param(
            "2026-03-07T14:00:00Z", "09:00", NEW_YORK, "2026-03-08T13:00:00Z", id="next 09:00 in 23 h"
        ),
        pytest.param(
            "2026-10-31T13:00:00Z", "09:00", NEW_YORK, "2026-11-01T14:00:00Z", id="next 09:00 in 25 h"
        ),
        pytest.param(
            "2026-03-07T07:30:00Z", "02:30", NEW_YORK, "2026-03-08T07:30:00Z", id="into a gap: 03:30, -4"
        ),
        pytest.param(
            "2026-03-08T07:30:00Z", "02:30", NEW_YORK, "2026-03-09T06:30:00Z", id="after it: 02:30 again, -4"
        ),
        pytest.param(
            "2026-11-01T05:30:00Z", "01:30", NEW_YORK, "2026-11-02T06:30:00Z", id="in a fold: not twice"
        ),
        pytest.param(
            "2026-11-01T06:00:00Z", "01:30", NEW_YORK, "2026-11-02T06:30:00Z", id="second 01:00: tomorrow"
        ),
        pytest.param(
            "2026-10-03T00:00:00Z", "02:15", LORD_HOWE, "2026-10-03T15:45:00Z", id="gap of 30 min: 02:45"
        ),
        pytest.param(
            "2026-04-04T14:45:00Z", "01:45", LORD_HOWE, "2026-04-05T15:15:00Z", id="fold of 30 min: not twice"
        ),
        pytest.param(
            "2026-04-04T13:15:00Z", "03:00", CHATHAM, "2026-04-05T14:15:00Z", id="fold at +12:45: not twice"
        ),
        pytest.param(
            "2026-09-06T03:59:00Z", "00:00", SANTIAGO, "2026-09-06T04:00:00Z", id="no midnight: 01:00, -3"
        ),
        pytest.param(
            "2011-12-29T19:00:00Z", "09:00", APIA, "2011-12-30T19:00:00Z", id="29th, 09:00: then the 31st"
        ),
        pytest.param(
            "2011-12-30T19:00:00Z", "09:00", APIA, "2011-12-31T19:00:00Z", id="31st: once, then 1 January"
        ),
        pytest.param(
            "2018-05-04T15:05:00Z", "23:45", PYONGYANG, "2018-05-04T15:15:00Z", id="00:05: 23:45 is 00:15"
        ),
        pytest.param(
            "2011-12-31T09:00:00Z", "9:05", APIA, "2011-12-31T19:05:00Z", id="hours with one digit are read"
        ),
    ],
)
def test_the_next_time_of_day(at: str, clock: str, zone: ZoneInfo, expected: str) -> None:
    """ "Next day 09:00" is what the clock on the contact's wall shows, however long the night is."""
    assert iso(time.next_at_time(instant(at), clock, zone, strictly_after=True)) == expected


def test_strictly_after_decides_about_the_very_moment() -> None:
    """At 09:00 sharp, "from now on" is now, and "after now" is tomorrow."""
    nine = instant("2026-03-04T14:00:00Z")

    assert time.next_at_time(nine, "09:00", NEW_YORK, strictly_after=False) == nine
    assert time.next_at_time(nine, "09:00", NEW_YORK, strictly_after=True) == nine + 24 * 3_600_000


@pytest.mark.parametrize(
    ("zone", "at", "weekdays", "holidays", "expected"),
    [
        pytest.param(
            UTC, "2026-03-06T10:00:00Z", {0, 1, 2, 3, 4}, (), "2026-03-09T09:00:00Z", id="Friday: Monday"
        ),
        pytest.param(UTC, "2026-03-06T08:00:00Z", {4}, (), "2026-03-06T09:00:00Z", id="Friday 08:00: today"),
        pytest.param(
            UTC, "2026-03-06T10:00:00Z", {4}, (), "2026-03-13T09:00:00Z", id="Friday 10:00: in a week"
        ),
        pytest.param(
            UTC, "2026-12-24T10:00:00Z", None, ("2026-12-25", "2026-12-26"), "2026-12-27T09:00:00Z", id="27th"
        ),
        pytest.param(
            *(
                UTC,
                "2026-12-24T10:00:00Z",
                {0, 1, 2, 3, 4},
                ("2026-12-25", "2026-12-28"),
                "2026-12-29T09:00:00Z",
            ),
            id="25th holiday, 26th and 27th weekend, 28th holiday: Tuesday the 29th",
        ),
        pytest.param(
            NEW_YORK, "2026-03-09T02:00:00Z", {6}, (), "2026-03-15T13:00:00Z", id="still Sunday there, 22:00"
        ),
        pytest.param(
            APIA, "2011-12-29T00:00:00Z", {4}, (), "2012-01-05T19:00:00Z", id="that Friday never was"
        ),
        pytest.param(
            APIA, "2011-12-29T20:00:00Z", None, ("2011-12-31",), "2011-12-31T19:00:00Z", id="30th is the 31st"
        ),
    ],
)
def test_the_next_time_of_day_on_some_days(
    zone: ZoneInfo, at: str, weekdays: set[int] | None, holidays: tuple[str, ...], expected: str
) -> None:
    """Weekdays and holidays are those of the contact's calendar, on which the time must fall in the end."""
    found = time.next_at_time(
        instant(at),
        "09:00",
        zone,
        weekdays=None if weekdays is None else frozenset(weekdays),
        holidays=frozenset(holidays),
        strictly_after=True,
    )

    assert iso(found) == expected


@pytest.mark.parametrize(
    ("clock", "weekdays", "message"),
    [
        ("09:00", frozenset(), r"No weekday is left.*\. Name at least one"),
        ("09:00", frozenset({7}), r"\[7\] are not all weekdays\. Write numbers from 0 \(Monday\)"),
        ("24:00", None, r'The time of day "24:00" cannot be read\. Write hours .* "09:00"'),
        ("9 am", None, r'The time of day "9 am" cannot be read\. Write'),
    ],
)
def test_a_time_that_never_comes_is_an_error(
    clock: str, weekdays: frozenset[int] | None, message: str
) -> None:
    """What can never happen is said, instead of searched for ever."""
    with pytest.raises(ValueError, match=message):
        time.next_at_time(0, clock, UTC, weekdays=weekdays, strictly_after=True)


# ------------------------------------------------------------------------------------------------ yearly dates


@pytest.mark.parametrize(
    ("at", "date", "zone", "expected"),
    [
        pytest.param("2026-03-05T12:00:00Z", (5, 17), UTC, "2026-05-17T09:00:00Z", id="later this year"),
        pytest.param(
            "2026-05-17T09:00:00Z", (5, 17), UTC, "2026-05-17T09:00:00Z", id="this very moment counts"
        ),
        pytest.param(
            "2026-05-17T09:00:01Z", (5, 17), UTC, "2027-05-17T09:00:00Z", id="a second late: next year"
        ),
        pytest.param(
            "2026-01-01T00:00:00Z", (2, 29), UTC, "2026-02-28T09:00:00Z", id="leap day in a common year"
        ),
        pytest.param(
            "2028-01-01T00:00:00Z", (2, 29), UTC, "2028-02-29T09:00:00Z", id="leap day in a leap year"
        ),
        pytest.param(
            "2027-02-28T10:00:00Z", (2, 29), UTC, "2028-02-29T09:00:00Z", id="from common to leap year"
        ),
        pytest.param(
            "2027-01-01T02:00:00Z", (12, 31), NEW_YORK, "2027-12-31T14:00:00Z", id="21:00 on the 31st: over"
        ),
        pytest.param(
            "2027-01-01T02:00:00Z", (1, 1), NEW_YORK, "2027-01-01T14:00:00Z", id="still the old year there"
        ),
        pytest.param(
            "2026-12-31T20:00:00Z", (1, 1), CHATHAM, "2027-12-31T19:15:00Z", id="09:45 on 1 Jan: next year"
        ),
        pytest.param(
            "1994-12-31T12:00:00Z", (12, 31), KIRITIMATI, "1994-12-31T19:00:00Z", id="31 Dec on 1 January"
        ),
    ],
)
def test_a_yearly_date(at: str, date: tuple[int, int], zone: ZoneInfo, expected: str) -> None:
    """A birthday comes each year on the contact's calendar, on 28 February where there is no 29th."""
    assert iso(next_date(instant(at), *date, zone, "09:00")) == expected


def test_a_yearly_date_strictly_after() -> None:
    """Who was just wished well is wished well again in a year, not now."""
    birthday = instant("2026-05-17T09:00:00Z")

    assert iso(next_date(birthday, 5, 17, UTC, "09:00", strictly_after=True)) == "2027-05-17T09:00:00Z"


@pytest.mark.parametrize(("month", "day"), [(2, 30), (4, 31), (13, 1), (0, 1), (1, 0)])
def test_a_date_of_no_year_is_an_error(month: int, day: int) -> None:
    """A date that no year has is refused with an example."""
    with pytest.raises(ValueError, match=rf"No year has a day {day} in month {month}\. Write a month"):
        next_date(0, month, day, UTC, "09:00")


# ------------------------------------------------------------------------------------------------ texts


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2025-03-05T12:01:00Z", 1_741_176_060_000),
        ("2025-03-05T13:01:00+01:00", 1_741_176_060_000),
        ("2025-03-05t12:01z", 1_741_176_060_000),
        ("2025-03-05 06:31:00-0530", 1_741_176_060_000),
        ("2025-03-05T12:01:00.250Z", 1_741_176_060_250),
        ("2025-03-05T12:01:00.250999Z", 1_741_176_060_250),
        ("2025-03-05T12:01:00,5Z", 1_741_176_060_500),
        ("1969-12-31T23:59:59.9999Z", -1),
        ("1970-01-01T00:00:00Z", 0),
    ],
)
def test_an_instant_is_read(text: str, expected: int) -> None:
    """Date, time and offset make an instant; what is finer than a millisecond is cut off towards earlier."""
    assert instant(text) == expected


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (1_741_176_060_000, "2025-03-05T12:01:00Z"),
        (1_741_176_060_007, "2025-03-05T12:01:00.007Z"),
        (-1, "1969-12-31T23:59:59.999Z"),
        (253_402_300_799_999, "9999-12-31T23:59:59.999Z"),
        (-62_135_596_800_000, "0001-01-01T00:00:00Z"),
    ],
)
def test_an_instant_is_written(at: int, expected: str) -> None:
    """An instant is written in UTC, with milliseconds only if it has any."""
    assert iso(at) == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("2025-03-05T12:01:00", r"does not say its offset from UTC\. Add Z or the offset, for example"),
        ("2025-03-05", r"cannot be read\. Write date, time and offset, for example"),
        ("yesterday", r'"yesterday" cannot be read\. Write date, time and offset'),
        ("2025-02-30T12:00:00Z", r"cannot be read\. Write"),
        ("2025-03-05T25:00:00Z", r"cannot be read\. Write"),
        ("2025-03-05T12:00:00+25:00", r"cannot be read\. Write"),
        ("20250305T120000Z", r"cannot be read\. Write"),
        ("1741176060", r"cannot be read\. Write"),
        ("9999-12-31T23:59:59-05:00", r"outside the years 1 to 9999\. Write a nearer one"),
        ("0001-01-01T00:00:00+05:00", r"outside the years 1 to 9999\. Write a nearer one"),
        ("", r"cannot be read\. Write"),
    ],
)
def test_an_unreadable_instant_says_what_to_write(text: str, message: str) -> None:
    """A time without an offset is nobody's instant; each refusal says what to write instead."""
    with pytest.raises(ValueError, match=message):
        instant(text)


def test_an_instant_beyond_the_calendar_cannot_be_written() -> None:
    """Seconds, or microseconds, taken for milliseconds are noticed at the latest when they are shown."""
    with pytest.raises(ValueError, match=r"outside the years 1 to 9999\. Give milliseconds"):
        iso(1_741_176_060_000_000)


@pytest.mark.parametrize(
    ("text", "zone", "expected"),
    [
        pytest.param("2026-03-08", NEW_YORK, "2026-03-08T13:00:00Z", id="a date: at 09:00 there, -4"),
        pytest.param("2026-03-08T10:00", NEW_YORK, "2026-03-08T14:00:00Z", id="a date and time: there, -4"),
        pytest.param("2026-03-08T02:30:15", NEW_YORK, "2026-03-08T07:30:15Z", id="in a gap: 03:30:15, -4"),
        pytest.param("2026-11-01 01:30", NEW_YORK, "2026-11-01T05:30:00Z", id="in a fold: the first, -4"),
        pytest.param("2026-03-08T10:00Z", NEW_YORK, "2026-03-08T10:00:00Z", id="with Z: as it says"),
        pytest.param(
            "2026-03-08T10:00+05:30", NEW_YORK, "2026-03-08T04:30:00Z", id="with an offset: as it says"
        ),
        pytest.param("2026-03-08", CHATHAM, "2026-03-07T19:15:00Z", id="a date: at 09:00 there, +13:45"),
    ],
)
def test_a_date_in_words_of_the_contact(text: str, zone: ZoneInfo, expected: str) -> None:
    """A date without an offset is the contact's own, at the given time if it says none."""
    assert iso(time.date_instant(text, zone, "09:00")) == expected


@pytest.mark.parametrize(
    "text", ["08/03/2026", "2026-02-29", "2026-03-08T9", "2026-W10", "", "2026-03-08T10:00 Rome"]
)
def test_an_unreadable_date_says_what_to_write(text: str) -> None:
    """A date in any other form is refused with two examples."""
    with pytest.raises(ValueError, match=r'cannot be read\. Write a date.* "2026-03-08T10:00"'):
        time.date_instant(text, UTC, "09:00")


@pytest.mark.parametrize(
    ("text", "zone", "days", "expected"),
    [
        ("9999-12-31", CHATHAM, 0, "9999-12-30T19:15:00Z"),
        ("9999-12-31T23:59:59Z", CHATHAM, -1, "9999-12-30T23:59:59Z"),
        ("0001-01-01", NEW_YORK, 0, "0001-01-01T13:56:02Z"),  # New York's sun was 4:56:02 behind Greenwich
        ("9999-12-31", NEW_YORK, 1, None),
        ("9999-12-31T23:30", NEW_YORK, 0, None),
        ("0001-01-01", UTC, -1, None),
    ],
)
def test_the_ends_of_the_calendar_hold(text: str, zone: ZoneInfo, days: int, expected: str | None) -> None:
    """A date that stands for "never" or "always" is a date; what lies beyond is refused in words."""
    if expected is not None:
        assert iso(time.date_instant(text, zone, "09:00", offset_days=days)) == expected
    else:
        with pytest.raises(ValueError, match=r"outside the years 1 to 9999\. Write a nearer one"):
            time.date_instant(text, zone, "09:00", offset_days=days)
