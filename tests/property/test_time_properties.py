"""What holds of time arithmetic in every zone, at every moment, most of all around a change of the clocks."""

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from engine.flow.duration import Duration
from engine.journey import time
from engine.journey.time import DAY, HOUR, MINUTE, SECOND, Window

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
ZONES = [
    "UTC", "America/New_York", "Europe/Rome", "Australia/Lord_Howe", "Pacific/Chatham", "Pacific/Apia",
    "America/Sao_Paulo", "America/St_Johns", "America/Santiago", "America/Nuuk", "America/Havana", "Asia/Beirut",
    "Asia/Ho_Chi_Minh", "Asia/Kathmandu", "Africa/Casablanca", "Africa/Cairo", "Antarctica/Troll", "Asia/Pyongyang",
    "Europe/Dublin", "Pacific/Kiritimati",
]  # fmt: skip
FIRST, LAST = (int((datetime(y, 1, 1, tzinfo=UTC) - EPOCH).total_seconds()) * 1000 for y in (2009, 2034))

zones = st.sampled_from(ZONES).map(ZoneInfo)
clocks = st.one_of(st.integers(0, 95).map(lambda quarter: quarter * 15), st.integers(0, 1439)).map(
    lambda minutes: f"{minutes // 60:02}:{minutes % 60:02}"
)
early_clocks = st.integers(0, 16).map(lambda quarter: f"{quarter // 4:02}:{quarter % 4 * 15:02}")
weekdays = st.one_of(st.none(), st.frozensets(st.integers(0, 6), min_size=1))


# ------------------------------------------------------------------------------------------------ by another way


def shows(at: int, zone: ZoneInfo) -> datetime:
    """What the clock shows, as a date and time without a zone."""
    return (EPOCH + timedelta(milliseconds=at)).astimezone(zone).replace(tzinfo=None)


def offset(at: int, zone: ZoneInfo) -> timedelta:
    """How far the clock is ahead of UTC."""
    return shows(at, zone) - (EPOCH + timedelta(milliseconds=at)).replace(tzinfo=None)


@lru_cache
def changes(zone: ZoneInfo) -> list[int]:
    """The instants from FIRST to LAST at which the clocks of a zone change, found by looking at the clock."""
    found = []
    for before, behind in pairwise(range(FIRST, LAST, 28 * DAY)):
        old = offset(before, zone)
        if old != offset(behind, zone):
            while behind - before > 1:
                between = (before + behind) // 2
                before, behind = (between, behind) if offset(between, zone) == old else (before, between)
            found.append(behind)
    return found


