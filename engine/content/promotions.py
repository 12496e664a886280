"""When a promotion ends."""

from datetime import date, timedelta

from engine.flow.document import Promotion
from engine.journey.time import date_instant, instant, zone

_A_DAY = len("2025-03-31")


def end_of(promotion: Promotion, timezone: str) -> int | None:
    """The instant from which the promotion holds no more; None where it has no end.

    An end that is a day, such as 2025-03-31, is that whole day in the journey's time zone.
    """
    return moment_after(promotion.ends_at, timezone)


def moment_after(text: str | None, timezone: str) -> int | None:
    """The instant that ends a validity: an ISO instant itself, or the midnight after an ISO date."""
    if text is None:
        return None
    if len(text) > _A_DAY:
        return instant(text)
    next_day = date.fromisoformat(text) + timedelta(days=1)
    return date_instant(next_day.isoformat(), zone(None, timezone), "00:00")
