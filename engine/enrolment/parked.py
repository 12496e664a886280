"""Who is parked, by cause: enrolments and strands at one node of one plan, for one reason."""

import hashlib
from dataclasses import dataclass
from functools import cached_property

from sqlalchemy import Connection, func, select

from engine.enrolment.plans import Plans, Published
from engine.flow.plan import Exit, Fork, Merge, PlanNode
from engine.store.tables import enrolment

_SHORT = 8
_UNDECIDED = ("unknown", "unconfirmed", "cancelled", "attempts: it is not known yet")


class NoSuchCause(ValueError):
    """Nobody is parked for the cause of this id. Run `wend replay` to see the causes and their ids."""


@dataclass(frozen=True)
class ParkedGroup:
    """Enrolments (or strands) that are parked for one cause: at one node of one plan, for one reason."""

    plan: int
    number: int
    journey: str
    node: str
    label: str
    reason: str
    count: int
    ways: tuple[str, ...] = ()
    """The ports by which a person may let them leave; none at a node where strands part or meet."""

    @property
    def key(self) -> tuple[int, str, str]:
        """What makes the cause, and its place in a list whose order does not change: the newest plan first."""
        return (-self.plan, self.node, self.reason)

    @cached_property
    def short(self) -> str:
        """A short id that names this cause as long as somebody is parked for it, and later, should it come again."""
        text = f"{self.plan}\n{self.node}\n{self.reason}"
        return hashlib.blake2b(text.encode(), digest_size=_SHORT // 2).hexdigest()

    @property
    def undecided(self) -> bool:
        """Whether it is a cause for which sending again is meant: nobody knows whether it went out, or it did not."""
        return may_be_undecided(self.reason)


def may_be_undecided(reason: str) -> bool:
    """Whether somebody is parked since it is not known whether something went out, or since it was cancelled."""
    return reason.startswith(_UNDECIDED)


def ways_out(node: PlanNode) -> tuple[str, ...]:
    """The ports by which a person may let somebody leave a node: none where strands part or meet, nor at an exit."""
    return () if isinstance(node.operation, Fork | Merge | Exit) else tuple(node.ports)


def parked_groups(connection: Connection, journey_id: int | None = None) -> list[ParkedGroup]:
    """What is parked, by cause, the largest first; of one journey only, if it is given."""
    e = enrolment.c
    statement = (
        select(e.plan, e.position, e.reason, func.count().label("parked"))
        .where(e.place == "parked")
        .group_by(e.plan, e.position, e.reason)
    )
    if journey_id is not None:
        statement = statement.where(e.journey == journey_id)
    plans = Plans()
    groups = [
        _group(plans.get(connection, row.plan), row.position, row.reason, row.parked)
        for row in connection.execute(statement)
    ]
    return sorted(groups, key=lambda one: (-one.count, one.journey, one.number, one.node, one.reason))


def _group(published: Published, position: str, reason: str, count: int) -> ParkedGroup:
    node = published.plan.nodes[position]
    return ParkedGroup(
        published.id, published.number, published.journey_name, position, node.label, reason, count,
        ways_out(node),
    )  # fmt: skip


def cause_named(groups: list[ParkedGroup], short: str) -> ParkedGroup:
    """The cause of a short id. NoSuchCause where there is none, or more than one."""
    found = [one for one in groups if one.short == short.strip().lower()]
    if len(found) != 1:
        raise NoSuchCause(
            f"Nobody is parked for a cause {short!r}. Run `wend replay` to see the causes and their ids."
        )
    return found[0]