@lru_cache(maxsize=10_000)
def naive_wall(clock: datetime, zone: ZoneInfo) -> int:
    """The instant of a wall time by trying the offsets of the days around it, without Python's `fold`."""
    as_utc = (clock.replace(tzinfo=UTC) - EPOCH) // timedelta(milliseconds=1)
    offsets = [offset(as_utc + hours * HOUR, zone) // timedelta(milliseconds=1) for hours in (-30, 30)]
    offsets += [
        offset(as_utc - known + side, zone) // timedelta(milliseconds=1)
        for known in offsets
        for side in (0, -1)
    ]
    right = [as_utc - known for known in offsets if shows(as_utc - known, zone) == clock]
    return min(right) if right else as_utc - min(offsets)


def allowed(day: date, weekdays: frozenset[int] | None, holidays: frozenset[str]) -> bool:
    """Whether a date is one of the weekdays and no holiday."""
    return (weekdays is None or day.weekday() in weekdays) and str(day) not in holidays


def is_open(window: Window, at: int, zone: ZoneInfo) -> bool:
    """Whether a window is open: by the clock's face, between its first opening and its first closing.

    Within the second pass of a fold it is open only if it was so before the first.
    """
    face = shows(at, zone)
    for day in (face.date(), face.date() - timedelta(days=1)):
        opens = datetime.combine(day, datetime.strptime(window.opens, "%H:%M").time())  # noqa: DTZ007 (a clock's face)
        closes = datetime.combine(day, datetime.strptime(window.closes, "%H:%M").time())  # noqa: DTZ007
        if closes <= opens:
            closes += timedelta(days=1)
        if opens <= face < closes and allowed(day, window.weekdays, window.holidays):
            opened = naive_wall(opens, zone)
            since_first_shown = timedelta(milliseconds=at - naive_wall(face, zone))
            opened_in_fold = bool(since_first_shown) and shows(opened, zone) == shows(
                opened + since_first_shown // timedelta(milliseconds=1), zone
            )
            return opened <= at < naive_wall(closes, zone) and not opened_in_fold
    return False


# ------------------------------------------------------------------------------------------------ what to try


@st.composite
def moments(draw: st.DrawFn, zone: ZoneInfo, step: int = 1) -> int:
    """Instants, half of them within a day and a half of a change of the clocks."""
    near = changes(zone)
    by_a_change = draw(st.booleans())
    if near and by_a_change:
        return draw(st.sampled_from(near)) + draw(st.integers(-36 * HOUR // step, 36 * HOUR // step)) * step
    return draw(st.integers(FIRST // step, LAST // step)) * step


@st.composite
def zoned(draw: st.DrawFn, step: int = 1) -> tuple[ZoneInfo, int]:
    """A zone and a moment that is interesting there."""
    zone = draw(zones)
    return zone, draw(moments(zone, step))


@st.composite
def holidays_near(draw: st.DrawFn, at: int) -> frozenset[str]:
    """Some dates around an instant."""
    day = (EPOCH + timedelta(milliseconds=at)).date()
    days = draw(st.frozensets(st.integers(-2, 9), max_size=5))
    return frozenset(str(day + timedelta(days=n)) for n in days)


@st.composite
def windows(draw: st.DrawFn, at: int) -> Window:
    """Windows of every kind, half of them with an end in the hours in which clocks change."""
    ends = st.one_of(clocks, early_clocks)
    return Window(
        opens=draw(ends), closes=draw(ends), weekdays=draw(weekdays), holidays=draw(holidays_near(at))
    )


# ------------------------------------------------------------------------------------------------ what holds


@settings(max_examples=50)
@given(st.integers(-62_135_596_800_000, 253_402_300_799_999))
@example(-1)
@example(0)
def test_an_instant_is_read_as_it_was_written(at: int) -> None:
    """instant(iso(at)) is at, for every instant of the calendar."""
    assert time.instant(time.iso(at)) == at


@settings(max_examples=50)
@given(st.integers(FIRST, LAST), st.integers(-14 * 60, 14 * 60))
def test_an_instant_is_the_same_in_every_offset(at: int, minutes: int) -> None:
    """Python's own text of the moment at any offset is read as the same instant."""
    clock = (EPOCH + timedelta(milliseconds=at, minutes=minutes)).isoformat(timespec="milliseconds")[:-6]
    sign, ahead = ("-", -minutes) if minutes < 0 else ("+", minutes)

    assert time.instant(f"{clock}{sign}{ahead // 60:02}:{ahead % 60:02}") == at


@settings(max_examples=100)
@given(zoned(step=MINUTE))
def test_a_wall_time_is_the_first_or_moved_by_the_gap(place: tuple[ZoneInfo, int]) -> None:
    """Any clock face, also one that never shows or shows twice, has the instant that trying all offsets finds."""
    zone, face_as_utc = place
    face = (EPOCH + timedelta(milliseconds=face_as_utc)).replace(tzinfo=None)

    found = time.wall(face.year, face.month, face.day, face.hour, face.minute, zone)

    assert found == naive_wall(face, zone)
    if shows(found, zone) != face:
        gap = shows(found, zone) - face
        assert offset(found, zone) - offset(found - int(gap.total_seconds()) * 1000 - 1, zone) == gap


@settings(max_examples=50)
@given(zoned(), st.integers(0, 3000), st.sampled_from(["second", "minute", "hour", "day", "week"]))
def test_exact_durations_know_no_clock(place: tuple[ZoneInfo, int], amount: int, unit: str) -> None:
    """Seconds to weeks add their milliseconds in every zone."""
    assume(unit != "week" or amount <= 521)
    zone, at = place
    duration = Duration.parse(f"{amount} {unit}s")

    assert time.after(at, duration, zone) == at + duration.milliseconds


@settings(max_examples=50)
@given(zoned(step=SECOND), st.integers(0, 120))
def test_months_keep_the_day_and_the_time(place: tuple[ZoneInfo, int], amount: int) -> None:
    """Months later the clock shows the same time (or one moved by a gap) of the same day, or of the month's last."""
    zone, at = place
    start = shows(at, zone)
    count = start.year * 12 + start.month - 1 + amount
    following = date((count + 1) // 12, (count + 1) % 12 + 1, 1)
    last = (following - timedelta(days=1)).day
    face = start.replace(year=count // 12, month=count % 12 + 1, day=min(start.day, last))

    found = time.after(at, Duration(amount, "month"), zone)

    assert found == (naive_wall(face, zone) if amount else at)
    assert found >= at
    if amount % 12 == 0:
        assert found == time.after(at, Duration(amount // 12, "year"), zone)


@settings(max_examples=50)
@given(st.integers(FIRST, LAST), st.integers(-HOUR, 3 * HOUR), st.integers(0, 2 * HOUR))
def test_a_bucket_is_the_next_and_keeps_order(at: int, rest: int, more: int) -> None:
    """A rest never ends early, at most a bucket late, and never later than a longer one."""
    until = at + rest
    step = SECOND if rest <= HOUR else MINUTE

    found = time.bucket(until, at)

    assert until <= found < until + step
    assert found % step == 0
    assert found <= time.bucket(until + more, at)


@settings(max_examples=50)
@given(zoned(), st.one_of(clocks, early_clocks), weekdays, st.booleans(), st.data())
def test_the_next_time_of_day_is_the_first_that_is_allowed(
    place: tuple[ZoneInfo, int], clock: str, days: frozenset[int] | None, strictly: bool, data: st.DataObject
) -> None:
    """Of the daily instants, each worked out by trying offsets, it is the first from `at` on with an allowed date."""
    zone, at = place
    off = data.draw(holidays_near(at))
    today = shows(at, zone).date()
    moment = datetime.strptime(clock, "%H:%M").time()  # noqa: DTZ007 (a clock's face)
    dates = [today + timedelta(days=n) for n in range(-1, 40)]
    daily = [naive_wall(datetime.combine(day, moment), zone) for day in dates if allowed(day, days, off)]
    right = [
        t
        for t in daily
        if allowed(shows(t, zone).date(), days, off) and (t > at or (t == at and not strictly))
    ]

    found = time.next_at_time(at, clock, zone, weekdays=days, holidays=off, strictly_after=strictly)

    assert found == min(right)
    assert found == time.next_at_time(found, clock, zone, weekdays=days, holidays=off, strictly_after=False)


@settings(max_examples=50)
@given(zoned(), st.one_of(clocks, early_clocks), weekdays, st.integers(0, 3 * DAY))
def test_the_next_time_of_day_keeps_order(
    place: tuple[ZoneInfo, int], clock: str, days: frozenset[int] | None, later: int
) -> None:
    """Who looks later never finds an earlier time, and who looks again after it finds a later one."""
    zone, at = place

    found = time.next_at_time(at, clock, zone, weekdays=days, strictly_after=True)

    assert at < found <= time.next_at_time(at + later, clock, zone, weekdays=days, strictly_after=True)
    assert found < time.next_at_time(found, clock, zone, weekdays=days, strictly_after=True)


@settings(max_examples=50)
@given(zoned(), st.dates(date(2024, 1, 1), date(2024, 12, 31)), clocks, st.integers(0, 400 * DAY))
@example((ZoneInfo("UTC"), 1_772_000_000_000), date(2024, 2, 29), "00:00", 0)
def test_a_yearly_date_comes_within_a_year_and_keeps_order(
    place: tuple[ZoneInfo, int], day: date, clock: str, later: int
) -> None:
    """A yearly date is at most a year and two days off, on its day of the contact's calendar, and never goes back."""
    zone, at = place

    found = time.next_date(at, day.month, day.day, zone, clock)
    face = shows(found, zone)

    assert at <= found <= at + 368 * DAY
    assert found <= time.next_date(at + later, day.month, day.day, zone, clock)
    assert found == time.next_date(found, day.month, day.day, zone, clock)
    assert found < time.next_date(found, day.month, day.day, zone, clock, strictly_after=True)
    assert abs((face.date() - day.replace(year=face.year, day=min(day.day, 28))).days) <= 3
    assert found == time.date_instant(face.isoformat(), zone, clock)


@settings(max_examples=50)
@given(zoned(), st.dates(date(2011, 1, 1), date(2032, 12, 31)), clocks, st.integers(-500, 500))
@example((ZoneInfo("America/New_York"), 1_772_000_000_000), date(2026, 3, 10), "09:00", -7)
def test_days_before_and_after_a_date_are_days_of_the_calendar(
    place: tuple[ZoneInfo, int], day: date, clock: str, days: int
) -> None:
    """A week before the birthday at 09:00 is 09:00 on that clock, whether or not the clocks change in between."""
    zone, at = place
    moment = datetime.strptime(clock, "%H:%M").time()  # noqa: DTZ007 (a clock's face)
    face = datetime.combine(day + timedelta(days=days), moment)
    drawn = [date(year, day.month, min(day.day, 28)) for year in range(2005, 2038)]
    yearly = [naive_wall(datetime.combine(one + timedelta(days=days), moment), zone) for one in drawn]

    assert time.date_instant(str(day), zone, clock, offset_days=days) == naive_wall(face, zone)
    assert time.date_instant(f"{day}T{clock}", zone, "00:00", offset_days=days) == naive_wall(face, zone)
    if day.day <= 28:
        found = time.next_date(at, day.month, day.day, zone, clock, offset_days=days)
        assert found == min(t for t in yearly if t >= at)


@settings(max_examples=50)
@given(zoned(step=SECOND), st.integers(-500, 500))
def test_days_from_an_instant_are_days_of_the_calendar(place: tuple[ZoneInfo, int], days: int) -> None:
    """A text with an offset is an instant; days from it keep the time that the contact's clock shows then."""
    zone, at = place

    found = time.date_instant(time.iso(at), zone, "00:00", offset_days=days)

    assert found == (naive_wall(shows(at, zone) + timedelta(days=days), zone) if days else at)


@settings(max_examples=100)
@given(zoned(), st.integers(0, 3 * DAY), st.data())
def test_a_window_gives_the_next_moment_at_which_it_is_open(
    place: tuple[ZoneInfo, int], later: int, data: st.DataObject
) -> None:
    """The moment is open, never before `at`, `at` itself if that is open, and never earlier for who looks later."""
    zone, at = place
    window = data.draw(windows(at))
    every_day = window.weekdays in (None, frozenset(range(7))) and not window.holidays
    assume(window.opens != window.closes or not every_day)

    found = time.next_in_window(at, window, zone)

    assert found >= at
    assert is_open(window, found, zone)
    assert (found == at) == is_open(window, at, zone)
    assert found == time.next_in_window(found, window, zone)
    assert found <= time.next_in_window(at + later, window, zone)


@settings(max_examples=50)
@given(zoned(step=15 * MINUTE), st.data())
def test_a_window_is_never_open_before_the_moment_given(
    place: tuple[ZoneInfo, int], data: st.DataObject
) -> None:
    """Going from quarter to quarter of an hour, no moment before the one given is open."""
    zone, at = place
    window = data.draw(windows(at))

    found = time.next_in_window(at, window, zone)

    until = min(found, at + 30 * HOUR)
    assert not any(is_open(window, earlier, zone) for earlier in range(at, until, 15 * MINUTE))


@settings(max_examples=50)
@given(zoned(step=15 * MINUTE), st.lists(early_clocks, min_size=2, max_size=2, unique=True))
def test_a_window_never_serves_twice_for_one_opening(place: tuple[ZoneInfo, int], ends: list[str]) -> None:
    """Who is served, and comes back when the window has shut, is served at a time the clock has not shown before."""
    zone, at = place
    window = Window(opens=min(ends), closes=max(ends))
    served = time.next_in_window(at, window, zone)
    shut = next(t for t in range(served, served + 2 * DAY, 15 * MINUTE) if not is_open(window, t, zone))

    again = time.next_in_window(shut, window, zone)

    assert shows(again, zone) > shows(served, zone)
