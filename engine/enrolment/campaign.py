"""Campaigns: a segment enters a journey, page by page, each contact exactly once however often it is started.

The row says how far it got. A page enters and moves the row's cursor in one transaction, so that a page that was begun
twice enters nobody twice; and `cause` keeps a contact from entering twice by one campaign, whatever the journey's rule.
"""

import logging
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, Select, bindparam, delete, func, insert, literal, select, update

from engine.audience.condition_sql import segment_members
from engine.audience.segments import UnknownSegment, read_segment
from engine.enrolment.drafts import unknown_journey
from engine.enrolment.enter import COHORT_SIZE, Entering, enter
from engine.enrolment.ingest import tell_entered
from engine.enrolment.plans import Plans, Published
from engine.enrolment.refusals import counted
from engine.enrolment.runtime import Runtime
from engine.journey.time import DAY
from engine.store.audit import record
from engine.store.ids import new_id
from engine.store.sets import lock_journeys
from engine.store.tables import campaign, contact, enrolment, journey, membership, segment
from engine.store.tables import tag as tags

_log = logging.getLogger(__name__)
PAGES_PER_CALL = 20
_PAUSED_LOOK_MS = 5_000
_LIVE_LOOK_MS = 30_000
_LONGEST_LOOK_MS = 30 * DAY
"""A start may be thousands of years away, and the server's clock counts three hundred."""
_RATE_SPAN = 10
"""Seconds whose worth of contacts enters at once where the rate is bounded."""

_CAMPAIGN = select(campaign).where(campaign.c.id == bindparam("number"))
_LOCKED = _CAMPAIGN.with_for_update()
_STATE = select(journey.c.plan, journey.c.state).where(journey.c.id == bindparam("journey"))

_MOVES: Mapping[str, tuple[tuple[str, ...], str]] = {
    "pause": (("planned", "running"), "paused"),
    "resume": (("paused",), "running"),
    "cancel": (("planned", "running", "paused"), "cancelled"),
}


class UnknownCampaign(LookupError):
    """There is no such campaign. Look up its id among the campaigns."""


class NoCampaignTrigger(ValueError):
    """The journey has no node at which a campaign's contacts enter. Draw a campaign trigger, and publish it."""


class NotPublished(ValueError):
    """The journey has no plan yet. Publish it first."""


class CampaignOver(ValueError):
    """The campaign is over, or not in a state in which this can be done. Look at its state."""


@dataclass(frozen=True, slots=True)
class How:
    """When and for whom a campaign runs: from the business instant `starts_at` on, or at once, or at each firing of a cron
    `schedule`, which is read in the journey's time zone and by the real clock. `mode` live lets those enter too who come into the segment later; snapshot, who is in it at the start."""

    starts_at: int | None = None
    schedule: str | None = None
    mode: str = "snapshot"
    number: int | None = None
    """Its id, made by whoever asks, so that asking twice makes one campaign."""


@dataclass(frozen=True, slots=True)
class Stand:
    """How a campaign stands. `wait_ms` is real time until the next page may enter; `total` is None until it starts."""

    state: str
    entered: int
    skipped: int
    total: int | None
    wait_ms: int = 0


@dataclass(frozen=True, slots=True)
class Page:
    """What one page brought: who entered, whom the re-entry rule kept out, and whether it was the last."""

    entered: int
    skipped: int
    done: bool


def create_campaign(
    connection: Connection, journey_id: int, segment_name: str, *, now: int, name: str = "", who: str = "",
    rate: float | None = None, how: How = How(),
) -> int:  # fmt: skip
    """Plan a campaign: the segment enters the journey, at most `rate` contacts a second. Gives its id.

    Errors: UnknownJourney, NotPublished, NoCampaignTrigger, UnknownSegment, ValueError for a mode or rate that makes no sense.
    """
    # Held before it is looked at, so that it is neither stopped nor deleted until the campaign is there to be found.
    lock_journeys(connection, [journey_id])
    campaign_entry(connection, journey_id)
    if how.mode not in ("snapshot", "live"):
        raise ValueError(f'"{how.mode[:20]}" is no way to run a campaign. Use snapshot or live.')
    if how.mode == "live" and how.schedule is not None:
        raise ValueError(
            "A live campaign never ends, so that its next firing would wait for ever. Use snapshot with a schedule."
        )
    if rate is not None and not 0 < rate < math.inf:
        raise ValueError(f"{rate} contacts a second never gets done. Give a number above 0, or none.")
    number = new_id() if how.number is None else how.number
    connection.execute(
        insert(campaign).values(
            id=number, journey=journey_id, segment=read_segment(connection, segment_name).id, name=name,
            mode=how.mode, state="planned", starts_at=how.starts_at, schedule=how.schedule, rate=rate, cursor=0,
            entered=0, skipped=0, refused={}, created_at=now, opened=False, changed=False,
        )
    )  # fmt: skip
    record(connection, at=now, who=who, what="campaign start", subject=f"campaign/{number}",
           details={"journey": str(journey_id), "segment": segment_name, "mode": how.mode})  # fmt: skip
    return number


