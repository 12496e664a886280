"""Goals: watched from the entry on, for as long as the enrolment lives, each until it is reached."""

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import Connection, select

from engine.audience.events import Recorded, recorded_of
from engine.enrolment.matching import Keys, keys_of
from engine.enrolment.plans import Published
from engine.enrolment.takeout import TakeOut, standing_where
from engine.flow.plan import Goal
from engine.journey.traveller import Happening, Hit, Traveller
from engine.journey.waits import first_hit
from engine.store.sets import among
from engine.store.tables import enrolment, event, step

_NO_KEYS: Keys = {}


def goal_hit(
    published: Published, root: Traveller, reached: Iterable[str], happenings: Sequence[Happening], keys: Keys
) -> tuple[Goal, Hit] | None:
    """The first goal, in the plan's order, that one of the events is for: events after the entry count."""
    since, order = root.entry
    done = set(reached)
    for goal in published.plan.goals:
        if goal.node in done:
            continue
        hit = first_hit(goal.arms, happenings, keys, since, order, None)
        if hit is not None:
            return goal, hit
    return None


def reached_goals(connection: Connection, roots: Iterable[int], nodes: Sequence[str]) -> dict[int, set[str]]:
    """Which of the goals that lead on to a node each enrolment has reached already."""
    wanted = list(roots)
    found: dict[int, set[str]] = {}
    if wanted and nodes:
        rows = connection.execute(
            select(step.c.strand, step.c.node).where(
                among(step.c.strand, wanted), step.c.node.in_(sorted(set(nodes)))
            )
        )
        for strand, node in rows:
            found.setdefault(strand, set()).add(node)
    return found


def look_back(
    connection: Connection, published: Published, entered: Mapping[int, int]
) -> list[tuple[Traveller, str]]:
    """Reach goals by events that are there already and happened after the entry, such as those that came before the one
    that caused it: {enrolment: contact}, just entered. Gives the enrolments that ended, with their results."""
    names = sorted({name for goal in published.plan.goals for arm in goal.arms for name in arm.events})
    if not names or not entered:
        return []
    standing = standing_where(connection, among(enrolment.c.id, entered))
    earliest = min((one.traveller.entered_at for one in standing), default=0)
    rows = connection.execute(
        select(event).where(
            among(event.c.contact, set(entered.values())),
            event.c.name.in_(names),
            event.c.at >= earliest,
        )
    )
    by_contact: dict[int, list[Recorded]] = {}
    for row in rows:
        by_contact.setdefault(row.contact, []).append(recorded_of(row))
    concerned = [one for one in standing if one.traveller.contact in by_contact]
    if not concerned:
        return []
    keys = keys_of(
        connection,
        [arm for goal in published.plan.goals for arm in goal.arms],
        {one.traveller.root: one.traveller.contact for one in concerned},
    )
    scope = TakeOut(connection, published, concerned)
    for one in concerned:
        happenings = [each.happening() for each in by_contact[one.traveller.contact]]
        found = goal_hit(published, one.traveller, (), happenings, keys.get(one.traveller.root, _NO_KEYS))
        if found is not None:
            scope.lane = one.lane
            scope.reach(one.traveller, (), *found)
    scope.write()
    return scope.over
