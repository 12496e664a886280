"""When a campaign starts: changed until it does, and schedules read before anybody else has to."""

import re

from sqlalchemy import Connection, select, update

from engine.enrolment.campaign import CampaignOver, UnknownCampaign
from engine.store.audit import record
from engine.store.tables import campaign

_FIELDS = (
    ("minute", 0, 59),
    ("hour", 0, 23),
    ("day of the month", 1, 31),
    ("month", 1, 12),
    ("weekday", 0, 7),
)
_LONGEST_MONTH = (0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_PART = re.compile(r"(\*|[0-9]{1,2}(?:-[0-9]{1,2})?)(?:/([0-9]{1,2}))?")


class CampaignExists(ValueError):
    """Another campaign has this id. Make a new id, or leave it out."""


class BadSchedule(ValueError):
    """This is no schedule. Write five fields: minute, hour, day of the month, month, weekday."""


def checked_schedule(text: str) -> str:
    """A cron expression of five fields with single spaces. BadSchedule names the field that is wrong."""
    fields = text.split()
    if len(fields) != len(_FIELDS):
        raise BadSchedule(
            f'"{text[:60]}" has {len(fields)} fields. '
            "Write five: minute, hour, day of the month, month, weekday, for example 0 9 * * 1."
        )
    for field, (name, least, most) in zip(fields, _FIELDS, strict=True):
        for part in field.split(","):
            match = _PART.fullmatch(part)
            ends = [] if match is None or match[1] == "*" else [int(end) for end in match[1].split("-")]
            step = None if match is None or match[2] is None else int(match[2])
            fits = match is not None and all(least <= end <= most for end in ends) and ends == sorted(ends)
            if not fits or step == 0:
                raise BadSchedule(
                    f'"{part[:20]}" is no {name}. Write a number from {least} to {most}, a range, or *.'
                )
    if not _ever(fields[2], fields[3]):
        raise BadSchedule(
            f'"{text[:60]}" never comes: no month that it names has such a day. Write a day that there is.'
        )
    return " ".join(fields)


def _ever(days: str, months: str) -> bool:
    """Whether a month that is named has a day that is named: a day of the month and a weekday must both fit."""
    return min(_named(days, 31)) <= max(_LONGEST_MONTH[month] for month in _named(months, 12))


def _named(field: str, most: int) -> set[int]:
    """The days or months that a field names."""
    named: set[int] = set()
    for part in field.split(","):
        ends, _, step = part.partition("/")
        first, _, last = ("1", "-", str(most)) if ends == "*" else ends.partition("-")
        named.update(range(int(first), int(last or (most if step else first)) + 1, int(step or 1)))
    return named


def reschedule_campaign(
    connection: Connection, number: int, *, starts_at: int | None, schedule: str | None, now: int, who: str
) -> None:
    """Give a campaign that has not started another time: a business instant, a schedule, or none for at once.

    CampaignOver once it has started, and for a change between a schedule and a single time.
    """
    row = connection.execute(select(campaign).where(campaign.c.id == number).with_for_update()).one_or_none()
    if row is None:
        raise UnknownCampaign(f"There is no campaign {number}. Look up its id among the campaigns.")
    if row.state not in ("planned", "paused") or row.total is not None:
        raise CampaignOver(
            f"The campaign is {row.state}, so that its time stands. Cancel it, and start another one."
        )
    if (row.schedule is None) != (schedule is None):
        raise CampaignOver(
            "A campaign with a schedule is another than one with a single time. Cancel it, and start another one."
        )
    checked = None if schedule is None else checked_schedule(schedule)
    connection.execute(
        update(campaign)
        .where(campaign.c.id == number)
        .values(starts_at=starts_at, schedule=checked, changed=True)
    )
    record(connection, at=now, who=who, what="campaign time", subject=f"campaign/{number}")
