"""Settings that can be understood: the time zone, the re-entry rule, the holidays."""

import re
from collections.abc import Iterator
from datetime import date

from engine.flow.diagnostic import Diagnostic, Patch, diagnostic, pointer, quoted
from engine.flow.resolve import Resolved
from engine.flow.world import World
from engine.flow.zones import closest_zone, is_zone

_MOST_HOLIDAYS = 1_000
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def check(resolved: Resolved, world: World) -> Iterator[Diagnostic]:
    """Find an unknown time zone, a re-entry rule that lacks its time or has one in vain, and days that are no dates."""
    settings = resolved.flowchart.settings
    if not is_zone(settings.timezone):
        close = closest_zone(settings.timezone) or "Europe/Rome"
        yield diagnostic(
            "unknown-timezone",
            field="settings.timezone",
            zone=quoted(settings.timezone),
            meant=quoted(close),
            patch=[Patch(op="add", path=pointer("settings", "timezone"), value=close)],
        )
    rule, after = settings.reentry.rule, settings.reentry.after
    if rule == "after_time" and (after is None or after.amount == 0):
        patch = Patch(op="add", path=pointer("settings", "reentry", "after"), value="30 days")
        yield diagnostic("reentry-without-time", field="settings.reentry.after", patch=[patch])
    if rule != "after_time" and after is not None:
        patch = Patch(op="remove", path=pointer("settings", "reentry", "after"))
        yield diagnostic("reentry-time-unused", field="settings.reentry.after", rule=rule, patch=[patch])
    if len(settings.holidays) > _MOST_HOLIDAYS:
        count = f"{len(settings.holidays):,}"
        yield diagnostic(
            "too-many-holidays", field="settings.holidays", count=count, limit=f"{_MOST_HOLIDAYS:,}"
        )
    for index, day in enumerate(settings.holidays[:_MOST_HOLIDAYS]):
        if not _is_date(day):
            yield diagnostic("bad-holiday", field=f"settings.holidays.{index}", date=quoted(day))


def _is_date(text: str) -> bool:
    # As `engine.journey.time` reads it: Python alone takes weeks such as "2026-W01-1" for dates, too.
    try:
        return _DATE.fullmatch(text) is not None and bool(date.fromisoformat(text))
    except ValueError:
        return False
