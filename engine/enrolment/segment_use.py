"""Who uses a segment; and renaming or removing one that nobody uses: journeys and conditions name segments by name."""

from typing import Any

from sqlalchemy import Connection, delete, select, update

from engine.audience.segments import MAX_NAME, SegmentNameTaken
from engine.enrolment.world import texts_of
from engine.store.tables import campaign, draft, enrolment, journey, membership, plan, rule, segment

_UNDER_WAY = ("planned", "running", "paused")


class SegmentInUse(ValueError):
    """Something names the segment, and would be left without it. Change that first."""


def used_by(connection: Connection, number: int, name: str) -> list[str]:
    """What names a segment: drafts and plans with somebody inside, other segments, rules, campaigns under way; in words."""
    drafts = connection.execute(
        select(journey.c.name, draft.c.document).join(draft, draft.c.journey == journey.c.id)
    )
    found = {f'the journey "{row.name}"' for row in drafts if _names(row.document, name)}
    inside = select(enrolment.c.plan).where(enrolment.c.place != "ended")
    plans = connection.execute(
        select(journey.c.name, plan.c.number, plan.c.document)
        .join(plan, plan.c.journey == journey.c.id)
        .where((plan.c.id == journey.c.plan) | plan.c.id.in_(inside))
    )
    found |= {f'version {row.number} of "{row.name}"' for row in plans if _names(row.document, name)}
    others = connection.execute(
        select(segment.c.name, segment.c.condition).where(
            segment.c.id != number, segment.c.kind == "condition"
        )
    )
    found |= {f'the segment "{row.name}"' for row in others if _names(row.condition, name)}
    rules = connection.execute(select(rule.c.name, rule.c.condition).where(rule.c.condition.is_not(None)))
    found |= {f'the rule "{row.name}"' for row in rules if _names(row.condition, name)}
    campaigns = connection.scalars(
        select(campaign.c.name).where(campaign.c.segment == number, campaign.c.state.in_(_UNDER_WAY))
    )
    return sorted(found | {f'the campaign "{one}"' for one in campaigns})


def rename_segment(connection: Connection, number: int, before: str, after: str) -> None:
    """Give a segment another name. SegmentInUse, SegmentNameTaken."""
    if before == after:
        return
    _require_free(connection, number, before, "renamed")
    if (
        len(after) > MAX_NAME
        or connection.scalar(select(segment.c.id).where(segment.c.name == after)) is not None
    ):
        raise SegmentNameTaken(f'There is a segment called "{after[:60]}" already. Choose another name.')
    connection.execute(update(segment).where(segment.c.id == number).values(name=after))


def remove_segment(connection: Connection, number: int, name: str) -> int:
    """Remove a segment; its contacts stay. Gives how many were in it, if it was a list. SegmentInUse."""
    _require_free(connection, number, name, "removed")
    gone = connection.execute(delete(membership).where(membership.c.segment == number)).rowcount
    connection.execute(delete(segment).where(segment.c.id == number))
    return gone


def _require_free(connection: Connection, number: int, name: str, what: str) -> None:
    users = used_by(connection, number, name)
    if users:
        raise SegmentInUse(
            f'"{name}" cannot be {what}: it is named by {", ".join(users[:5])}. Change that first.'
        )


def _names(value: Any, name: str) -> bool:
    return any(text == name for text in texts_of(value))
