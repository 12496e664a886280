"""Moments in conditions: dates that stand in attributes as text, and moments some time before now.

Both are in UTC for every contact, unlike in rests: a segment asks about a million contacts with one number.
"""

import re
from calendar import monthrange
from datetime import UTC, date, datetime, timedelta

from engine.flow.duration import EXACT, Duration

MOMENT = (
    "^("
    "(?!0000)[0-9]{4}-((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)"
    "|02-(0[1-9]|1[0-9]|2[0-8]))"
    "|(?!0000)([0-9]{2}(0[48]|[2468][048]|[13579][26])|([02468][048]|[13579][26])00)-02-29"
    ")"
    "([T ]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.][0-9]{1,9})?)?(Z|[+-](0[0-9]|1[0-4]):[0-5][0-9])?)?$"
)
"""An ISO 8601 date, or date and time, of a day that exists. PostgreSQL reads this very pattern."""

_MOMENT = re.compile(MOMENT)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_DAY = _EPOCH.toordinal()


def moment(text: str) -> int | None:
    """The instant that an ISO 8601 text names, to the whole second; None if it is none.

    A date is its midnight; what says no offset is UTC.
    """
    if not 10 <= len(text) <= 35 or text.endswith("\n") or not _MOMENT.match(text):
        return None
    minutes = 0
    if text[-3:-2] == ":" and text[-6:-5] in ("+", "-"):
        minutes = (int(text[-5:-3]) * 60 + int(text[-2:])) * (1 if text[-6] == "+" else -1)
    day = date(int(text[:4]), int(text[5:7]), int(text[8:10])).toordinal() - _EPOCH_DAY
    hour, minute = int(text[11:13] or 0), int(text[14:16] or 0)
    second = int(text[17:19]) if text[16:17] == ":" else 0
    return (((day * 24 + hour) * 60 + minute - minutes) * 60 + second) * EXACT["second"]


def before(now: int, duration: Duration) -> int:
    """The instant `duration` before `now`. Months and years are steps of the calendar, clamped to the month's end."""
    if not duration.is_calendar:
        return now - duration.milliseconds
    day = _EPOCH + timedelta(milliseconds=now)
    months = day.year * 12 + day.month - 1 - duration.amount * (12 if duration.unit == "year" else 1)
    year, month = divmod(months, 12)
    earlier = day.replace(year=year, month=month + 1, day=min(day.day, monthrange(year, month + 1)[1]))
    return now - (day - earlier) // timedelta(milliseconds=1)
