"""The tour, read: its steps from what really happened."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Row, and_, exists, select

from api.furniture import COUPON_SMS, DAY_SECONDS, EMAIL, LUCIA, MARIO, PEOPLE, REMINDER, SEGMENT
from api.tour.schemas import StepKey, StepOut, TourOut, TourPerson
from engine.delivery.sandbox import RECOGNISED
from engine.enrolment.plans import Plans
from engine.flow.condition import ORDER_COMPLETED
from engine.store.sets import among
from engine.store.tables import (
    campaign,
    enrolment,
    event,
    journey,
    message,
    plan,
    sandbox_message,
    segment,
    tour,
)

VISITED = "landing.visited"
_ELSEWHERE = (
    "Contacts have entered journeys here, and the tour makes a day last 20 seconds, for them too. "
    "Take it in an installation of its own: `wend up --folder another`."
)
_PLANNED = (
    "Campaigns are planned or running here, and the tour makes a day last 20 seconds, for them too. "
    "Take it in an installation of its own: `wend up --folder another`."
)
_UNDER_WAY = ("planned", "running", "paused")


def tour_row(connection: Connection) -> Row[Any] | None:
    """The tour's row, if there ever was one."""
    return connection.execute(select(tour)).one_or_none()


def refusal(connection: Connection, mine: list[int]) -> str | None:
    """Why the clock must not go faster here; None where only the tour's own journeys have anybody."""
    entered = select(enrolment.c.id).where(enrolment.c.root.is_(None), enrolment.c.journey.not_in(mine))
    if connection.scalar(select(exists(entered))):
        return _ELSEWHERE
    planned = select(campaign.c.id).where(campaign.c.state.in_(_UNDER_WAY), campaign.c.journey.not_in(mine))
    return _PLANNED if connection.scalar(select(exists(planned))) else None


def journeys_of(row: Row[Any] | None) -> list[int]:
    """The journeys that tours have made here, the present one last."""
    return [] if row is None else [int(one) for one in row.journeys]


def read_tour(connection: Connection, plans: Plans) -> TourOut:
    """The tour as it stands."""
    row = tour_row(connection)
    mine = journeys_of(row)
    refused = refusal(connection, mine) if row is None or row.state != "running" else None
    if row is None:
        return TourOut(
            state="none", refused=refused, journey=None, segment=None, segment_name=None, day_seconds=DAY_SECONDS,
            started_at=None, steps=[], people=[],
        )  # fmt: skip
    facts = _facts(connection, row, mine[-1])
    return TourOut(
        state=row.state,
        refused=refused,
        journey=mine[-1] if facts.exists else None,
        segment=connection.scalar(select(segment.c.id).where(segment.c.name == SEGMENT)),
        segment_name=SEGMENT,
        day_seconds=DAY_SECONDS,
        started_at=row.started_at,
        steps=_steps(facts),
        people=_people(connection, plans, facts),
    )


@dataclass
class _Facts:
    """What happened on the tour. `inside` is by the people's keys, `messages` by key and node."""

    contacts: dict[str, int]
    exists: bool = False
    published_at: int | None = None
    inside: dict[str, Row[Any]] = field(default_factory=dict)
    messages: dict[tuple[str, str], Row[Any]] = field(default_factory=dict)
    events: dict[str, int] = field(default_factory=dict)
    """When Mario did something first, by the event's name."""


def _facts(connection: Connection, row: Row[Any], number: int) -> _Facts:
    contacts = {key: int(who) for key, who in row.contacts.items()}
    facts = _Facts(contacts)
    keys = {who: key for key, who in contacts.items()}
    current = connection.execute(
        select(plan.c.published_at)
        .select_from(journey.outerjoin(plan, plan.c.id == journey.c.plan))
        .where(journey.c.id == number)
    ).one_or_none()
    facts.exists = current is not None
    facts.published_at = None if current is None else current.published_at
    entered = enrolment.c.root.is_(None) & (enrolment.c.journey == number)
    for one in connection.execute(
        select(enrolment).where(entered, among(enrolment.c.contact, keys)).order_by(enrolment.c.id)
    ):
        facts.inside[keys[one.contact]] = one
    sent = (
        select(message, sandbox_message.c.id.label("sandbox"))
        .outerjoin(
            sandbox_message,
            and_(sandbox_message.c.send_key == message.c.send_key, sandbox_message.c.address != RECOGNISED),
        )
        .where(message.c.journey == number, among(message.c.contact, keys))
    )
    for one in connection.execute(sent):
        facts.messages[keys[one.contact], one.node] = one
    if MARIO in facts.inside:
        did = select(event.c.name, event.c.at).where(
            event.c.contact == contacts[MARIO],
            event.c.name.in_((VISITED, ORDER_COMPLETED)),
            event.c.at >= facts.inside[MARIO].entered_at,
        )
        for one in connection.execute(did.order_by(event.c.at)):
            facts.events.setdefault(one.name, one.at)
    return facts


def _steps(facts: _Facts) -> list[StepOut]:
    email = facts.messages.get((MARIO, EMAIL))
    text = facts.messages.get((MARIO, COUPON_SMS))
    reminder = facts.messages.get((LUCIA, REMINDER))
    mario = facts.inside.get(MARIO)
    all_in = max((one.entered_at for one in facts.inside.values()), default=None)
    converted = None
    if mario is not None and (mario.result or "").startswith("converted"):
        converted = mario.ended_at
    moments: Mapping[StepKey, tuple[int | None, Row[Any] | None]] = {
        "publish": (facts.published_at, None),
        "enter": (all_in if len(facts.inside) == len(PEOPLE) else None, None),
        "arrived": (_sent_at(email), email),
        "opened": (None if email is None else email.opened_at or email.clicked_at, email),
        "clicked": (None if email is None else email.clicked_at, email),
        "visited": (facts.events.get(VISITED), None),
        "reminded": (_sent_at(reminder), reminder),
        "texted": (_sent_at(text), text),
        "bought": (facts.events.get(ORDER_COMPLETED), None),
        "converted": (converted, None),
    }
    return [
        StepOut(key=key, done=at is not None, at=at, message=None if about is None else about.sandbox)
        for key, (at, about) in moments.items()
    ]


def _sent_at(row: Row[Any] | None) -> int | None:
    return row.created_at if row is not None and row.state == "accepted" else None


def _people(connection: Connection, plans: Plans, facts: _Facts) -> list[TourPerson]:
    return [
        TourPerson(
            key=one.key,
            name=one.name,
            contact=facts.contacts[one.key],
            story=one.story,
            stands=_stands(connection, plans, facts.inside.get(one.key)),
            result=None if one.key not in facts.inside else facts.inside[one.key].result,
            wake_at=None if one.key not in facts.inside else facts.inside[one.key].wake_at,
        )
        for one in PEOPLE
    ]


def _stands(connection: Connection, plans: Plans, row: Row[Any] | None) -> str | None:
    if row is None:
        return None
    if row.place == "ended":
        return f'Ended with "{row.result}"'
    label = plans.get(connection, row.plan).plan.nodes[row.position].label
    return {"resting": f"Waits at {label}", "parked": f"Is parked at {label}"}.get(
        row.place, f"Is on the way to {label}"
    )
