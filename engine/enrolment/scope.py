"""One transaction of a leg over a group: who still holds the fence, and what becomes of them.

What the runner decides is gathered as fates and written when the scope closes, a set at a time. Strands share their
parent's row, so a parent is read when its first strand ends here and written with the rest.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, select, update

from engine.enrolment.matching import look
from engine.enrolment.rows import INSERT_COLUMNS, MEMBER_COLUMNS, traveller_of
from engine.flow.plan import Fork, Merge, Plan, PlanNode, Wait
from engine.journey.host import Listening
from engine.journey.traveller import MERGED, Hit, Traveller
from engine.store.bulk import insert_rows
from engine.store.ids import new_ids
from engine.store.sets import among
from engine.store.tables import enrolment, step

OVERTAKEN = "overtaken"
"""The result of a strand that another one outran to a merge of any."""

_SET_LIMIT = 24
_STEP_COLUMNS = ("strand", "no", "node", "port", "cause", "at", "output", "at_order")


@dataclass(frozen=True, slots=True)
class Fate:
    """The columns that a scope writes for one strand, besides those of its traveller."""

    place: str
    reason: str | None = None
    since: int | None = None
    wake_at: int | None = None
    pending: int = 0
    result: str | None = None


@dataclass(slots=True)
class _Parent:
    traveller: Traveller
    pending: int
    ended: list[tuple[int, int, str]]
    """Its strands that have ended: (at, strand, result)."""


class StoreScope:
    """A Scope on the store. See `engine.journey.host.Scope` for what each decision means."""

    def __init__(
        self, connection: Connection, plan: Plan, cohort: int, group: Sequence[Traveller], paused: bool
    ) -> None:
        self._connection = connection
        self._plan = plan
        self._cohort = cohort
        self._paused = paused
        self._fates: dict[int, Fate] = {}
        self._travellers: dict[int, Traveller] = {}
        self._born: dict[int, Traveller] = {}
        self._parents: dict[int, _Parent] = {}
        self._dropped: set[int] = set()
        self.held = self._fenced(group)

    def _fenced(self, group: Sequence[Traveller]) -> list[Traveller]:
        rows = self._connection.execute(
            select(enrolment.c.id, enrolment.c.step).where(
                among(enrolment.c.id, [traveller.strand for traveller in group]),
                enrolment.c.cohort == self._cohort,
            )
        )
        steps: dict[int, int] = {row[0]: row[1] for row in rows}
        return [traveller for traveller in group if steps.get(traveller.strand) == traveller.fence]

    @property
    def committed(self) -> list[Traveller]:
        """Everyone that this scope wrote."""
        return list(self._travellers.values())

    # ------------------------------------------------------------------------------------------- decisions

    def look(self, node: PlanNode, wait: Wait, listening: Sequence[Listening]) -> list[Hit | None]:
        """For each, the earliest committed event that ends its wait."""
        return look(self._connection, wait, listening)

    def onward(self, traveller: Traveller) -> None:
        """Commit the trail; it stays moving."""
        self._decide(traveller, Fate("moving"))

    def rest(self, traveller: Traveller, wake_at: int | None, since: int | None, reason: str | None) -> None:
        """Rest at the position. One that was to rest for a pause which has ended meanwhile stays moving."""
        if reason == "paused" and not self._paused:
            self.onward(traveller)
            return
        traveller.place = "resting"
        traveller.since, traveller.wake_at = since, wake_at
        traveller.step += 1
        self._decide(traveller, Fate("resting", reason, since, wake_at))

    def park(self, traveller: Traveller, code: str) -> None:
        """Stop at the position until a person acts."""
        traveller.step += 1
        self._decide(traveller, Fate("parked", code))

    def end(self, traveller: Traveller, result: str) -> Traveller | None:
        """End it, and its parent if it was the last strand; or give back the parent that goes on behind its merge."""
        if traveller.strand in self._dropped:
            return None
        self._decide(traveller, Fate("ended", result=result))
        if traveller.parent is None:
            return None
        parent = self._count_down(traveller, result)
        if parent.pending > 0:
            return None
        if any(outcome == MERGED for _, _, outcome in parent.ended):
            return self._revive(parent, self._merge_of(parent))
        _, _, last = max(parent.ended)
        parent.traveller.at = max(at for at, _, _ in parent.ended)
        parent.traveller.step += 1
        return self.end(parent.traveller, last)

    def fork(self, traveller: Traveller, fork: Fork) -> list[Traveller]:
        """Let it rest for its strands, and give these."""
        node = self._plan.nodes[traveller.position]
        strands = []
        for strand, port in zip(new_ids(len(fork.ports)), fork.ports, strict=True):
            child = Traveller(
                strand=strand,
                root=traveller.root,
                parent=traveller.strand,
                contact=traveller.contact,
                place="moving",
                position=traveller.position,
                step=1,
                visit=1,
                at=traveller.at,
                at_order=traveller.at_order,
                entered_at=traveller.entered_at,
                entered_order=traveller.entered_order,
                timezone=traveller.timezone,
                cause=traveller.cause,
                trigger=traveller.trigger,
            )
            child.leave(self._plan, port, child.at, order=child.at_order)
            self._born[strand] = child
            self._decide(child, Fate("moving"))
            strands.append(child)
        traveller.place = "resting"
        traveller.step += 1
        self._decide(traveller, Fate("resting", "strands", pending=len(strands)))
        assert set(fork.ports) <= set(node.ports)
        return strands

    def arrive(self, traveller: Traveller, merge: str) -> Traveller | None:
        """End the strand at its merge; give back the parent once it may move on."""
        operation = self._plan.nodes[merge].operation
        assert isinstance(operation, Merge)
        if traveller.strand in self._dropped or traveller.parent is None:
            return None
        traveller.step += 1
        self._decide(traveller, Fate("ended", result=MERGED))
        parent = self._count_down(traveller, MERGED)
        if operation.mode == "any":
            self._end_others(parent)
            return self._revive(parent, merge, at=traveller.at, order=traveller.at_order)
        return self._revive(parent, merge) if parent.pending == 0 else None

    # ------------------------------------------------------------------------------------------- strands

    def _count_down(self, strand: Traveller, result: str) -> _Parent:
        assert strand.parent is not None
        parent = self._parents.get(strand.parent)
        if parent is None:
            parent = self._parents[strand.parent] = self._read_parent(strand.parent)
        parent.pending -= 1
        parent.ended.append((strand.at, strand.strand, result))
        self._decide(parent.traveller, Fate("resting", "strands", pending=parent.pending))
        return parent

    def _read_parent(self, parent: int) -> _Parent:
        known = self._travellers.get(parent)
        if known is not None:
            return _Parent(known, self._fates[parent].pending, [])
        row = self._connection.execute(
            select(*MEMBER_COLUMNS, enrolment.c.pending).where(enrolment.c.id == parent)
        ).one()
        siblings = self._connection.execute(
            select(enrolment.c.ended_at, enrolment.c.id, enrolment.c.result).where(
                enrolment.c.parent == parent, enrolment.c.place == "ended"
            )
        )
        traveller = traveller_of(row[:-1])
        return _Parent(traveller, row.pending, [(at, strand, result) for at, strand, result in siblings])

    def _merge_of(self, parent: _Parent) -> str:
        operation = self._plan.nodes[parent.traveller.position].operation
        assert isinstance(operation, Fork)
        assert operation.merge is not None
        return operation.merge

    def _revive(
        self, parent: _Parent, merge: str, at: int | None = None, order: int | None = None
    ) -> Traveller:
        traveller = parent.traveller
        traveller.place = "moving"
        traveller.position = merge
        if at is None:
            at = max(ended for ended, _, _ in parent.ended)
        if at >= traveller.at:
            traveller.at, traveller.at_order = at, order
        traveller.visit = traveller.step
        self._decide(traveller, Fate("moving"))
        return traveller

    def _end_others(self, parent: _Parent) -> None:
        """End every other live strand below the parent, wherever it is."""
        family = self._connection.execute(
            select(*MEMBER_COLUMNS).where(
                enrolment.c.root == parent.traveller.root, enrolment.c.place != "ended"
            )
        )
        live = {row.id: traveller_of(row) for row in family} | {
            strand: child for strand, child in self._born.items() if child.root == parent.traveller.root
        }
        below = {parent.traveller.strand}
        for strand in sorted(live):
            other = live[strand]
            if other.parent not in below:
                continue
            below.add(strand)
            fate = self._fates.get(strand)
            if strand in self._dropped or (fate is not None and fate.place == "ended"):
                continue
            known = self._travellers.get(strand, other)
            known.trail = []
            known.step += 1
            self._decide(known, Fate("ended", result=OVERTAKEN))
            self._dropped.add(strand)
        parent.pending = 0

    # ------------------------------------------------------------------------------------------- writing

    def _decide(self, traveller: Traveller, fate: Fate) -> None:
        self._travellers[traveller.strand] = traveller
        self._fates[traveller.strand] = fate

    def write(self) -> None:
        """Write every fate and every trail."""
        self._insert_born()
        groups: dict[tuple[object, ...], list[int]] = {}
        for strand, fate in self._fates.items():
            if strand not in self._born:
                groups.setdefault(self._columns(self._travellers[strand], fate), []).append(strand)
        if len(groups) <= _SET_LIMIT:
            for values, strands in groups.items():
                self._update_set(values, strands)
        else:
            self._update_each(groups)
        rows = [
            (
                traveller.strand,
                passed.no,
                passed.node,
                passed.port,
                passed.cause,
                passed.at,
                passed.output,
                passed.order,
            )
            for traveller in self._travellers.values()
            for passed in traveller.trail
        ]
        insert_rows(self._connection, step, _STEP_COLUMNS, rows)

    def _columns(self, traveller: Traveller, fate: Fate) -> tuple[object, ...]:
        keeps_cohort = fate.place in ("moving", "resting")
        return (
            fate.place, fate.reason, traveller.step, traveller.position, traveller.visit, traveller.attempt,
            self._cohort if keeps_cohort else None, traveller.at, traveller.at_order, fate.since, fate.wake_at,
            fate.pending, traveller.at if fate.place == "ended" else None, fate.result,
            None if fate.since is None else traveller.since_order,
        )  # fmt: skip

    def _update_set(self, values: tuple[object, ...], strands: list[int]) -> None:
        result = self._connection.execute(
            update(enrolment)
            .where(among(enrolment.c.id, strands))
            .values(dict(zip(_WRITTEN, values, strict=True)))
        )
        assert result.rowcount == len(strands), "rows were read under the contacts' locks"

    def _update_each(self, groups: dict[tuple[object, ...], list[int]]) -> None:
        statement = (
            update(enrolment)
            .where(enrolment.c.id == bindparam("strand"))
            .values({name: bindparam(f"new_{name}") for name in _WRITTEN})
        )
        names = [f"new_{name}" for name in _WRITTEN]
        rows = [
            {"strand": strand, **dict(zip(names, values, strict=True))}
            for values, strands in groups.items()
            for strand in strands
        ]
        self._connection.execute(statement, rows)

    def _insert_born(self) -> None:
        if not self._born:
            return
        parents = {
            row.id: row
            for row in self._connection.execute(
                select(
                    enrolment.c.id,
                    enrolment.c.journey,
                    enrolment.c.plan,
                    enrolment.c.lane,
                    enrolment.c.single,
                ).where(among(enrolment.c.id, {child.root for child in self._born.values()}))
            )
        }
        rows = []
        for strand, child in self._born.items():
            root, fate = parents[child.root], self._fates[strand]
            written = dict(zip(_WRITTEN, self._columns(child, fate), strict=True))
            fixed = {
                "id": strand, "root": child.root, "parent": child.parent, "journey": root.journey,
                "plan": root.plan, "contact": child.contact, "cause": child.cause, "lane": root.lane,
                "single": root.single, "trigger": child.trigger, "entered_at": child.entered_at,
                "entered_order": child.entered_order,
            }  # fmt: skip
            row = {**fixed, **written}
            rows.append(tuple(row[name] for name in INSERT_COLUMNS))
        insert_rows(self._connection, enrolment, INSERT_COLUMNS, rows)


_WRITTEN = (
    "place", "reason", "step", "position", "visit", "attempt", "cohort", "at", "at_order", "since", "wake_at",
    "pending", "ended_at", "result", "since_order",
)  # fmt: skip
