"""Taking out: enrolments that somebody other than their leg sets moving, or ends.

Whoever is taken out leaves its cohort and is admitted: its next leg runs in a cohort of those who moved at the same time.
The old cohort's timer finds fewer, and is told nothing. The caller holds the contacts' locks, and has read the rows after.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, select

from engine.enrolment.plans import Published
from engine.enrolment.rows import MEMBER_COLUMNS, traveller_of
from engine.enrolment.scope import Fate, StoreScope
from engine.flow.plan import Exit, Goal
from engine.journey.progress import Leg, behind_merge
from engine.journey.traveller import Hit, Traveller
from engine.store.bulk import insert_rows
from engine.store.sets import among, lock_contacts
from engine.store.tables import admission, enrolment

_NO_WORLD: Any = None  # to leave a node or a merge asks the world nothing
_e = enrolment.c


Over = Sequence[tuple[Traveller, str]]
"""Enrolments that ended, each with its result."""
TellEnded = Callable[[Connection, Published, Over], None]
"""Lets others hear of enrolments of a plan that ended, within the transaction that ended them."""


@dataclass(slots=True)
class Standing:
    """An enrolment or strand as a take-out finds it."""

    traveller: Traveller
    plan: int
    journey: int
    place: str
    reason: str | None
    pending: int
    cohort: int | None
    lane: str


def standing_where(connection: Connection, *tests: ColumnElement[bool]) -> list[Standing]:
    """Those to whom the tests on `enrolment` apply, in the order of their ids, locked for the caller to change.

    A drain sets them moving without their contacts' locks: it is waited for, so that where they stood is counted once.
    """
    rows = connection.execute(
        select(*MEMBER_COLUMNS, _e.plan, _e.journey, _e.reason, _e.pending, _e.cohort, _e.lane)
        .where(*tests)
        .order_by(_e.id)
        .with_for_update(key_share=True)
    )
    return [
        Standing(
            traveller_of(row[:-6]),
            row.plan,
            row.journey,
            row.place,
            row.reason,
            row.pending,
            row.cohort,
            row.lane,
        )
        for row in rows
    ]


def standing_held(
    connection: Connection, contacts: Iterable[int], *tests: ColumnElement[bool]
) -> list[Standing]:
    """As `standing_where`, with the contacts locked before, as they were when they were looked up. Where one was merged into
    another meanwhile, that one is locked, and all is read anew."""
    held: set[int] = set()
    wanted = set(contacts)
    while True:
        lock_contacts(connection, wanted - held)
        held |= wanted
        standing = standing_where(connection, *tests)
        wanted = {one.traveller.contact for one in standing}
        if wanted <= held:
            return standing


def strands_of(connection: Connection, roots: Iterable[int]) -> list[Standing]:
    """The live strands of these enrolments."""
    listed = list(roots)
    return standing_where(connection, among(_e.root, listed), _e.place != "ended") if listed else []


class TakeOut(StoreScope):
    """A scope outside any leg, over enrolments of one plan: whoever goes on is admitted, in the `lane` of that moment.

    Whoever ends an enrolment with its strands (`reach`, `stop`) gives all its live strands in the group.
    """

    going_on = "admitted"
    exits_at_once = True
    """Whether an enrolment that comes to an exit ends here, without a leg of its own."""

    def __init__(
        self, connection: Connection, published: Published, group: Sequence[Standing], lane: str = "live"
    ) -> None:
        self._standing = {one.traveller.strand: one for one in group}
        super().__init__(connection, published, None, [one.traveller for one in group], False)
        self.lane = lane
        self._lanes: dict[int, str] = {}
        self._leg = Leg(published.plan, _NO_WORLD, 0)

    def _fenced(self, group: Sequence[Traveller]) -> list[Traveller]:
        for one in self._standing.values():
            self._found(one.traveller, one.reason)
        return list(group)

    # ------------------------------------------------------------------------------------------- decisions

    def again(self, one: Standing) -> None:
        """Set it moving where it stands, before the same node."""
        traveller = one.traveller
        traveller.step += 1
        self.onward(traveller)

    def leave(self, traveller: Traveller, hit: Hit) -> None:
        """Let it leave its wait by the port of the event that ended it."""
        traveller.leave(self._plan, hit.port, hit.at, cause=hit.cause, order=hit.order)
        self.pass_on(traveller)

    def pass_on(self, traveller: Traveller) -> None:
        """Admit whoever has just left a node, or end it where it can go no further. An enrolment that comes to an exit
        ends at once; a strand leaves that to its leg."""
        at_exit = isinstance(self._plan.nodes[traveller.position].operation, Exit)
        if traveller.ending is None and not (at_exit and traveller.parent is None and self.exits_at_once):
            self.onward(traveller)
            return
        result = traveller.ending
        if result is None:
            exit_ = self._plan.nodes[traveller.position]
            assert isinstance(exit_.operation, Exit)
            result = exit_.operation.result
            self._leg.leave(traveller, next(iter(exit_.ports)), traveller.at)
        parent = self.end(traveller, result)
        if parent is not None:
            behind_merge(self._leg, self, parent)

    def reach(self, root: Traveller, strands: Iterable[Traveller], goal: Goal, hit: Hit) -> None:
        """End the enrolment by its goal, or take it to where the goal leads; its strands end, wherever they are."""
        live = [strand for strand in strands if not self.has_ended(strand)]
        at, order = max([root.moment, *(strand.moment for strand in live)])
        self.end_below(root, goal.result)
        root.at, root.at_order = at, None if order < 0 else order
        root.reach(goal, hit)
        self.pass_on(root)

    def stop(self, root: Traveller, result: str, at: int) -> None:
        """End the enrolment and all its strands, wherever they are, at a business instant."""
        self.end_below(root, result)
        if at > root.at:
            root.at, root.at_order = at, None
        root.step += 1
        self.end(root, result)

    def has_ended(self, traveller: Traveller) -> bool:
        """Whether it was ended in this scope."""
        fate = self._fates.get(traveller.strand)
        return fate is not None and fate.place == "ended"

    # ------------------------------------------------------------------------------------------- what is read

    def _read_parents(self, parents: set[int]) -> None:
        super()._read_parents(parents)
        for parent in parents & self._standing.keys():
            self._parents[parent].traveller = self._standing[parent].traveller

    def _family(self, parent: Traveller) -> list[Traveller]:
        # Who ends strands from outside has read them all.
        return [
            one.traveller
            for one in self._standing.values()
            if one.traveller.root == parent.root and one.traveller.parent is not None
        ]

    # ------------------------------------------------------------------------------------------- writing

    def _decide(self, traveller: Traveller, fate: Fate) -> None:
        super()._decide(traveller, fate)
        self._lanes[traveller.strand] = self.lane

    def _columns(self, traveller: Traveller, fate: Fate) -> tuple[object, ...]:
        if fate.place == "moving":
            fate = Fate(self.going_on)
        return super()._columns(traveller, fate)

    def _cohort_of(self, traveller: Traveller, fate: Fate) -> int | None:
        # A parent that still waits for other strands stays where it is.
        one = self._standing.get(traveller.strand)
        return one.cohort if one is not None and fate.place == "resting" else None

    def write(self) -> None:
        """Write every fate and trail, and the admissions of those who go on."""
        self._adopt_parents()
        super().write()
        rows = [
            (strand, self._travellers[strand].step, self._lanes[strand], self._published.id)
            for strand, fate in self._fates.items()
            if fate.place == "moving"
        ]
        insert_rows(self._connection, admission, ("strand", "step", "lane", "plan"), rows)

    def _adopt_parents(self) -> None:
        """Read the cohorts of parents that stay resting and were not given."""
        missing = [
            strand
            for strand, fate in self._fates.items()
            if fate.place == "resting" and strand not in self._standing
        ]
        if missing:
            for one in standing_where(self._connection, among(_e.id, missing)):
                self._standing[one.traveller.strand] = one
                self._found(one.traveller, one.reason)

    @property
    def ended(self) -> list[int]:
        """The enrolments that ended here, strands not counted."""
        return [root.strand for root, _ in self.over]

    @property
    def admitted(self) -> list[int]:
        """Those who were admitted here, strands too."""
        return [strand for strand, fate in self._fates.items() if fate.place == "moving"]


def by_plan(
    connection: Connection, get: Callable[[Connection, int], Published], group: Iterable[Standing],
    lane: str,
) -> list[tuple[TakeOut, list[Standing]]]:  # fmt: skip
    """One scope for each plan, with its enrolments."""
    found: dict[int, list[Standing]] = {}
    for one in group:
        found.setdefault(one.plan, []).append(one)
    return [
        (TakeOut(connection, get(connection, plan), members, lane), members)
        for plan, members in sorted(found.items())
    ]
