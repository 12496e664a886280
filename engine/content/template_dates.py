"""Dates in templates: ISO 8601 text in, words in a zone out.

The directives are our own and few: the C library's take widths (`%1000000000d`) and depend on the locale.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from engine.content.template_problem import TemplateProblem

MAX_FORM = 100
MAX_DATE = 64  # characters of a date or of a zone's name; no real one is longer

_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

_DIRECTIVES: Mapping[str, Callable[[datetime], str]] = {
    "%%": lambda at: "%",
    "%A": lambda at: _DAYS[at.weekday()],
    "%a": lambda at: _DAYS[at.weekday()][:3],
    "%B": lambda at: _MONTHS[at.month - 1],
    "%b": lambda at: _MONTHS[at.month - 1][:3],
    "%d": lambda at: f"{at.day:02}",
    "%-d": lambda at: str(at.day),
    "%m": lambda at: f"{at.month:02}",
    "%-m": lambda at: str(at.month),
    "%Y": lambda at: f"{at.year:04}",
    "%y": lambda at: f"{at.year % 100:02}",
    "%H": lambda at: f"{at.hour:02}",
    "%-H": lambda at: str(at.hour),
    "%I": lambda at: f"{at.hour % 12 or 12:02}",
    "%-I": lambda at: str(at.hour % 12 or 12),
    "%M": lambda at: f"{at.minute:02}",
    "%S": lambda at: f"{at.second:02}",
    "%p": lambda at: "AM" if at.hour < 12 else "PM",
    "%Z": lambda at: at.tzname() or "",
}
_DIRECTIVE = re.compile("%-?.?", re.DOTALL)
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


def zone_for(named: object, given: Mapping[str, object]) -> str:
    """The zone to show a date in: the one the author named (a problem when there is none of that name),
    else the contact's, else the journey's, else UTC."""
    if named is not None:
        if isinstance(named, str) and _zone(named) is not None:
            return named
        message = 'The filter date takes the name of a time zone, such as "Europe/Rome". Correct its second argument.'
        raise TemplateProblem("bad_argument", message)
    for owner in ("contact", "journey"):
        holder = given.get(owner)
        zone = holder.get("timezone") if isinstance(holder, dict) else None
        if isinstance(zone, str) and _zone(zone) is not None:
            return zone
    return "UTC"


def _zone(name: str) -> ZoneInfo | None:
    return _zone_of_key(name) if len(name) <= MAX_DATE else None


@lru_cache(maxsize=1024)
def _zone_of_key(name: str) -> ZoneInfo | None:
    # A zone may come from a contact's data: zoneinfo refuses paths (ValueError) and may meet folders (OSError).
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return None


def format_instant(text: str, form: str, zone: str) -> str:
    """`text` in the words of `form`. A day without a time is shown as it stands, whatever the zone; a time
    without an offset counts as UTC."""
    if len(form) > MAX_FORM:
        raise TemplateProblem("bad_argument", f"A date format has at most {MAX_FORM} characters. Shorten it.")
    return _formatted(text[: MAX_DATE + 1], form, zone)


# A campaign prints one promotion's end a million times: the answer is remembered, its keys are short.
@lru_cache(maxsize=4096)
def _formatted(text: str, form: str, zone: str) -> str:
    try:
        at = datetime.fromisoformat(text)
        if not _DAY.fullmatch(text):
            at = (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(_zone(zone))
    except (ValueError, OverflowError):
        message = "The filter date needs a date such as 2026-03-05T12:00:00Z. Check the value before the bar."
        raise TemplateProblem("not_a_date", message) from None
    return _DIRECTIVE.sub(lambda match: _directive(match.group(), at), form)


def check_form(form: str) -> None:
    """A problem when a date format holds a directive that there is not."""
    format_instant("2026-03-05", form, "UTC")


def _directive(name: str, at: datetime) -> str:
    write = _DIRECTIVES.get(name)
    if write is None:
        known = " ".join(_DIRECTIVES)
        raise TemplateProblem("bad_argument", f"A date format cannot hold {name}. Use one of {known}.")
    return write(at)
