"""One transaction over a group: who still holds the fence, and what becomes of them.

What the runner decides is gathered as fates and written when the scope closes, a set at a time. Strands share their
parent's row, so a parent is read when its first strand ends here and written with the rest.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from operator import itemgetter
from typing import Any, NamedTuple

from sqlalchemy import BindParameter, Connection, Update, bindparam, select, update

from engine.enrolment.matching import look
from engine.enrolment.plans import Published
from engine.enrolment.rows import INSERT_COLUMNS, MEMBER_COLUMNS, traveller_of
from engine.enrolment.tally import Changes, Key, ended, left, stands, write_changes
from engine.flow.plan import Fork, Merge, PlanNode, Wait
from engine.journey.host import Listening
from engine.journey.traveller import MERGED, OVERTAKEN, Hit, Moment, Traveller
from engine.store.bulk import insert_rows
from engine.store.fetch import Query
from engine.store.ids import new_ids
from engine.store.sets import among, among_given
from engine.store.tables import enrolment, step

_SET_LIMIT = 24
_FENCES = Query(
    select(
        enrolment.c.id,
        enrolment.c.step,
        enrolment.c.place,
        enrolment.c.position,
        enrolment.c.reason,
        enrolment.c.contact,
    ).where(among_given(enrolment.c.id, "strands"), enrolment.c.cohort == bindparam("of_cohort"))
)
_STEP_COLUMNS = ("strand", "no", "node", "port", "cause", "at", "at_order", "output")
_NODE_PORT_AT = itemgetter(2, 3, 5)


class Fate(NamedTuple):
    """The columns that a scope writes for one strand, besides those of its traveller."""

    place: str
    reason: str | None = None
    since: int | None = None
    wake_at: int | None = None
    pending: int = 0
    result: str | None = None


_MOVING = Fate("moving")


@dataclass(slots=True)
class _Parent:
    traveller: Traveller
    pending: int
    ended: list[tuple[Moment, int, str]]
    """The strands of its present fork that have ended: (moment, strand, result)."""


class StoreScope:
    """A Scope on the store. See `engine.journey.host.Scope` for what each decision means."""

    going_on = "moving"
    """The place of whoever goes on."""

    def __init__(
        self, connection: Connection, published: Published, cohort: int | None, group: Sequence[Traveller],
        paused: bool,
    ) -> None:  # fmt: skip
        self._connection = connection
        self._published = published
        self._plan = published.plan
        self._cohort = cohort
        self._paused = paused
        self._fates: dict[int, Fate] = {}
        self._travellers: dict[int, Traveller] = {}
        self._born: dict[int, tuple[Traveller, int]] = {}
        """Strands made here, each with the visit in which its parent forked."""
        self._parents: dict[int, _Parent] = {}
        self._families: dict[int, list[Traveller]] = {}
        self._dropped: set[int] = set()
        self._stood: dict[int, Key | None] = {}
        """What each one counted under, as its row was read."""
        self.held = self._fenced(group)
        self._here = {traveller.strand for traveller in self.held}

    def _fenced(self, group: Sequence[Traveller]) -> list[Traveller]:
        strands = [traveller.strand for traveller in group]
        rows = _FENCES.rows(self._connection, strands=strands, of_cohort=self._cohort)
        found = {row[0]: row for row in rows}
        held = []
        for traveller in group:
            row = found.get(traveller.strand)
            # Merged meanwhile, it is another contact's, whom nobody has locked here: it stays, for the next leg.
            if row is not None and row[1] == traveller.fence and row[5] == traveller.contact:
                self._stood[traveller.strand] = stands(traveller.parent is None, row[3], row[2], row[4])
                held.append(traveller)
        return held

    @property
    def committed(self) -> list[Traveller]:
        """Everyone that this scope wrote."""
        return list(self._travellers.values())

    @property
    def over(self) -> list[tuple[Traveller, str]]:
        """The enrolments that ended here, strands not counted, each with its result."""
        return [
            (traveller, fate.result or "")
            for strand, fate in self._fates.items()
            if fate.place == "ended" and (traveller := self._travellers[strand]).parent is None
        ]

    # ------------------------------------------------------------------------------------------- decisions

    def look(self, node: PlanNode, wait: Wait, listening: Sequence[Listening]) -> list[Hit | None]:
        """For each, the earliest committed event that ends its wait."""
        return look(self._connection, wait, listening)

    def onward(self, traveller: Traveller) -> None:
        """Commit the trail; it stays moving."""
        self._decide(traveller, _MOVING)

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
            return self._revive(parent, self._merge_of(parent), _latest(parent))
        _, _, last = max(parent.ended, key=lambda one: (one[0][0], one[1]))
        _set_moment(parent.traveller, _latest(parent))
        parent.traveller.step += 1
        return self.end(parent.traveller, last)

    def fork(self, traveller: Traveller, fork: Fork) -> list[Traveller]:
        """Let it rest for its strands, and give these."""
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
                origin=traveller.origin,
            )
            child.leave(self._plan, port, child.at)
            self._born[strand] = (child, traveller.visit)
            self._decide(child, _MOVING)
            strands.append(child)
        traveller.place = "resting"
        traveller.step += 1
        self._decide(traveller, Fate("resting", "strands", pending=len(strands)))
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
            self.end_below(parent.traveller, OVERTAKEN)
            parent.pending = 0
            return self._revive(parent, merge, traveller.moment)
        return self._revive(parent, merge, _latest(parent)) if parent.pending == 0 else None

    # ------------------------------------------------------------------------------------------- strands

    def _count_down(self, strand: Traveller, result: str) -> _Parent:
        assert strand.parent is not None
        parent = self._parent(strand.parent)
        parent.pending -= 1
        parent.ended.append((strand.moment, strand.strand, result))
        self._decide(parent.traveller, Fate("resting", "strands", pending=parent.pending))
        return parent

    def _parent(self, parent: int) -> _Parent:
        known = self._parents.get(parent)
        if known is None and parent in self._travellers:
            known = self._parents[parent] = _Parent(self._travellers[parent], self._fates[parent].pending, [])
        if known is None:
            group = {traveller.parent for traveller in self.held if traveller.parent is not None}
            self._read_parents((group | {parent}) - self._parents.keys() - self._travellers.keys())
            known = self._parents[parent]
        return known

    def _read_parents(self, parents: set[int]) -> None:
        rows = self._connection.execute(
            select(*MEMBER_COLUMNS, enrolment.c.pending, enrolment.c.reason).where(
                among(enrolment.c.id, parents)
            )
        )
        zones = {traveller.contact: traveller.timezone for traveller in self.held}
        for row in rows:
            traveller = traveller_of(row[:-2], zones.get(row.contact))
            self._found(traveller, row.reason)
            self._parents[row.id] = _Parent(traveller, row.pending, [])
        forked = enrolment.alias()
        ended = self._connection.execute(
            select(
                enrolment.c.parent, enrolment.c.at, enrolment.c.at_order, enrolment.c.id, enrolment.c.result
            )
            .join(forked, forked.c.id == enrolment.c.parent)
            .where(
                among(enrolment.c.root, {self._parents[parent].traveller.root for parent in parents}),
                among(enrolment.c.parent, parents),
                enrolment.c.place == "ended",
                enrolment.c.fork == forked.c.visit,
            )
        )
        for parent, at, order, strand, result in ended:
            self._parents[parent].ended.append(((at, -1 if order is None else order), strand, result))

    def _merge_of(self, parent: _Parent) -> str:
        operation = self._plan.nodes[parent.traveller.position].operation
        assert isinstance(operation, Fork)
        assert operation.merge is not None
        return operation.merge

    def _revive(self, parent: _Parent, merge: str, moment: Moment) -> Traveller:
        traveller = parent.traveller
        traveller.place = "moving"
        traveller.position = merge
        _set_moment(traveller, moment)
        self._decide(traveller, _MOVING)
        return traveller

    def end_below(self, parent: Traveller, result: str) -> None:
        """End every live strand below a parent, wherever it is."""
        live = {strand.strand: self._travellers.get(strand.strand, strand) for strand in self._family(parent)}
        live |= {strand: child for strand, (child, _) in self._born.items() if child.root == parent.root}
        below = {parent.strand}
        found = True
        while found:
            met = [strand for strand, each in live.items() if each.parent in below]
            found = bool(met)
            for strand in met:
                below.add(strand)
                self._cut_off(live.pop(strand), result)

    def _cut_off(self, strand: Traveller, result: str) -> None:
        fate = self._fates.get(strand.strand)
        if strand.strand in self._dropped or (fate is not None and fate.place == "ended"):
            return
        if fate is None:  # what it did meanwhile without being decided here is void
            strand.trail, strand.step = [], strand.fence
        strand.step += 1
        self._decide(strand, Fate("ended", result=result))
        self._dropped.add(strand.strand)

    def _family(self, parent: Traveller) -> list[Traveller]:
        """The live strands of the parent's enrolment, as they were when this scope first asked."""
        if parent.root not in self._families:
            roots = {parent.root} | {t.root for t in self.held if t.parent is not None}
            rows = self._connection.execute(
                select(*MEMBER_COLUMNS, enrolment.c.reason)
                .where(among(enrolment.c.root, roots), enrolment.c.place != "ended")
                .order_by(enrolment.c.id)
                # A drain sets them moving without their contacts' locks: where they stood is counted once.
                .with_for_update(key_share=True)
            )
            self._families |= {root: [] for root in roots}
            for row in rows:
                traveller = traveller_of(row[:-1])
                self._found(traveller, row.reason)
                self._families[row.root].append(traveller)
        return self._families[parent.root]

    def _found(self, traveller: Traveller, reason: str | None) -> None:
        """Keep where one stood whose row was read just now."""
        key = stands(traveller.parent is None, traveller.position, traveller.place, reason)
        self._stood.setdefault(traveller.strand, key)

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
            (traveller.strand, passed.no, passed.node, passed.port, passed.cause, passed.at, passed.order,
             passed.output)
            for traveller in self._travellers.values()
            for passed in traveller.trail
        ]  # fmt: skip
        insert_rows(self._connection, step, _STEP_COLUMNS, rows)
        self._tally(Counter(map(_NODE_PORT_AT, rows)))

    def _tally(self, steps: Counter[tuple[str, str, int]]) -> None:
        """Count what this scope changes: who stands elsewhere now, who has left which node, who has ended."""
        # Many do the same at the same time: what a thousand did is put into words once.
        stood = Counter(map(self._stood.get, self._fates))
        fates = Counter(
            (
                t.parent is None,
                fate.place,
                fate.reason,
                fate.result,
                t.position,
                t.at if fate.place == "ended" else 0,
            )
            for t, fate in zip(
                map(self._travellers.__getitem__, self._fates), self._fates.values(), strict=True
            )
        )
        changes = Changes()
        for key, count in stood.items():
            if key is not None:
                changes[key] -= count
        for (is_root, place, reason, result, position, at), count in fates.items():
            if place != "ended":
                now = stands(is_root, position, self.going_on if place == "moving" else place, reason)
                if now is not None:
                    changes[now] += count
            elif is_root:
                changes[ended(result or "", at)] += count
        for (node, port, at), count in steps.items():
            changes[left(node, port, at)] += count
        write_changes(self._connection, self._published.id, changes)

    def _columns(self, traveller: Traveller, fate: Fate) -> tuple[object, ...]:
        return (
            fate.place, fate.reason, traveller.step, traveller.position, traveller.visit, traveller.attempt,
            self._cohort_of(traveller, fate), traveller.at, traveller.at_order, fate.since,
            None if fate.since is None else traveller.since_order, fate.wake_at, fate.pending,
            traveller.at if fate.place == "ended" else None, fate.result,
        )  # fmt: skip

    def _cohort_of(self, traveller: Traveller, fate: Fate) -> int | None:
        return self._cohort if fate.place in ("moving", "resting") else None

    def _update_set(self, values: tuple[object, ...], strands: list[int]) -> None:
        written = self._written(values, strands)
        result = self._connection.execute(_update_of(tuple(written)), {"strands": strands, **_new(written)})
        assert result.rowcount == len(strands), "rows were read under the contacts' locks"

    def _update_each(self, groups: dict[tuple[object, ...], list[int]]) -> None:
        rows: dict[tuple[str, ...], list[dict[str, object]]] = {}
        for values, strands in groups.items():
            written = self._written(values, strands)
            given = _new(written)
            rows.setdefault(tuple(written), []).extend({"strand": strand, **given} for strand in strands)
        for names, given_rows in rows.items():
            self._connection.execute(_update_of_one(names), given_rows)

    def _written(self, values: tuple[object, ...], strands: list[int]) -> dict[str, object]:
        """What is to be written of strands that end up alike, by column. Indexes hold some columns: where those stay as they
        are, they are not written, so that the indexes are left alone."""
        written = dict(zip(_WRITTEN, values, strict=True))
        if written["place"] != "ended":
            del written["ended_at"], written["result"]
        if written["cohort"] is not None and self._here.issuperset(strands):
            del written["cohort"]
        return written

    def _insert_born(self) -> None:
        if not self._born:
            return
        e = enrolment.c
        roots = {
            row.id: row
            for row in self._connection.execute(
                select(e.id, e.journey, e.plan, e.lane, e.single).where(
                    among(e.id, {child.root for child, _ in self._born.values()})
                )
            )
        }
        rows = []
        for strand, (child, fork) in self._born.items():
            root, fate = roots[child.root], self._fates[strand]
            written = dict(zip(_WRITTEN, self._columns(child, fate), strict=True))
            fixed = {
                "id": strand, "root": child.root, "parent": child.parent, "journey": root.journey,
                "plan": root.plan, "contact": child.contact, "origin": child.origin, "cause": child.cause, "lane": root.lane,
                "single": root.single, "fork": fork, "trigger": child.trigger, "entered_at": child.entered_at,
                "entered_order": child.entered_order,
            }  # fmt: skip
            row = {**fixed, **written}
            rows.append(tuple(row[name] for name in INSERT_COLUMNS))
        insert_rows(self._connection, enrolment, INSERT_COLUMNS, rows)


def _new(written: dict[str, object]) -> dict[str, object]:
    return {f"new_{name}": value for name, value in written.items()}


def _bound(names: tuple[str, ...]) -> dict[str, BindParameter[Any]]:
    return {name: bindparam(f"new_{name}") for name in names}


@lru_cache(maxsize=16)
def _update_of(names: tuple[str, ...]) -> Update:
    """The update of some columns, alike for many strands."""
    return update(enrolment).where(among_given(enrolment.c.id, "strands")).values(_bound(names))


@lru_cache(maxsize=16)
def _update_of_one(names: tuple[str, ...]) -> Update:
    """The update of some columns of one strand."""
    return update(enrolment).where(enrolment.c.id == bindparam("strand")).values(_bound(names))


def _latest(parent: _Parent) -> Moment:
    return max(moment for moment, _, _ in parent.ended)


def _set_moment(traveller: Traveller, moment: Moment) -> None:
    at, order = moment
    traveller.at, traveller.at_order = at, None if order < 0 else order


_WRITTEN = (
    "place", "reason", "step", "position", "visit", "attempt", "cohort", "at", "at_order", "since", "since_order",
    "wake_at", "pending", "ended_at", "result",
)  # fmt: skip