def campaign_entry(connection: Connection, journey_id: int) -> str:
    """The node at which a campaign would enter the journey now. UnknownJourney, NotPublished, or NoCampaignTrigger."""
    row = connection.execute(
        select(journey.c.plan, journey.c.state).where(journey.c.id == journey_id)
    ).one_or_none()
    if row is None:
        raise unknown_journey(journey_id)
    if row.plan is None:
        raise NotPublished("The journey is not published, so that nobody can enter it. Publish it first.")
    if row.state == "stopped":
        raise NotPublished("The journey is stopped, so that nobody can enter it. Publish it again first.")
    return campaign_node(Plans().get(connection, row.plan))


def change_campaign(connection: Connection, number: int, action: str, *, now: int, who: str) -> str:
    """Pause, resume or cancel a campaign, a scheduled one with its runs under way. Gives its new state; CampaignOver where
    that cannot be done any more."""
    row = _row(connection, number, lock=True)
    allowed, state = _MOVES[action]
    if row.state == state:
        return state
    if row.state not in allowed:
        raise CampaignOver(f"The campaign is {row.state}: it cannot {action}. Start another one.")
    if action == "resume" and row.total is None:
        state = "planned"
    values: dict[str, Any] = {"state": state, "changed": True}
    if state == "cancelled":
        values["finished_at"] = now
    connection.execute(update(campaign).where(campaign.c.id == number).values(values))
    record(connection, at=now, who=who, what=f"campaign {action}", subject=f"campaign/{number}")
    if row.schedule is not None:
        under_way = select(campaign.c.id).where(
            campaign.c.journey == row.journey, campaign.c.parent == number, campaign.c.state.in_(allowed)
        )
        for run in connection.scalars(under_way.order_by(campaign.c.id)).all():
            change_campaign(connection, run, action, now=now, who=who)
    return state


def read_campaign(connection: Connection, number: int) -> Stand:
    """How a campaign stands."""
    row = _row(connection, number)
    return Stand(row.state, row.entered, row.skipped, row.total)


def open_campaign_run(runtime: Runtime, number: int, firing: str) -> int | None:
    """The run that one firing of a scheduled campaign opens; the same one again for the same firing. None where the
    campaign is gone, cancelled or paused."""
    at = runtime.business_now()

    def work(connection: Connection) -> int | None:
        known = connection.scalar(select(campaign.c.id).where(campaign.c.firing == firing))
        if known is not None:
            return int(known)
        row = connection.execute(
            # Held: a pause that comes between would not find the run that it should hold.
            select(campaign)
            .where(campaign.c.id == number, campaign.c.state.in_(["planned", "running"]))
            .with_for_update()
        ).one_or_none()
        if row is None:
            return None
        run = new_id()
        connection.execute(
            insert(campaign).values(
                id=run, journey=row.journey, segment=row.segment, name=row.name, mode=row.mode, state="planned",
                rate=row.rate, parent=number, firing=firing, cursor=0, entered=0, skipped=0, refused={},
                created_at=at, opened=True, changed=False,
            )
        )  # fmt: skip
        return run

    return runtime.database.transact(work, what="campaign run")


# ------------------------------------------------------------------------------------------------ pages


def campaign_pages(runtime: Runtime, number: int, now: int) -> Stand:
    """Let the next pages enter, and say when to go on. `now` is a real instant: the workflow's clock."""
    with runtime.turn.mine():
        return _pages(runtime, number, now)


