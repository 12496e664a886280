"""The Host on the store: what the leg runner reads and does outside a scope."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from operator import itemgetter
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Connection, and_, bindparam, or_, select

from engine.audience.condition_sql import where
from engine.enrolment.ingest import teller
from engine.enrolment.own_events import JOURNEY_ENDED, ended_news
from engine.enrolment.rows import MEMBER_COLUMNS, traveller_of
from engine.enrolment.runtime import Published, Runtime
from engine.enrolment.scope import StoreScope
from engine.flow.condition import needs
from engine.flow.condition_field import published_attribute, value_at
from engine.flow.plan import Ask, PlanNode, Repeat
from engine.journey.host import Outcome
from engine.journey.traveller import Moment, Traveller, just_after
from engine.store.batch import Batch, Write
from engine.store.fetch import Query
from engine.store.sets import among, among_given, lock_contacts, lock_journeys
from engine.store.tables import contact, enrolment, journey, step


def is_due(due: int | ColumnElement[int]) -> ColumnElement[bool]:
    """The condition on an enrolment: moving, or resting with its rest's end reached."""
    return or_(
        enrolment.c.place == "moving", and_(enrolment.c.place == "resting", enrolment.c.wake_at <= due)
    )


_members = (
    select(*MEMBER_COLUMNS, contact.c.timezone)
    .join(contact, contact.c.id == enrolment.c.contact)
    .where(enrolment.c.cohort == bindparam("of_cohort"), is_due(bindparam("due", type_=BigInteger())))
)
_MEMBERS = Query(_members)
_MEMBER = Query(_members.where(enrolment.c.id == bindparam("strand")))
_STATE = select(journey.c.state).where(journey.c.id == bindparam("journey"))
_STRANDS = Query(select(enrolment.c.id, enrolment.c.root).where(among_given(enrolment.c.root, "roots")))
_LEFT = Query(
    select(step.c.strand, step.c.at, step.c.at_order).where(
        among_given(step.c.strand, "strands"), step.c.node == bindparam("of_node")
    )
)


