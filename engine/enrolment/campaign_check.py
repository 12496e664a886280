"""What would happen if a segment entered a journey now: counted by the database, nobody read one by one.

It asks what `enter` and the claim of a send ask, so that the answer holds as long as nobody changes anything.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Connection,
    Subquery,
    Text,
    and_,
    case,
    exists,
    false,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy import cast as sql_cast

from engine.audience.condition_sql import segment_members
from engine.enrolment.plans import Published
from engine.flow.document import Reentry
from engine.flow.manifest import Catalog
from engine.journey.time import after, zone
from engine.store.tables import consent, contact, enrolment, entry, suppression

_FURTHEST = 200 * 366 * 86_400_000


@dataclass(frozen=True, slots=True)
class Reach:
    """Of those who would enter: who can be written to on a channel, and who cannot, each for the first reason that holds."""

    channel: str
    nodes: tuple[str, ...]
    no_address: int
    refused: int
    suppressed: int
    reachable: int


@dataclass(frozen=True, slots=True)
class Prospect:
    """How many there are, how many of them would enter, and whom the re-entry rule keeps out."""

    members: int
    enter: int
    inside: int
    before: int
    channels: tuple[Reach, ...]


def check_campaign(
    connection: Connection, published: Published, catalog: Catalog, *, now: int, segment: str | None = None,
    one: int | None = None,
) -> Prospect:  # fmt: skip
    """What would happen if the segment, or the one contact, entered at the business instant `now`.

    ConditionError where the segment is gone or cannot be evaluated.
    """
    if segment is not None:
        who = segment_members(connection, segment, now=now).order_by(None).subquery()
    else:
        who = select(contact.c.id).where(contact.c.id == one, contact.c.merged_into.is_(None)).subquery()
    inside, before = _kept_out(published, who.c.id, now)
    row = connection.execute(
        select(func.count(), _count(inside), _count(and_(~inside, before))).select_from(who)
    ).one()
    allowed = select(who.c.id).where(~inside, ~before).subquery()
    reached = tuple(
        _reach(connection, allowed, channel, nodes)
        for channel, nodes in _channels(published, catalog).items()
    )
    members, held, earlier = (int(value or 0) for value in row)
    return Prospect(members, members - held - earlier, held, earlier, reached)


def _count(test: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((test, 1), else_=0))


def _kept_out(
    published: Published, who: ColumnElement[int], now: int
) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """Whom the rule keeps out because they are inside, and whom because they were."""
    reentry = published.plan.settings.reentry
    if reentry.rule == "every_event":
        return false(), false()
    e = enrolment.c
    inside = exists(literal(1)).where(
        e.contact == who, e.journey == published.journey, e.root.is_(None), e.ended_at.is_(None)
    )
    known = [entry.c.journey == published.journey, entry.c.contact == who]
    if reentry.rule == "after_end":
        return inside, false()
    if reentry.rule == "after_time":
        known.append(entry.c.last_at > _latest(reentry, published.plan.settings.timezone, now))
    return inside, exists(literal(1)).select_from(entry).where(*known)


def _latest(reentry: Reentry, timezone: str, now: int) -> int:
    """The latest entry from which so much time has gone by. Months have no fixed length: it is searched for."""
    assert reentry.after is not None
    place = zone(None, timezone)
    low, high = now - _FURTHEST, now
    while low < high:
        middle = (low + high + 1) // 2
        if after(middle, reentry.after, place) <= now:
            low = middle
        else:
            high = middle - 1
    return low


def _channels(published: Published, catalog: Catalog) -> dict[str, tuple[str, ...]]:
    """The channels on which the plan's acts send, each with the nodes that do."""
    found: dict[str, tuple[str, ...]] = {}
    for node in published.plan.order:
        known = published.plan.nodes[node]
        manifest = catalog.get(known.type, known.version)
        if manifest is not None and manifest.sends is not None:
            found[manifest.sends] = (*found.get(manifest.sends, ()), node)
    return found


def _reach(connection: Connection, allowed: Subquery, channel: str, nodes: tuple[str, ...]) -> Reach:
    address = _address(channel, connection.dialect.name)
    no_address = or_(address.is_(None), address == "")
    said = consent.alias("said")
    barred = suppression.alias("barred")
    refused, stopped = said.c.contact.is_not(None), barred.c.address.is_not(None)
    people = (
        allowed.join(contact, contact.c.id == allowed.c.id)
        .outerjoin(
            said,
            and_(said.c.contact == allowed.c.id, said.c.channel == channel, said.c.state == "refused"),
        )
        .outerjoin(barred, and_(barred.c.channel == channel, barred.c.address == address))
    )
    row = connection.execute(
        select(
            func.count(),
            _count(no_address),
            _count(and_(~no_address, refused)),
            _count(and_(~no_address, ~refused, stopped)),
        ).select_from(people)
    ).one()
    everyone, lost, no, held = (int(value or 0) for value in row)
    return Reach(channel, nodes, lost, no, held, everyone - lost - no - held)


def _address(channel: str, dialect: str) -> ColumnElement[str]:
    """Where a contact is reached, as `engine.delivery.letters.addresses_of` says; of several devices, one."""
    if channel == "email":
        return contact.c.email
    if channel == "sms":
        return contact.c.phone
    devices = (("push_token",), ("push_tokens", "0"))
    return func.coalesce(*(_text_at(path, dialect) for path in devices))


def _text_at(path: Sequence[str], dialect: str) -> ColumnElement[str]:
    """The text at this place of the attributes; null where something else stands there."""
    attributes = contact.c.attributes
    if dialect == "sqlite":
        place = "$" + "".join(f"[{name}]" if name.isdigit() else f".{name}" for name in path)
        return case(
            (func.json_type(attributes, place) == "text", func.json_extract(attributes, place)), else_=None
        )
    where = sql_cast(literal(f"{{{','.join(path)}}}"), ARRAY(Text()))
    text = attributes.op("#>>", return_type=Text())(where)
    return case((func.jsonb_typeof(attributes.op("#>")(where)) == "string", text), else_=None)
