"""How a replay lets parked enrolments go on: by trying again, by sending again, by a port, or by an end.

Each works on enrolments that are held: their contacts are locked, and they stand parked at the step that was meant.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Literal

from sqlalchemy import Connection, and_, select

from engine.enrolment.parked import ways_out
from engine.enrolment.plans import Plans, Published
from engine.enrolment.takeout import Standing, TakeOut, TellEnded, by_plan, standing_where, strands_of
from engine.store.sets import among
from engine.store.tables import enrolment, message

Action = Literal["retry", "send again", "leave", "exit"]
LONGEST_RESULT = 200
LANE = "bulk"
UNDECIDED = ("unknown", "unconfirmed", "cancelled")
"""The states of messages for which a person may send again: nobody knows whether they went out, or they did not."""


class ReplayUnclear(ValueError):
    """What is to be done cannot be done at this node, or is not said in full. Correct what the text names."""


class NotUndecided(ValueError):
    """Nothing here is undecided, so that there is nothing to send again. Retry it."""


@dataclass(frozen=True, slots=True)
class How:
    """What becomes of whoever is parked.

    `retry`: they try their node again; their visit stays, and with it the key of what they send, so that nothing leaves
    twice. `send again`: their visit is a new one, so that what they send has a key of its own, and may arrive twice; only
    for those whose message is unknown, unconfirmed or cancelled. `leave`: they leave their node by `port`, and its code does
    not run. `exit`: they end with `result`, with all their parallel paths. `newest` moves those who try or send again to
    the journey's newest plan, where that has their node: with its templates and config.
    """

    action: Action = "retry"
    port: str = ""
    result: str = ""
    newest: bool = False

    def __post_init__(self) -> None:
        if (self.action == "leave") != bool(self.port):
            raise ReplayUnclear("A port belongs to leaving. Name the port to leave by, or none.")
        if (self.action == "exit") != bool(self.result.strip()):
            raise ReplayUnclear("A result belongs to an exit. Name the result to end with, or none.")
        if len(self.result) > LONGEST_RESULT:
            raise ReplayUnclear(f"The result is too long. Take at most {LONGEST_RESULT} characters.")
        if self.newest and self.action in ("leave", "exit"):
            raise ReplayUnclear("The newest version is for those who try their node again. Leave it out.")

    def details(self) -> dict[str, object]:
        """What the audit log keeps of it."""
        said = {"how": self.action, "port": self.port, "result": self.result, "newest": self.newest}
        return {key: value for key, value in said.items() if value or key == "newest"}

    def kept(self) -> dict[str, object]:
        """What is kept with an operation, so that whoever goes on with it does as was asked."""
        return asdict(self)


RETRY = How()


def check_way(published: Published, position: str, how: How) -> None:
    """ReplayUnclear where nobody can leave this node by the port."""
    if how.action != "leave":
        return
    node = published.plan.nodes[position]
    ways = ways_out(node)
    if how.port not in ways:
        known = ", ".join(repr(port) for port in ways)
        step = f"Choose one of: {known}." if ways else "Nobody leaves it by a port: retry, or exit."
        raise ReplayUnclear(
            f'The node "{node.label or position}" has no port {how.port!r} to leave by. {step}'
        )


def undecided_among(connection: Connection, strands: Iterable[int]) -> set[int]:
    """Those whose message, at this visit of their node, is unknown, unconfirmed or cancelled."""
    e = enrolment.c
    rows = connection.scalars(
        select(e.id)
        .join(
            message,
            and_(message.c.contact == e.contact, message.c.strand == e.id, message.c.node == e.position),
        )
        .where(among(e.id, strands), message.c.visit == e.visit, message.c.state.in_(UNDECIDED))
    )
    return set(rows)


def let_go_on(
    connection: Connection, plans: Plans, standing: Sequence[Standing], how: How, now: int,
    ended: TellEnded | None,
) -> None:  # fmt: skip
    """Take out those who are parked, in the bulk lane, or end them. `now` is the business instant at which they leave, and
    `ended` lets others hear of whoever ends."""
    if how.action == "exit":
        for scope, plan in _end(connection, plans, standing, how.result.strip(), now):
            if ended is not None:
                ended(connection, plans.get(connection, plan), scope.over)
        return
    for scope, members in by_plan(connection, plans.get, standing, LANE):
        for one in members:
            traveller = one.traveller
            if how.action == "leave":
                published = plans.get(connection, one.plan)
                check_way(published, traveller.position, how)
                traveller.leave(published.plan, how.port, now, cause="replay")
                scope.pass_on(traveller)
                continue
            traveller.attempt = 0
            scope.again(one)
            if how.action == "send again":
                traveller.visit = traveller.step
        scope.write()
        if ended is not None:
            ended(connection, plans.get(connection, members[0].plan), scope.over)


def _end(
    connection: Connection, plans: Plans, standing: Sequence[Standing], result: str, now: int
) -> Iterator[tuple[TakeOut, int]]:
    """End whole enrolments. Gives each scope that did, with its plan."""
    roots = sorted({one.traveller.root for one in standing})
    family = [*standing_where(connection, among(enrolment.c.id, roots)), *strands_of(connection, roots)]
    for scope, members in by_plan(connection, plans.get, family, LANE):
        for one in members:
            if one.traveller.parent is None:
                scope.stop(one.traveller, result, now)
        scope.write()
        yield scope, members[0].plan
