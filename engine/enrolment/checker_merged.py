"""The invariants about contacts who turned out to be one: nothing is left behind, and nobody is in twice by it."""

from collections.abc import Iterable, Iterator

from sqlalchemy import Connection, func, select
from sqlalchemy.orm import aliased

from engine.audience.recognition import ANONYMOUS
from engine.enrolment.plans import Plans
from engine.store.tables import contact, coupon, enrolment, entry, event, identity, message, recognition

_SHOWN = 20
_e = enrolment.c
_OWNED = (enrolment, entry, identity, recognition, event, message, coupon)


def left_behind(connection: Connection) -> Iterator[list[str]]:
    """11: nothing belongs to a contact who was merged into another, strands are their enrolment's contact's, and a visitor's
    id is the contact's who was recognised last."""
    for table in _OWNED:
        rows = connection.execute(
            select(table.c.contact, contact.c.merged_into, func.count().label("rows"))
            .join(contact, contact.c.id == table.c.contact)
            .where(contact.c.merged_into.is_not(None))
            .group_by(table.c.contact, contact.c.merged_into)
            .limit(_SHOWN)
        )
        yield [
            f"11: {row.rows} rows of {table.name} are contact {row.contact}'s, who was merged into {row.merged_into}"
            for row in rows
        ]
    root = aliased(enrolment)
    strands = select(_e.id, _e.root).join(root, root.c.id == _e.root).where(root.c.contact != _e.contact)
    yield [
        f"11: strand {row.id} is another contact's than its enrolment {row.root}"
        for row in connection.execute(strands.limit(_SHOWN))
    ]
    later = aliased(recognition)
    last = (
        select(func.max(later.c.at))
        .where(later.c.visitor == identity.c.value)
        .correlate(identity)
        .scalar_subquery()
    )
    visitors = (
        select(identity.c.value, identity.c.contact, recognition.c.contact.label("last"))
        .select_from(identity)
        .join(
            recognition,
            (recognition.c.visitor == identity.c.value) & (recognition.c.at == last),
            isouter=True,
        )
        .where(identity.c.kind == ANONYMOUS, recognition.c.contact.is_distinct_from(identity.c.contact))
    )
    yield [
        f"11: visitor {row.value!r} names contact {row.contact}, and was recognised last as {row.last}"
        for row in connection.execute(visitors.limit(_SHOWN))
    ]


def over_the_rule(connection: Connection, plans: Plans) -> Iterable[str]:
    """9: journeys all of whose plans let a contact in once: nobody was let in twice, as whomever they were known; and who
    is inside, was not there before as somebody else."""
    used: dict[int, set[int]] = {}
    for row in connection.execute(select(_e.journey, _e.plan).where(_e.root.is_(None)).distinct()):
        used.setdefault(row.journey, set()).add(row.plan)
    once = [
        journey
        for journey, listed in sorted(used.items())
        if all(plans.get(connection, plan).plan.settings.reentry.rule == "once" for plan in listed)
    ]
    if not once:
        return
    known_as = func.count(func.distinct(func.coalesce(_e.origin, _e.contact)))
    people = (
        select(_e.journey, _e.contact, known_as.label("people"))
        .where(_e.journey.in_(once), _e.root.is_(None))
        .group_by(_e.journey, _e.contact)
        .subquery()
    )
    times = entry.c["count"]
    twice = (
        select(entry.c.journey, entry.c.contact, times.label("times"))
        .join(
            people,
            (people.c.journey == entry.c.journey) & (people.c.contact == entry.c.contact),
            isouter=True,
        )
        .where(entry.c.journey.in_(once), times > 1, times > func.coalesce(people.c.people, 1))
    )
    for person in connection.execute(twice.limit(_SHOWN)):
        yield f"9: contact {person.contact} entered journey {person.journey} {person.times} times, against its rule"
    before = aliased(enrolment)
    again = (
        select(_e.id, _e.journey, before.c.id.label("earlier"))
        .join(before, (before.c.contact == _e.contact) & (before.c.journey == _e.journey))
        .where(
            _e.journey.in_(once), _e.root.is_(None), before.c.root.is_(None), _e.place != "ended",
            before.c.entered_at < _e.entered_at,
        )
    )  # fmt: skip
    for one in connection.execute(again.limit(_SHOWN)):
        yield f"9: enrolment {one.id} of journey {one.journey} lives beside an earlier one, {one.earlier}"
