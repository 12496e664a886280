"""Events of our own that enrolments bring about: a message sent, a coupon given, a journey begun or ended.

They happen by the million in a campaign, so that they are written only while somebody could hear of them: a plan, a rule or
a segment that names them. Who begins to ask about one hears of what happens from then on.

What an enrolment brought about may start other journeys, and theirs others again: each event says through which journeys
it came (`via`), and never starts one of them; so do tags that nodes give and take. An event that ends a wait leaves no such
mark on what comes after: two journeys that wait for each other can go round.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, Text, cast, func, or_, select

from engine.content.coupons import COUPON_ISSUED
from engine.delivery.send import MESSAGE_SENT
from engine.enrolment.enter import Entered
from engine.enrolment.plans import Published
from engine.journey.traveller import Traveller
from engine.store.batch import News, via
from engine.store.sets import among
from engine.store.tables import journey, plan, rule, segment, tally, tally_change
from engine.store.tables.tallies import EVER

JOURNEY_ENTERED, JOURNEY_ENDED = "journey.entered", "journey.ended"
OWN = (MESSAGE_SENT, COUPON_ISSUED, JOURNEY_ENTERED, JOURNEY_ENDED)
"""The events of our own that are written only while somebody could hear of them."""

_PRIME = 1_000_003
"""Small enough for a sum over all journeys."""


def _alone(column: ColumnElement[Any], *tests: ColumnElement[bool]) -> ColumnElement[Any]:
    return select(column).where(*tests).scalar_subquery()


_asked = rule.c.event + func.coalesce(cast(rule.c.condition, Text), "")
SIGNS: tuple[ColumnElement[Any], ...] = (
    _alone(func.max(plan.c.id)),
    _alone(func.sum(journey.c.plan % _PRIME), journey.c.state != "stopped"),
    _alone(func.count(segment.c.id)),
    _alone(func.max(segment.c.id)),
    _alone(func.aggregate_strings(_asked, ";"), rule.c.enabled),
)
"""What changes when somebody begins, or ceases, to listen: the first two where a plan is published, which then is that of
its journey. They are few rows, and are read along with something else: a tenth of a millisecond for a hundred journeys."""


def named_in(text: str) -> frozenset[str]:
    """Which of these events a plan, a rule's or a segment's condition names, as JSON."""
    return frozenset(name for name in OWN if f'"{name}"' in text)


def named_anywhere(connection: Connection, mentions: dict[int, frozenset[str]]) -> frozenset[str]:
    """Which of these events somebody names: a rule, a segment, or a plan that can be entered or has somebody inside.

    `mentions` keeps what the plans name, by id: those that are not in it are read, and put into it.
    """
    _read_plans(connection, mentions)
    naming = {number for number, names in mentions.items() if names}
    found: set[str] = set()
    if naming:
        current = select(journey.c.id).where(journey.c.plan == plan.c.id, journey.c.state != "stopped")
        inside = _standing(tally) + _standing(tally_change)
        alive = select(plan.c.id).where(among(plan.c.id, naming), or_(current.exists(), inside > 0))
        found = {name for number in connection.scalars(alive) for name in mentions[number]}
    conditions = select(cast(segment.c.condition, Text)).where(segment.c.condition.is_not(None))
    rules = select(rule.c.event, cast(rule.c.condition, Text)).where(rule.c.enabled)
    for text in connection.scalars(conditions):
        found |= named_in(text or "")
    for event, text in connection.execute(rules):
        found |= named_in(f'"{event}" {text or ""}')
    return frozenset(found)


def _standing(counts: Table) -> ColumnElement[int]:
    """How many enrolments of a plan stand somewhere, as far as these tallies say."""
    c = counts.c
    total = func.coalesce(func.sum(c.count), 0)
    return (
        select(total)
        .where(c.plan == plan.c.id, c.hour == EVER, c.kind.in_(["root", "forked"]))
        .correlate(plan)
        .scalar_subquery()
    )


def _read_plans(connection: Connection, mentions: dict[int, frozenset[str]]) -> None:
    unknown = set(connection.scalars(select(plan.c.id))) - mentions.keys()
    if unknown:
        for number, body in connection.execute(
            select(plan.c.id, plan.c.body).where(among(plan.c.id, unknown))
        ):
            mentions[number] = named_in(body)


# ------------------------------------------------------------------------------------------------ the news


def news_of(published: Published, entered: Entered, own: frozenset[str]) -> list[News]:
    """What is to tell of an entry, of that which somebody could hear of (`own`)."""
    news = entered_news(published, entered) if JOURNEY_ENTERED in own else []
    return news + (ended_news(published, entered.over) if JOURNEY_ENDED in own else [])


def entered_news(published: Published, entered: Entered) -> list[News]:
    """That contacts entered a journey."""
    return [
        News(
            one.contact, JOURNEY_ENTERED, one.at, {"journey": published.journey_name},
            f"{JOURNEY_ENTERED}:{number}", via=via(one.trigger, published.journey),
        )
        for number, one in zip(entered.enrolments, entered.who, strict=True)
    ]  # fmt: skip


def ended_news(published: Published, over: Sequence[tuple[Traveller, str]]) -> list[News]:
    """That enrolments ended, each with its result."""
    return [
        News(
            root.contact, JOURNEY_ENDED, root.at, {"journey": published.journey_name, "result": result},
            f"{JOURNEY_ENDED}:{root.strand}", via=via(root.trigger, published.journey),
        )
        for root, result in over
    ]  # fmt: skip
