"""Events against waits, by sets: what the leg looks for, under the contacts' locks."""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, bindparam, or_, select

from engine.flow.condition import ORDER_CANCELLED
from engine.flow.condition_eval import order_id
from engine.flow.plan import Arm, Wait
from engine.journey.host import Listening
from engine.journey.traveller import Happening, Hit
from engine.journey.waits import cancelled_orders, first_hit, minds_cancelling
from engine.store.sets import among, among_given
from engine.store.tables import enrolment, event, message

Keys = Mapping[str, frozenset[str]]


def look(connection: Connection, wait: Wait, listening: Sequence[Listening]) -> list[Hit | None]:
    """For each, the earliest committed event that belongs to its wait; None where there is none."""
    if not listening:
        return []
    minds = minds_cancelling(wait.arms)
    about_messages = any(arm.message_of is not None for arm in wait.arms)
    earliest = 0 if about_messages else min(item.since for item in listening)
    names = frozenset(name for arm in wait.arms for name in arm.events)
    people = {item.traveller.contact for item in listening}
    rows = connection.execute(_events(names, minds), {"people": people, "earliest": earliest}).all()
    if not rows:
        return [None] * len(listening)
    happenings: dict[int, list[Happening]] = {}
    for row in rows:
        happenings.setdefault(row.contact, []).append(
            Happening(row.id, row.message_id, row.name, row.at, row.properties, row.send_key)
        )
    concerned = [item for item in listening if item.traveller.contact in happenings]
    keys = keys_of(connection, wait.arms, {item.traveller.root: item.traveller.contact for item in concerned})
    return [
        first_hit(
            wait.arms,
            happenings.get(item.traveller.contact, ()),
            keys.get(item.traveller.root, {}),
            item.since,
            item.since_order,
            item.until,
            cancelled_orders(happenings.get(item.traveller.contact, ())) if minds else (),
        )
        for item in listening
    ]


@lru_cache(maxsize=1024)
def _events(names: frozenset[str], minds_cancelled: bool) -> Select[Any]:
    """Events of these names since `earliest`, of `people`; and every cancelling of an order, whenever that was."""
    listened: ColumnElement[bool] = and_(event.c.name.in_(sorted(names)), event.c.at >= bindparam("earliest"))
    if minds_cancelled:
        listened = or_(listened, event.c.name == ORDER_CANCELLED)
    return select(
        event.c.id, event.c.message_id, event.c.contact, event.c.name, event.c.at, event.c.properties, event.c.send_key
    ).where(among_given(event.c.contact, "people"), listened)  # fmt: skip


def cancelled_by(connection: Connection, contacts: Iterable[int]) -> dict[int, frozenset[str]]:
    """The orders of these contacts that are known to be cancelled. The contacts are locked."""
    rows = connection.execute(
        select(event.c.contact, event.c.properties).where(
            among(event.c.contact, contacts), event.c.name == ORDER_CANCELLED
        )
    )
    found: dict[int, set[str]] = {}
    for row in rows:
        number = order_id(row.properties)
        if number is not None:
            found.setdefault(row.contact, set()).add(number)
    return {contact: frozenset(numbers) for contact, numbers in found.items()}


def keys_of(
    connection: Connection, arms: Iterable[Arm], roots: Mapping[int, int]
) -> dict[int, dict[str, frozenset[str]]]:
    """The send keys of the latest messages of the nodes that the arms name: {root: {node: keys}}.

    `roots` are the enrolments, each with its contact, by which its messages are found.
    """
    nodes = sorted({arm.message_of for arm in arms if arm.message_of is not None})
    wanted = roots.keys()
    if not nodes or not wanted:
        return {}
    root_of = {root: root for root in wanted}
    family = select(enrolment.c.id, enrolment.c.root).where(among(enrolment.c.root, wanted))
    root_of |= {row.id: row.root for row in connection.execute(family)}
    rows = connection.execute(
        select(
            message.c.strand, message.c.node, message.c.visit, message.c.send_key, message.c.created_at
        ).where(
            among(message.c.contact, set(roots.values())),
            among(message.c.strand, root_of),
            message.c.node.in_(nodes),
        )
    )
    latest: dict[tuple[int, str], tuple[tuple[int, int, int], set[str]]] = {}
    for strand, node, visit, key, created_at in rows:
        place, rank = (root_of[strand], node), (created_at, strand, visit)
        best = latest.get(place)
        if best is None or rank > best[0]:
            latest[place] = (rank, {key})
        elif rank == best[0]:
            best[1].add(key)
    found: dict[int, dict[str, frozenset[str]]] = {}
    for (root, node), (_, keys) in latest.items():
        found.setdefault(root, {})[node] = frozenset(keys)
    return found