def _pages(runtime: Runtime, number: int, now: int) -> Stand:
    for turn in range(PAGES_PER_CALL):
        if turn and runtime.stopping.is_set():
            break
        with runtime.database.read() as connection:
            row = _row(connection, number)
            held = connection.execute(_STATE, {"journey": row.journey}).one().state
        if row.state in ("done", "cancelled", "paused"):
            return _stand(row, 0)
        if row.starts_at is not None and row.state == "planned":
            wait = runtime.clock.real(row.starts_at) - now
            if wait > 0:
                return _stand(row, min(wait, _LONGEST_LOOK_MS))
        if held == "paused":
            return _stand(row, _PAUSED_LOOK_MS)
        size = COHORT_SIZE if row.rate is None else min(COHORT_SIZE, math.ceil(row.rate * _RATE_SPAN))
        page = enter_page(runtime, number, size, now)
        if page.done and row.mode == "live":
            return _after(runtime, number, _LIVE_LOOK_MS)
        taken = page.entered + page.skipped
        if row.rate is not None and taken and not page.done:
            return _after(runtime, number, math.ceil(1000 * taken / row.rate))
    return _after(runtime, number, 0)


def _stand(row: Row[Any], wait_ms: int) -> Stand:
    over = row.state in ("done", "cancelled", "paused")
    return Stand(row.state, row.entered, row.skipped, row.total, 0 if over else wait_ms)


def _after(runtime: Runtime, number: int, wait_ms: int) -> Stand:
    with runtime.database.read() as connection:
        return _stand(_row(connection, number), wait_ms)


def enter_page(runtime: Runtime, number: int, size: int, now: int | None = None) -> Page:
    """Let the next `size` contacts of a campaign's segment enter. `now` is a real instant.

    The page is looked up before the transaction that enters it, which takes it only if the cursor has not moved since.
    """
    real = runtime.now() if now is None else now
    page: Page | None = None
    while page is None:
        page = _try_page(runtime, number, size, real)
    return page


def _try_page(runtime: Runtime, number: int, size: int, real: int) -> Page | None:
    at = runtime.clock.business(real)
    with runtime.database.read() as connection:
        row = _row(connection, number)
    if row.state == "planned":
        row = runtime.database.transact(
            lambda connection: _begin(connection, number, at), what="campaign begin"
        )
    if row.state != "running":
        return Page(0, 0, True)
    with runtime.database.read() as connection:
        found = list(connection.scalars(_members(connection, row, at).limit(size)).all())
    taken = _Taken(row.cursor, found, len(found) < size, at, real)
    return runtime.database.transact(
        lambda connection: _enter(connection, runtime, number, taken), what="campaign page"
    )


@dataclass(frozen=True, slots=True)
class _Taken:
    """A page as it was looked up: from which cursor, whom, whether they are the last; the business and the real instant."""

    cursor: int
    found: list[int]
    last: bool
    at: int
    real: int


def _begin(connection: Connection, number: int, at: int) -> Row[Any]:
    """Start it: whoever is in a condition's segment now is written down, since nobody can tell that later."""
    row = _row(connection, number, lock=True)
    if row.state != "planned":
        return row
    starts_at = at if row.starts_at is None else row.starts_at
    connection.execute(
        update(campaign).where(campaign.c.id == number).values(state="running", starts_at=starts_at)
    )
    row = _row(connection, number)
    kind = connection.scalar(select(segment.c.kind).where(segment.c.id == row.segment))
    if kind == "condition" and row.mode == "snapshot":
        who = segment_members(connection, _name(connection, row), now=at)
        listed = who.with_only_columns(literal(number), contact.c.id, literal(at))
        connection.execute(insert(membership).from_select(["segment", "contact", "at"], listed))
    total = select(func.count()).select_from(_members(connection, row, at).order_by(None).subquery())
    connection.execute(update(campaign).where(campaign.c.id == number).values(total=connection.scalar(total)))
    return _row(connection, number)


