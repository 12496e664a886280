"""The rows of the in-memory Host: who stands where, which steps were made, what becomes of strands and their parents.

The twin of the tables in `engine.store`: the same columns, and a transaction that writes all or nothing.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from engine.flow.plan import Fork, Merge, Plan
from engine.journey.contact import Contact
from engine.journey.traveller import MERGED, OVERTAKEN, Moment, Passed, Traveller

Place = Literal["admitted", "moving", "resting", "parked", "ended"]


@dataclass(slots=True)
class Row:
    """An enrolment (`parent` is None) or a strand. `ended` are the strands of its present fork that have ended."""

    strand: int
    root: int
    parent: int | None
    contact: int
    cause: str
    place: Place
    position: str
    step: int
    visit: int
    at: int
    entered_at: int
    at_order: int | None = None
    entered_order: int | None = None
    reason: str | None = None
    attempt: int = 0
    since: int | None = None
    since_order: int = -1
    wake_at: int | None = None
    pending: int = 0
    result: str | None = None
    trigger: dict[str, Any] | None = None
    ended: list[tuple[Moment, int, str]] = field(default_factory=list)
    steps: list[Passed] = field(default_factory=list)


class Rows:
    """All rows, by id; ids rise in the order of creation."""

    def __init__(self, plan: Plan, contacts: Mapping[int, Contact]) -> None:
        self.by_id: dict[int, Row] = {}
        self._plan = plan
        self._contacts = contacts
        self._families: dict[int, list[int]] = {}
        self._roots: dict[int, list[int]] = {}
        self._before: dict[int, Row | None] | None = None
        self._last_id = 0

    # ------------------------------------------------------------------------------------------- reading

    def roots(self, contact: int) -> list[Row]:
        """The contact's enrolments, oldest first."""
        return [self.by_id[root] for root in self._roots.get(contact, ()) if root in self.by_id]

    def family(self, root: int) -> list[Row]:
        """The enrolment and all its strands, in the order of their creation."""
        return [self.by_id[strand] for strand in self._families[root] if strand in self.by_id]

    def below(self, parent: int) -> list[Row]:
        """The live strands of a parent, and theirs."""
        found = {parent}
        live = []
        for row in self.family(self.by_id[parent].root):
            if row.parent in found and row.place != "ended":
                found.add(row.strand)
                live.append(row)
        return live

    def lineage(self, strand: int) -> list[Row]:
        """A strand and those that it came from, the root last."""
        row: Row | None = self.by_id[strand]
        found = []
        while row is not None:
            found.append(row)
            row = None if row.parent is None else self.by_id[row.parent]
        return found

    def traveller(self, row: Row) -> Traveller:
        """A row as a traveller."""
        contact = self._contacts.get(row.contact)
        return Traveller(
            strand=row.strand,
            root=row.root,
            parent=row.parent,
            contact=row.contact,
            place="resting" if row.place == "resting" else "moving",
            position=row.position,
            step=row.step,
            visit=row.visit,
            at=row.at,
            at_order=row.at_order,
            entered_at=row.entered_at,
            entered_order=row.entered_order,
            attempt=row.attempt,
            since=row.since,
            since_order=row.since_order,
            wake_at=row.wake_at,
            timezone=None if contact is None else contact.timezone,
            cause=row.cause,
            trigger=row.trigger,
        )

    # ------------------------------------------------------------------------------------------- writing

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing: an error inside leaves every row as it was."""
        assert self._before is None, "a transaction does not begin within another"
        self._before = {}
        try:
            yield
        except BaseException:
            for strand, row in self._before.items():
                if row is None:
                    del self.by_id[strand]
                else:
                    self.by_id[strand] = row
            raise
        finally:
            self._before = None

    def change(self, strand: int) -> Row:
        """A row to be changed."""
        row = self.by_id[strand]
        if self._before is not None and strand not in self._before:
            self._before[strand] = replace(row, ended=list(row.ended), steps=list(row.steps))
        return row

    def new_id(self) -> int:
        """The next id."""
        self._last_id += 1
        return self._last_id

    def insert(self, row: Row) -> None:
        """Add a row."""
        self.by_id[row.strand] = row
        self._families.setdefault(row.root, []).append(row.strand)
        if row.parent is None:
            self._roots.setdefault(row.contact, []).append(row.strand)
        if self._before is not None:
            self._before[row.strand] = None

    def save(
        self,
        traveller: Traveller,
        place: Place,
        *,
        reason: str | None = None,
        result: str | None = None,
        pending: int = 0,
    ) -> None:
        """Write where a traveller stands, and its trail."""
        row = self.change(traveller.strand)
        row.place, row.reason, row.result, row.pending = place, reason, result, pending
        row.position, row.step, row.visit = traveller.position, traveller.step, traveller.visit
        row.at, row.at_order, row.attempt = traveller.at, traveller.at_order, traveller.attempt
        resting = place == "resting"
        row.since, row.since_order = (traveller.since, traveller.since_order) if resting else (None, -1)
        row.wake_at = traveller.wake_at if resting else None
        row.steps += traveller.trail
        traveller.trail = []
        traveller.decided = False
        traveller.fence = traveller.step

    # ------------------------------------------------------------------------------------------- strands

    def fork(self, traveller: Traveller, fork: Fork) -> list[Traveller]:
        """See `Scope.fork`."""
        strands = []
        for port in fork.ports:
            row = Row(
                strand=self.new_id(),
                root=traveller.root,
                parent=traveller.strand,
                contact=traveller.contact,
                cause=traveller.cause,
                place="moving",
                position=traveller.position,
                step=1,
                visit=1,
                at=traveller.at,
                at_order=traveller.at_order,
                entered_at=traveller.entered_at,
                entered_order=traveller.entered_order,
                trigger=traveller.trigger,
            )
            self.insert(row)
            strand = self.traveller(row)
            strand.leave(self._plan, port, strand.at)
            self.save(strand, "moving")
            strands.append(strand)
        traveller.place = "resting"
        traveller.step += 1
        self.save(traveller, "resting", reason="strands", pending=len(strands))
        self.change(traveller.strand).ended = []
        return strands

    def end(self, traveller: Traveller, result: str) -> Traveller | None:
        """See `Scope.end`."""
        if self.by_id[traveller.strand].place == "ended":
            return None
        self.save(traveller, "ended", result=result)
        if traveller.parent is None:
            return None
        parent = self._count_down(traveller, result)
        if parent.pending > 0:
            return None
        if any(outcome == MERGED for _, _, outcome in parent.ended):
            return self._revived(parent, self._merge_of(parent), _latest(parent))
        _, _, last = max(parent.ended, key=lambda one: (one[0][0], one[1]))
        ending = self.traveller(parent)
        ending.at, ending.at_order = _moment(_latest(parent))
        ending.step += 1
        return self.end(ending, last)

    def arrive(self, traveller: Traveller, merge: str) -> Traveller | None:
        """See `Scope.arrive`."""
        operation = self._plan.nodes[merge].operation
        assert isinstance(operation, Merge)
        if self.by_id[traveller.strand].place == "ended":
            return None
        traveller.step += 1
        self.save(traveller, "ended", result=MERGED)
        parent = self._count_down(traveller, MERGED)
        if operation.mode == "any":
            self.end_below(parent.strand, OVERTAKEN)
            return self._revived(parent, merge, traveller.moment)
        return self._revived(parent, merge, _latest(parent)) if parent.pending == 0 else None

    def end_below(self, parent: int, result: str) -> None:
        """End every live strand below a parent, wherever it is."""
        for row in self.below(parent):
            strand = self.traveller(row)
            strand.step += 1
            self.save(strand, "ended", result=result)

    def _count_down(self, strand: Traveller, result: str) -> Row:
        assert strand.parent is not None
        parent = self.change(strand.parent)
        parent.pending -= 1
        parent.ended.append((strand.moment, strand.strand, result))
        return parent

    def _merge_of(self, parent: Row) -> str:
        operation = self._plan.nodes[parent.position].operation
        assert isinstance(operation, Fork)
        assert operation.merge is not None
        return operation.merge

    def _revived(self, parent: Row, merge: str, moment: Moment) -> Traveller:
        traveller = self.traveller(parent)
        traveller.place = "moving"
        traveller.position = merge
        traveller.at, traveller.at_order = _moment(moment)
        return traveller


def _latest(parent: Row) -> Moment:
    return max(moment for moment, _, _ in parent.ended)


def _moment(moment: Moment) -> tuple[int, int | None]:
    at, order = moment
    return at, None if order < 0 else order
