"""What must be true when the storm is over: asked of the tables and of the sandbox provider's own log.

Each line is one thing that is not as it must be. The protocol's own checker is asked too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

from sqlalchemy import Connection, func, select

from engine.delivery.sandbox import RECOGNISED
from engine.enrolment.checker import check_invariants
from engine.enrolment.plans import Plans
from engine.enrolment.runtime import real_now
from engine.flow.plan import Fork, Plan
from engine.store.tables import contact, coupon, enrolment, event, message, plan, sandbox_message, step
from tests.chaos.stack import Place

_SENDS = {"send_email", "send_sms", "send_push"}
_SURELY_BEFORE_MS = 5_000
"""Real time after its receipt in which an event is surely committed."""
_e = enrolment.c


def verdict(place: Place, *, parked: bool = False, doubts: bool = False) -> list[str]:
    """Everything that is wrong in a place that has come to rest; `parked` says that some may wait for a person, `doubts`
    that some may wait for the word of a provider that recognises no keys."""
    with place.look() as connection:
        drawn = Plans().get(connection, connection.scalars(select(plan.c.id)).one()).plan
        return [
            *check_invariants(connection, business_now=place.now(), real_now=real_now()),
            *_everyone_is_over(connection, place.expected, parked, doubts),
            *(_doubts_are_claims(connection, place) if doubts else ()),
            *_provider_and_ledger_agree(connection),
            *_steps_are_ways(connection, drawn),
            *_acts_happened_once(connection, drawn),
            *_timeouts_before_their_event(connection, drawn, place),
        ]


def _everyone_is_over(connection: Connection, expected: int, parked: bool, doubts: bool) -> Iterator[str]:
    """Nobody is lost, nobody is there twice, everybody has ended, or is parked with a reason."""
    roots = connection.execute(select(_e.contact, _e.place, _e.reason).where(_e.root.is_(None))).all()
    if len(roots) != expected:
        yield f"{len(roots)} enrolments of {expected} who were to enter"
    twice = [who for who, times in Counter(row.contact for row in roots).items() if times > 1]
    if twice:
        yield f"contacts {twice[:5]} are in the journey more than once"
    known = connection.scalar(select(func.count()).select_from(contact))
    if len({row.contact for row in roots}) > (known or 0):
        yield "somebody is in the journey who is no contact"
    allowed = {"ended"} | ({"parked"} if parked else set()) | ({"resting"} if doubts else set())
    for row in roots:
        if row.place not in allowed:
            yield f"contact {row.contact} is {row.place} ({row.reason})"
    if doubts:
        return
    left = connection.scalar(select(func.count()).where(_e.place.in_(["admitted", "moving", "resting"])))
    if left:
        yield f"{left} enrolments and strands are still on their way"


def _doubts_are_claims(connection: Connection, place: Place) -> Iterator[str]:
    """Whoever still rests does so for one message that was claimed once, by whoever died with it."""
    silent = select(_e.id, _e.position, _e.visit).where(place.in_doubt(), _e.reason != "strands")
    claimed = {
        (row.strand, row.node, row.visit): row
        for row in connection.execute(select(message).where(message.c.attempts == 1))
    }
    for row in connection.execute(silent):
        sent = claimed.get((row.id, row.position, row.visit))
        if sent is None or sent.state not in ("sending", "unknown", "accepted"):
            yield f"enrolment {row.id} waits at {row.position} for a message that is {sent and sent.state}"


def _provider_and_ledger_agree(connection: Connection) -> Iterator[str]:
    """Each accepted request has one message, and each accepted message its request. A message may wait for its result
    where its enrolment was taken away while the process that knew it died; whoever went on has none such, see below."""
    log = connection.execute(
        select(sandbox_message.c.send_key, sandbox_message.c.id).where(
            sandbox_message.c.address != RECOGNISED
        )
    ).all()
    ledger = {row.send_key: row for row in connection.execute(select(message))}
    for key, times in Counter(row.send_key for row in log).items():
        if times > 1:
            yield f"the provider delivered {key} {times} times"
    for row in log:
        known = ledger.get(row.send_key)
        if known is None or known.state not in ("accepted", "sending", "unknown"):
            yield f"the provider accepted {row.send_key}, of which the ledger has {known}"
        elif known.provider_id not in (None, str(row.id)):
            yield f"the provider accepted {row.send_key} as {row.id}, the ledger has {known.provider_id}"
    accepted = {row.send_key for row in log}
    for row in ledger.values():
        if row.state == "accepted" and row.send_key not in accepted:
            yield f"{row.send_key} is called accepted, and the provider has never seen it"


def _steps_are_ways(connection: Connection, drawn: Plan) -> Iterator[str]:
    """Whoever left a node came next to where its port leads; a fork's strands, merges and goals stand between."""
    goals = {goal.node for goal in drawn.goals}
    for strand, passed in _ways(connection).items():
        for (node, port), (following, _) in pairwise(passed):
            target = drawn.nodes[node].ports[port] if node in drawn.nodes else None
            at_fork = target is not None and isinstance(drawn.nodes[target].operation, Fork)
            if following != target and following not in goals and not at_fork:
                yield f"enrolment {strand} left {node} by {port} and was next at {following}"


