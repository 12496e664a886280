"""The names by which workflows, activities, queues and search attributes are known to Temporal, and what they carry.

Pure, so that workflows take it as it is: loaded anew into each one's sandbox it would be half of the time that one takes to
begin. The relay and the API's helpers read it, too. Nothing here holds personal data: ids and numbers only.
"""

from dataclasses import dataclass

LIVE_QUEUE = "wend-live"
BULK_QUEUE = "wend-bulk"
QUEUES = {"live": LIVE_QUEUE, "bulk": BULK_QUEUE}

COHORT = "Cohort"
CAMPAIGN = "Campaign"
SCHEDULED_CAMPAIGN = "ScheduledCampaign"

LEG = "leg"
CAMPAIGN_PAGES = "campaign pages"
CAMPAIGN_RUN = "open campaign run"

JOURNEY_ATTRIBUTE = "WendJourney"
PLAN_ATTRIBUTE = "WendPlan"
LANE_ATTRIBUTE = "WendLane"
ATTRIBUTES = (JOURNEY_ATTRIBUTE, PLAN_ATTRIBUTE, LANE_ATTRIBUTE)


@dataclass(frozen=True)
class LegCall:
    """Ask for a leg. `now` is the workflow's clock, in milliseconds since the epoch."""

    cohort: str
    now: int


@dataclass(frozen=True)
class LegAnswer:
    """What the cohort does next: again, or sleep until `wake_at` (milliseconds since the epoch), or end."""

    again: bool
    wake_at: int | None
    moved: int
    story: str


@dataclass(frozen=True)
class CampaignCall:
    """Ask for pages of a campaign to enter."""

    campaign: str
    now: int


@dataclass(frozen=True)
class CampaignAnswer:
    """How a campaign stands. `wait_ms` is how long to wait before the next pages, for the sake of its rate, its pause
    or its start; `state` is that of the table."""

    state: str
    entered: int
    skipped: int
    total: int | None
    wait_ms: int


def cohort_workflow(cohort: int) -> str:
    """The workflow id of a cohort."""
    return f"cohort-{cohort}"


def campaign_workflow(campaign: int) -> str:
    """The workflow id of a campaign."""
    return f"campaign-{campaign}"