def _members(connection: Connection, row: Row[Any], at: int) -> Select[Any]:
    """Who is still to enter, behind the cursor, in order."""
    kind = connection.scalar(select(segment.c.kind).where(segment.c.id == row.segment))
    snapshot = row.mode == "snapshot"
    if kind == "condition" and snapshot:
        who = select(membership.c.contact).where(membership.c.segment == row.id)
        return who.where(membership.c.contact > row.cursor).order_by(membership.c.contact)
    name = _name(connection, row)
    by = {"list": membership, "tag": tags}.get(str(kind))
    who = segment_members(connection, name, now=at, merged_since=row.starts_at if snapshot else None)
    key = contact.c.id if by is None else by.c.contact
    if snapshot and by is not None:
        who = who.where(by.c.at <= row.starts_at)
    if not snapshot:
        inside = select(literal(1)).where(
            enrolment.c.contact == key,
            enrolment.c.journey == row.journey,
            enrolment.c.cause == _cause(row),
            enrolment.c.root.is_(None),
        )
        who = who.where(~inside.exists())
    return who.where(key > row.cursor).order_by(key)


def _name(connection: Connection, row: Row[Any]) -> str:
    name = connection.scalar(select(segment.c.name).where(segment.c.id == row.segment))
    if name is None:
        raise UnknownSegment("The campaign's segment is gone. Cancel the campaign, and start another one.")
    return str(name)


def _cause(row: Row[Any]) -> str:
    return f"campaign:{row.id}"


def _enter(connection: Connection, runtime: Runtime, number: int, page: _Taken) -> Page | None:
    """Enter a page and move the cursor; None where somebody else has moved it."""
    row = _row(connection, number, lock=True)
    if row.state != "running":
        return Page(0, 0, True)
    if row.cursor != page.cursor:
        return None
    # Held before its state is read: a pause that comes between would leave a page out for good.
    lock_journeys(connection, [row.journey])
    into = connection.execute(_STATE, {"journey": row.journey}).one()
    if into.state == "paused":
        return Page(0, 0, False)
    if into.state != "running":
        _finish(connection, row, "cancelled", page.at)
        return Page(0, 0, True)
    published = runtime.plans.get(connection, into.plan)
    try:
        node = campaign_node(published)
    except NoCampaignTrigger as lost:
        _give_up(connection, row, lost, page.at)
        return Page(0, 0, True)
    entering = [Entering(who, _cause(row), page.at, node) for who in page.found]
    entered = enter(connection, published, entering, lane="bulk", now=page.real, straight_into_cohorts=True)
    tell_entered(connection, runtime, published, entered, "bulk")
    again = page.last and row.mode == "live"
    refused = counted(entered.refused)
    if row.mode == "snapshot" or row.cursor > 0:  # a live one looks at those again whom it could not let in
        refused.update(row.refused)
    connection.execute(
        update(campaign)
        .where(campaign.c.id == number)
        .values(
            cursor=0 if again else page.found[-1] if page.found else row.cursor,
            entered=campaign.c.entered + len(entered.enrolments),
            skipped=refused.total(),
            refused=dict(refused),
        )
    )
    if page.last and not again:
        _finish(connection, row, "done", page.at)
    return Page(len(entered.enrolments), len(entered.refused), page.last)


def campaign_node(published: Published) -> str:
    """The node at which a campaign's contacts enter; NoCampaignTrigger where the plan has none."""
    for kind in ("campaign", "api"):
        for trigger in published.plan.triggers:
            if trigger.kind == kind:
                return trigger.node
    raise NoCampaignTrigger(
        f'"{published.journey_name}" has no node at which a campaign enters. Draw a campaign trigger, and publish it.'
    )


def _give_up(connection: Connection, row: Row[Any], why: NoCampaignTrigger, at: int) -> None:
    """A version published since has no place for it: tried again, it would fail for ever. The audit log says why."""
    _log.warning("campaign %s is cancelled: %s", row.id, why)
    _finish(connection, row, "cancelled", at)
    record(connection, at=at, who="wend", what="campaign cancel", subject=f"campaign/{row.id}",
           details={"reason": str(why)})  # fmt: skip


def _finish(connection: Connection, row: Row[Any], state: str, at: int) -> None:
    connection.execute(update(campaign).where(campaign.c.id == row.id).values(state=state, finished_at=at))
    connection.execute(delete(membership).where(membership.c.segment == row.id))


def _row(connection: Connection, number: int, *, lock: bool = False) -> Row[Any]:
    row = connection.execute(_LOCKED if lock else _CAMPAIGN, {"number": number}).one_or_none()
    if row is None:
        raise UnknownCampaign(f"There is no campaign {number}. Look up its id among the campaigns.")
    return row
