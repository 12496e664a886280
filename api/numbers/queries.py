"""The numbers of a journey, read from its tallies: what they cost does not depend on how many have entered."""

from collections import Counter
from collections.abc import Iterable, Mapping

from sqlalchemy import Connection, select

from api.errors import NotFound
from api.numbers.schemas import NodeNumbers, Numbers
from engine.enrolment.drafts import unknown_journey
from engine.enrolment.plans import Plans
from engine.enrolment.tally import EVERYTHING, STANDING, Count, Period, read_tallies
from engine.flow.plan import Plan
from engine.store.tables import journey, plan

_LIVE = ("admitted", "moving", "resting", "parked")


def read_numbers(
    connection: Connection, plans: Plans, number: int, version: int | None = None, period: Period = EVERYTHING
) -> Numbers:
    """Where the enrolments of a journey, or of one version of it, are and have been."""
    found = connection.execute(select(journey.c.plan).where(journey.c.id == number)).one_or_none()
    if found is None:
        raise unknown_journey(number)
    mine = select(plan.c.id).where(plan.c.journey == number)
    shown: int | None = found.plan
    if version is not None:
        mine = mine.where(plan.c.number == version)
        shown = connection.scalar(mine)
        if shown is None:
            raise NotFound(f"The journey {number} has no version {version}. Look it up among its plans.")
    counts = read_tallies(connection, mine, period)
    used = {count.plan for count in counts} | ({shown} if shown is not None else set())
    drawn = {one: plans.get(connection, one).plan for one in used}
    return _numbers(counts, drawn, shown, whole=period.whole)


def _numbers(
    counts: Iterable[Count], drawn: Mapping[int, Plan], shown: int | None, *, whole: bool
) -> Numbers:
    # The nodes of the version that is shown come in the order in which contacts come to them; then those of others.
    order = [] if shown is None else [(shown, node) for node in drawn[shown].order]
    nodes = {node: NodeNumbers(label=drawn[of].nodes[node].label) for of, node in order}
    places, results = Counter[str](), Counter[str]()
    entered = 0
    beginnings = {of: _beginnings(one) for of, one in drawn.items()}

    def at(of: int, node: str) -> NodeNumbers:
        known = drawn[of].nodes.get(node)
        return nodes.setdefault(node, NodeNumbers(label=node if known is None else known.label))

    for one in counts:
        if one.kind == "entered":
            entered += one.count
        elif one.kind == "ended":
            results[one.name] += one.count
        elif one.kind == "left":
            left = at(one.plan, one.node).left
            left[one.name] = left.get(one.name, 0) + one.count
            target = _target(drawn[one.plan], one.node, one.name)
            if target is not None:
                at(one.plan, target).entered += one.count
        if one.kind in ("root", "forked"):
            places[one.name] += one.count
        if one.kind in ("root", "strand"):
            here = at(one.plan, one.node)
            setattr(here, one.name, getattr(here, one.name) + one.count)
        # Nothing leads to a trigger or a goal: whoever left it, or stands there, has come to it.
        if one.node in beginnings[one.plan] and (one.kind == "left" or (whole and one.kind in STANDING)):
            at(one.plan, one.node).entered += one.count
    return Numbers(
        entered=entered,
        **{place: places[place] for place in _LIVE},
        ended=sum(results.values()),
        results=dict(sorted(results.items())),
        nodes=nodes,
    )


def _target(drawn: Plan, node: str, port: str) -> str | None:
    known = drawn.nodes.get(node)
    return None if known is None else known.ports.get(port)


def _beginnings(drawn: Plan) -> frozenset[str]:
    """The nodes to which no port leads."""
    targets = {target for node in drawn.nodes.values() for target in node.ports.values()}
    return frozenset(drawn.nodes.keys() - targets)
