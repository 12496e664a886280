"""A batch: the group of travellers at an act, with what its code may read and write.

It stands here because acts of content, audience and delivery all take one.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple, Protocol

from sqlalchemy import Connection, select

from engine.flow.plan import Plan, PlanNode
from engine.journey.traveller import Traveller
from engine.store.clock import Clock, real_now
from engine.store.database import Database
from engine.store.fetch import Query
from engine.store.sets import among, among_given
from engine.store.tables import contact, enrolment, step
from engine.store.turn import Turn

Write = Callable[[Connection], None]


@dataclass(frozen=True, slots=True)
class News:
    """An event of our own, such as `tag.added`, that a write brings about. `at` is a business instant.

    `message_id`, made of what happened, keeps it from being told twice; `send_key` is the message that it is about. `via`
    are the ids of the journeys through which it came: it starts none of them. `lane` is that of what brought it about:
    whoever moves because of it travels in it.
    """

    contact: int
    name: str
    at: int
    properties: Mapping[str, Any]
    message_id: str | None = None
    send_key: str | None = None
    via: tuple[str, ...] = ()
    lane: str = "live"


def via(trigger: Mapping[str, Any] | None, journey: int) -> tuple[str, ...]:
    """Through which journeys an event came that an enrolment of `journey` brings about, which `trigger` started."""
    before = () if trigger is None else trigger.get("via", ())
    return (*before, str(journey))


Tell = Callable[[Connection, Sequence[News]], None]
"""Records news and lets journeys hear of it, within a transaction that holds the contacts' locks."""


def tell_nobody(connection: Connection, news: Sequence[News]) -> None:
    """For places in which there are no journeys to hear of it."""


Unite = Callable[[Connection, Sequence[tuple[int, int]], int], None]
"""Makes contacts one, pair by pair: (who goes, who stays), both locked, at a business instant. All that is known of the one
becomes the other's, journeys included."""


COLUMNS = ("external_id", "email", "phone", "first_name", "last_name", "timezone", "locale")


_PEOPLE = Query(
    select(
        contact.c.id, *(contact.c[name] for name in COLUMNS), contact.c.attributes, contact.c.updated_at
    ).where(among_given(contact.c.id, "people"))
)


class Person(NamedTuple):
    """A contact's row, read once for a batch."""

    id: int
    external_id: str | None
    email: str | None
    phone: str | None
    first_name: str | None
    last_name: str | None
    timezone: str | None
    locale: str | None
    attributes: Mapping[str, Any]
    updated_at: int = 0
    """When anything of it changed last, a business instant, where it was read for a batch."""

    def facts(self) -> dict[str, Any]:
        """The columns and attributes as one mapping, as templates and conditions see them; columns win."""
        return {
            **self.attributes,
            "attributes": self.attributes,
            "external_id": self.external_id,
            "email": self.email,
            "phone": self.phone,
            "first_name": self.first_name,
            "last_name": self.last_name,
            "timezone": self.timezone,
            "locale": self.locale,
        }


class Claims(Protocol):
    """The ledger, for an act whose effect must happen at most once."""

    def claim(self, batch: "Batch", keys: Mapping[int, str]) -> dict[int, str]:
        """Claim a key for each strand, committed before this returns. Gives {strand: verdict}: `run`; the state in
        which the ledger already has it (accepted, rejected, unknown, ...); `held` in a journey that is held; or `gone`
        when the fence was lost."""

    def settle(self, batch: "Batch", key: str, state: str, reason: str | None) -> None:
        """Write what became of a claimed key, in the transaction that commits the step, or by itself where that fails."""


@dataclass
class Batch:
    """Who is at the node, and the world that its code may touch. `due` is the leg's business instant.

    A leg may begin long after it was due. Whatever concerns others' machines (deadlines, slots of a rate, pauses,
    signatures) goes by `now`, the wall clock in milliseconds.
    """

    node_id: str
    node: PlanNode
    plan: Plan
    plan_id: int
    journey_id: int
    journey_name: str
    travellers: Sequence[Traveller]
    due: int
    database: Database
    clock: Clock
    claims: Claims
    services: Mapping[str, Any] = field(default_factory=dict)
    """Further ports by name, such as `providers`."""
    tell: Tell = tell_nobody
    """What an act calls with the events that its writes bring about."""
    heard: frozenset[str] = frozenset()
    """Those events of our own that acts tell only where somebody listens, and to which somebody does."""
    turn: Turn = field(default_factory=Turn)
    """The leg's turn to compute, which it lends to others while it waits for answers from outside."""
    now: Callable[[], int] = real_now
    queues: dict[str, float] = field(default_factory=dict)
    """Until when, in real time, messages are planned on each account: an estimate of this process."""
    deferred: list[Write] = field(default_factory=list)
    results: list[Write] = field(default_factory=list)

    def in_commit(self, write: Write) -> None:
        """Add a write to the transaction that commits this batch's next steps, whoever keeps its fence."""
        self.deferred.append(write)

    def as_result(self, write: Write) -> None:
        """Add a write that concerns messages alone: as `in_commit`, and by itself where that transaction fails."""
        self.results.append(write)

    def later(self, milliseconds: int) -> int:
        """The business instant so many real milliseconds from now."""
        return self.clock.business(self.now() + milliseconds)

    def key(self, traveller: Traveller) -> str:
        """The stem of the traveller's send keys at this node: strand/node/visit."""
        return f"{traveller.strand}/{self.node_id}/{traveller.visit}"

    @cached_property
    def people(self) -> dict[int, Person]:
        """The travellers' contacts, by id."""
        ids = {traveller.contact for traveller in self.travellers}
        with self.database.read() as connection:
            rows = _PEOPLE.rows(connection, people=ids)
        return {row[0]: Person(*row) for row in rows}

    @cached_property
    def values(self) -> dict[int, dict[str, dict[str, Any]]]:
        """What earlier nodes of each enrolment gave: {root: {node: values}}, the latest of each node."""
        roots = {traveller.root for traveller in self.travellers}
        family = select(enrolment.c.id, enrolment.c.root).where(among(enrolment.c.root, roots))
        found: dict[int, dict[str, dict[str, Any]]] = {}
        with self.database.read() as connection:
            root_of = {root: root for root in roots} | {
                row.id: row.root for row in connection.execute(family)
            }
            rows = connection.execute(
                select(step.c.strand, step.c.node, step.c.output)
                .where(among(step.c.strand, root_of), step.c.output.is_not(None))
                .order_by(step.c.at, step.c.no)
            )
            for strand, node, output in rows:
                found.setdefault(root_of[strand], {})[node] = output
        for traveller in self.travellers:
            for passed in traveller.trail:
                if passed.output is not None:
                    found.setdefault(traveller.root, {})[passed.node] = passed.output
        return found