class StoreHost:
    """The members of one cohort, and the world around them."""

    def __init__(
        self, runtime: Runtime, published: Published, cohort_id: int, heard: frozenset[str] = frozenset(),
        lane: str = "live",
    ) -> None:  # fmt: skip
        self.runtime = runtime
        self.published = published
        self.plan = published.plan
        self.cohort = cohort_id
        self.heard = heard
        """Those of `own_events.OWN` that somebody could hear of as the leg begins."""
        self.lane = lane
        self.deferred: list[Write] = []
        self.results: list[Write] = []
        """What is known of messages, kept until it is committed."""
        self.passed: dict[tuple[str, str], int] = {}
        self._paused = False
        self._served: set[int] = set()
        """The contacts whom the deferred writes concern."""

    # ------------------------------------------------------------------------------------------- who is due

    def members(self, due: int, only: int | None = None) -> list[Traveller]:
        """Everyone of the cohort who is moving, or whose rest ends by `due`; `only` asks for one strand."""
        given = {"of_cohort": self.cohort, "due": due}
        with self.runtime.database.read() as connection:
            if only is None:
                rows = _MEMBERS.rows(connection, **given)
            else:
                rows = _MEMBER.rows(connection, strand=only, **given)
        return [traveller_of(row) for row in sorted(rows, key=itemgetter(0))]

    def paused(self) -> bool:
        """Whether the journey is held."""
        with self.runtime.database.read() as connection:
            state = connection.scalar(_STATE, {"journey": self.published.journey})
        self._paused = state == "paused"
        return self._paused

    # ------------------------------------------------------------------------------------------- deciding

    @contextmanager
    def scope(self, group: Sequence[Traveller]) -> Iterator[StoreScope]:
        """One transaction: what acts left to write, the contacts' locks, the fences, then what the runner decides."""
        writes, self.deferred = self.deferred, []
        concerned = {traveller.contact for traveller in group} | self._served
        with self.runtime.database.write("scope") as connection:
            still_paused = self._paused and self._is_paused(connection)
            # Contacts before the ledger, which the writes touch: ingestion takes them in this order too.
            lock_contacts(connection, concerned)
            for write in (*self.results, *writes):
                write(connection)
            scope = StoreScope(connection, self.published, self.cohort, group, still_paused)
            yield scope
            scope.write()
            if JOURNEY_ENDED in self.heard:
                teller(self.runtime, self.lane)(connection, ended_news(self.published, scope.over))
        self.results, self._served = [], set()
        for traveller in scope.committed:
            for passed in traveller.trail:
                place = (passed.node, passed.port)
                self.passed[place] = self.passed.get(place, 0) + 1
            traveller.trail = []
            traveller.decided = False
            traveller.fence = traveller.step

    def _is_paused(self, connection: Connection) -> bool:
        lock_journeys(connection, [self.published.journey])
        return bool(connection.scalar(_STATE, {"journey": self.published.journey}) == "paused")

    def flush(self) -> None:
        """Write what acts left, where no scope came after them."""
        writes, self.deferred = [*self.results, *self.deferred], []
        self._write(writes)
        self.results, self._served = [], set()

    def keep_results(self) -> None:
        """Write by itself what is known of messages, where the transaction that was to write it has failed."""
        self._write(self.results)

    def forget(self) -> None:
        """Drop what acts left to write: the leg that was to write it has failed."""
        self.deferred, self.results, self._served = [], [], set()

    def _write(self, writes: Sequence[Write]) -> None:
        if writes:
            with self.runtime.database.write("scope") as connection:
                lock_contacts(connection, self._served)
                for write in writes:
                    write(connection)

    # ------------------------------------------------------------------------------------------- asking

    def ask(self, node: PlanNode, group: Sequence[Traveller], due: int) -> list[str]:
        """The port of each: the first branch whose condition holds for the contact now, else the other port."""
        operation = node.operation
        assert isinstance(operation, Ask)
        since: Sequence[Moment | None] = [traveller.entry for traveller in group]
        if operation.since != "entry":
            since = self.anchors(operation.since, group)
        by_anchor: dict[int, list[Traveller]] = {}
        anchored = any("anchor" in needs(branch.condition) for branch in operation.branches)
        for traveller, moment in zip(group, since, strict=True):
            anchor = just_after(moment or traveller.entry) if anchored else 0
            by_anchor.setdefault(anchor, []).append(traveller)
        ports: dict[int, str] = {}
        with self.runtime.database.read() as connection:
            for anchor, travellers in by_anchor.items():
                left = {traveller.contact for traveller in travellers}
                answers: dict[int, str] = {}
                for branch in operation.branches:
                    condition = where(
                        branch.condition, contact, connection=connection, now=due, anchor=anchor
                    )
                    fits = select(contact.c.id).where(among(contact.c.id, left), condition)
                    for found in connection.scalars(fits).all():
                        answers[found] = branch.port
                    left -= answers.keys()
                for traveller in travellers:
                    ports[traveller.strand] = answers.get(traveller.contact, operation.otherwise)
        return [ports[traveller.strand] for traveller in group]

    def moments(self, attribute: str, group: Sequence[Traveller]) -> list[str | None]:
        """A contact's field as text, for each."""
        path = published_attribute(attribute)
        if path is None:
            return [None] * len(group)
        wanted: Any = contact.c[path.column] if path.column else contact.c.attributes
        statement = select(contact.c.id, wanted).where(among(contact.c.id, {t.contact for t in group}))
        with self.runtime.database.read() as connection:
            found = {
                row[0]: row[1] if path.column else value_at(row[1], path.keys)
                for row in connection.execute(statement).all()
            }
        values = [found.get(traveller.contact) for traveller in group]
        return [value if isinstance(value, str) else None for value in values]

    def anchors(self, node: str, group: Sequence[Traveller]) -> list[Moment | None]:
        """When each one's enrolment, on whichever of its strands, last left `node`; their trails count."""
        roots = {traveller.root for traveller in group}
        left: dict[int, Moment] = {}
        with self.runtime.database.read() as connection:
            root_of = dict.fromkeys(roots, 0) | {
                row[0]: row[1] for row in _STRANDS.rows(connection, roots=roots)
            }
            rows = _LEFT.rows(connection, strands=root_of, of_node=node)
            for strand, at, order in rows:
                root = root_of[strand] or strand
                moment = (at, -1 if order is None else order)
                left[root] = max(left.get(root, moment), moment)
        for traveller in group:
            for passed in traveller.trail:
                if passed.node == node:
                    left[traveller.root] = max(left.get(traveller.root, passed.moment), passed.moment)
        return [left.get(traveller.root) for traveller in group]

    def repeats(self, node: str, group: Sequence[Traveller]) -> list[int]:
        """How often each left a repeat node by its `again` port since it last left by `done`: on its own way, which
        begins with that of the strands it came from."""
        operation = self.plan.nodes[node].operation
        assert isinstance(operation, Repeat)
        passed: dict[int, list[tuple[int, str]]] = {}
        with self.runtime.database.read() as connection:
            lineage = self._lineage(connection, group)
            rows = connection.execute(
                select(step.c.strand, step.c.no, step.c.port).where(
                    among(step.c.strand, {strand for line in lineage.values() for strand in line}),
                    step.c.node == node,
                )
            )
            for strand, no, port in rows:
                passed.setdefault(strand, []).append((no, port))
        counts = []
        for traveller in group:
            count = 0
            for strand in lineage[traveller.strand]:
                for _, port in sorted(passed.get(strand, ())):
                    count = count + 1 if port == operation.again else 0
            for one in traveller.trail:
                if one.node == node:
                    count = count + 1 if one.port == operation.again else 0
            counts.append(count)
        return counts

    def _lineage(self, connection: Connection, group: Sequence[Traveller]) -> dict[int, list[int]]:
        """Each traveller's strand and those that it came from, the root first."""
        parents = {traveller.strand: traveller.parent for traveller in group}
        strands = select(enrolment.c.id, enrolment.c.parent).where(
            among(enrolment.c.root, {t.root for t in group if t.parent is not None})
        )
        if any(traveller.parent is not None for traveller in group):
            parents |= {row.id: row.parent for row in connection.execute(strands)}
        lines = {}
        for traveller in group:
            line = [traveller.strand]
            while (parent := parents.get(line[0])) is not None:
                line.insert(0, parent)
            lines[traveller.strand] = line
        return lines

    # ------------------------------------------------------------------------------------------- doing

    def run(self, node_id: str, node: PlanNode, group: Sequence[Traveller], due: int) -> list[Outcome]:
        """Run an act's code for the group; what it leaves to write goes into the next scope."""
        batch = Batch(
            node_id=node_id,
            node=node,
            plan=self.plan,
            plan_id=self.published.id,
            journey_id=self.published.journey,
            journey_name=self.published.journey_name,
            travellers=group,
            due=due,
            database=self.runtime.database,
            clock=self.runtime.clock,
            claims=self.runtime.claims,
            services=self.runtime.services,
            tell=teller(self.runtime, self.lane),
            heard=self.heard,
            turn=self.runtime.turn,
            now=self.runtime.now,
            queues=self.runtime.queues,
        )
        # Before the code runs: it may fail half-way.
        self._served |= {traveller.contact for traveller in group}
        outcomes = self.runtime.behaviours.run(batch)
        self.deferred += batch.deferred
        self.results += batch.results
        # They hold the batch, which would hold them: a thousand people, until a garbage collection.
        batch.deferred, batch.results = [], []
        return outcomes
