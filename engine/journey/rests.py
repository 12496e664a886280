"""When a rest until a date, an attribute or a window ends."""

from collections.abc import Sequence
from datetime import date
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
    days = frozenset(operation.weekdays) or None
    window = Window(
        opens=operation.opens,
        closes=operation.closes,
        weekdays=days,
        holidays=frozenset(holidays) if operation.skip_holidays else frozenset(),
    )
    return next_in_window(max(moment, at), window, zone)


def _moment(
    operation: RestUntil, at: int, attribute: str | None, zone: ZoneInfo, holidays: Sequence[str]
) -> int | None:
    time_of_day = operation.at or "00:00"
    if operation.date is None and operation.attribute is None:
        if operation.at is None:
            return at
        days = frozenset(operation.weekdays) or None
        off = frozenset(holidays) if operation.skip_holidays else None
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