def _acts_happened_once(connection: Connection, drawn: Plan) -> Iterator[str]:
    """Whoever passed a send by `sent` has one accepted message of it, whoever was given a coupon has one."""
    accepted = Counter(
        (row.strand, row.node)
        for row in connection.execute(
            select(message.c.strand, message.c.node).where(message.c.state == "accepted")
        )
    )
    passed: Counter[tuple[int, str]] = Counter()
    given: Counter[int] = Counter()
    roots = {row.id: row.root or row.id for row in connection.execute(select(_e.id, _e.root))}
    for strand, way in _ways(connection).items():
        for node, port in way:
            kind = drawn.nodes[node].type if node in drawn.nodes else "goal"
            if kind in _SENDS and port == "sent":
                passed[strand, node] += 1
            if kind == "give_coupon" and port == "given":
                given[roots[strand]] += 1
    for key in passed.keys() | accepted.keys():
        # Who was taken to a goal while the answer was under way has the message, and no step of it.
        if passed[key] > accepted[key] or accepted[key] > 1:
            yield f"enrolment {key[0]} passed {key[1]} {passed[key]} times, with {accepted[key]} accepted messages"
    coupons = Counter(connection.scalars(select(coupon.c.root)))
    for root in given.keys() | coupons.keys():
        if given[root] > coupons[root] or coupons[root] > 1:
            yield f"enrolment {root} was given {given[root]} coupons and has {coupons[root]}"


def _timeouts_before_their_event(connection: Connection, drawn: Plan, place: Place) -> Iterator[str]:
    """Nobody's wait for an opening timed out although that was known long before."""
    margin = _SURELY_BEFORE_MS * place.clock.speed
    waits = [node for node, one in drawn.nodes.items() if one.type == "engagement"]
    rows = connection.execute(
        select(step.c.strand, step.c.node, step.c.at, event.c.at.label("opened"), event.c.received_at)
        .join(message, message.c.strand == step.c.strand)
        .join(event, event.c.send_key == message.c.send_key)
        .where(
            step.c.cause == "timeout", step.c.node.in_(waits), event.c.name == "message.opened",
            message.c.node == "email", event.c.at < step.c.at,
        )
    )  # fmt: skip
    for row in rows:
        if row.received_at + margin < row.at:
            yield f"enrolment {row.strand} timed out at {row.node} and had opened before"


def _ways(connection: Connection) -> dict[int, Sequence[tuple[str, str]]]:
    ways: dict[int, list[tuple[str, str]]] = {}
    rows = connection.execute(
        select(step.c.strand, step.c.node, step.c.port).order_by(step.c.strand, step.c.no)
    )
    for strand, node, port in rows:
        ways.setdefault(strand, []).append((node, port))
    return dict(ways)
