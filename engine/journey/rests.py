"""When a rest until a date, an attribute or a window ends."""

from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from zoneinfo import ZoneInfo

from engine.flow.plan import RestUntil
from engine.journey.time import Window, date_instant, next_at_time, next_date, next_in_window


def rest_until_moment(
    operation: RestUntil, at: int, attribute: str | None, zone: ZoneInfo, holidays: Sequence[str]
) -> int | None:
    """The instant at which the rest ends, at the earliest `at`; None when the date has gone by or is not known."""
    moment = _moment(operation, at, attribute, zone, holidays)
    if moment is None:
        return None
    if operation.opens is None or operation.closes is None:
        return moment
    shut = tuple(holidays) if operation.skip_holidays else ()
    window = _window(operation.opens, operation.closes, operation.weekdays, shut)
    return next_in_window(max(moment, at), window, zone)


@lru_cache(maxsize=256)
def _window(opens: str, closes: str, weekdays: tuple[int, ...], holidays: tuple[str, ...]) -> Window:
    """The window of an operation: one for all the contacts who come to it, since making it reads every holiday."""
    return Window(
        opens=opens, closes=closes, weekdays=frozenset(weekdays) or None, holidays=frozenset(holidays)
    )


@lru_cache(maxsize=256)
def _days_off(holidays: tuple[str, ...]) -> frozenset[str]:
    return frozenset(holidays)


def _moment(
    operation: RestUntil, at: int, attribute: str | None, zone: ZoneInfo, holidays: Sequence[str]
) -> int | None:
    time_of_day = operation.at or "00:00"
    if operation.date is None and operation.attribute is None:
        if operation.at is None:
            return at
        days = frozenset(operation.weekdays) or None
        off = _days_off(tuple(holidays)) if operation.skip_holidays else None
        return next_at_time(at, operation.at, zone, weekdays=days, holidays=off, strictly_after=True)
    text = operation.date if operation.date is not None else attribute
    if not text:
        return None
    try:
        if operation.yearly:
            day = date.fromisoformat(text[:10])
            return next_date(at, day.month, day.day, zone, time_of_day, offset_days=operation.offset_days)
        moment = date_instant(text, zone, time_of_day, offset_days=operation.offset_days)
    except ValueError:
        return None
    return moment if moment >= at else None
