"""The contact of a rehearsal: read from the database once, or invented; from then on it lives in memory alone."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import Connection, select

from engine.audience.consent import CHANNELS, read_consent, suppressed
from engine.audience.contacts import UnknownContact, read_contacts
from engine.audience.profile import COLUMNS, PUSH_TOKEN, Profile
from engine.audience.tags import read_tags
from engine.flow.condition import Condition, InSegment, parse_condition, walk
from engine.flow.condition_eval import Facts, compile_condition
from engine.journey.contact import Contact
from engine.journey.traveller import Happening
from engine.store.batch import Person
from engine.store.tables import event, membership, segment

MOST_HISTORY = 1_000
"""How many earlier events of a contact a rehearsal knows, the newest."""


@dataclass(frozen=True, slots=True)
class StoredSegment:
    """What puts a contact into a segment: a list, a tag, or a condition."""

    tag: str | None = None
    condition: Condition | None = None


@dataclass
class Someone:
    """A contact as a rehearsal knows it. Its changes stay here."""

    person: Person
    tags: set[str] = field(default_factory=set)
    lists: set[str] = field(default_factory=set)
    refused: set[str] = field(default_factory=set)
    """The channels on which the contact wants nothing."""
    suppressed: set[tuple[str, str]] = field(default_factory=set)
    history: list[Happening] = field(default_factory=list)

    def write(self, profile: Profile) -> None:
        """Write what an act says of the contact. An attribute that is None is taken away, and so are cleared columns."""
        attributes = {**self.person.attributes, **profile.attributes}
        kept = {name: value for name, value in attributes.items() if value is not None}
        columns: dict[str, Any] = {**profile.columns, **dict.fromkeys(profile.cleared), "attributes": kept}
        self.person = self.person._replace(**columns)

    def contact(self, at: int, events: Sequence[Happening], segments: Mapping[str, StoredSegment]) -> Contact:
        """The contact as plain data, at an instant, with those of the segments in which it is."""
        facts = Facts(
            now=at,
            contact=self.person.facts(),
            tags=frozenset(self.tags),
            history=[(one.name, one.at, one.properties) for one in events],
        )
        known: dict[str, bool] = {}
        for name in segments:
            _inside(name, segments, self.lists, facts, known)
        return Contact(
            id=self.person.id,
            fields=self.person.facts(),
            timezone=self.person.timezone,
            tags=frozenset(self.tags),
            segments=frozenset(name for name, inside in known.items() if inside) | self.lists,
        )


def _inside(
    name: str,
    segments: Mapping[str, StoredSegment],
    lists: Collection[str],
    facts: Facts,
    known: dict[str, bool],
) -> bool:
    """Whether the contact is in a segment; those that its condition names are asked first."""
    if name in known:
        return known[name]
    known[name] = False
    stored = segments.get(name)
    if stored is None:
        inside = False
    elif stored.condition is not None:
        named = sorted({part.segment for part in walk(stored.condition) if isinstance(part, InSegment)})
        others = frozenset(one for one in named if _inside(one, segments, lists, facts, known))
        inside = compile_condition(stored.condition)(replace(facts, segments=others))
    else:
        inside = stored.tag in facts.tags if stored.tag is not None else name in lists
    known[name] = inside
    return inside


def read_someone(connection: Connection, number: int, *, before: int) -> Someone:
    """A real contact, with what it did before an instant. UnknownContact where there is none."""
    person = read_contacts(connection, [number]).get(number)
    if person is None:
        raise UnknownContact(f"There is no contact {number}. Look up its id among the contacts.")
    lists = connection.scalars(
        select(segment.c.name)
        .join(membership, membership.c.segment == segment.c.id)
        .where(membership.c.contact == number)
    )
    addresses = [(channel, address) for channel in CHANNELS if (address := _address(person, channel))]
    return Someone(
        person=person,
        tags=read_tags(connection, [number]).get(number, set()),
        lists=set(lists),
        refused={channel for channel, word in read_consent(connection, number).items() if word == "refused"},
        suppressed=set(suppressed(connection, addresses)),
        history=_history(connection, number, before),
    )


def _address(person: Person, channel: str) -> str | None:
    found = {"email": person.email, "sms": person.phone}.get(channel, person.attributes.get(PUSH_TOKEN))
    return found if isinstance(found, str) else None


def _history(connection: Connection, number: int, before: int) -> list[Happening]:
    rows = connection.execute(
        select(event.c.id, event.c.message_id, event.c.name, event.c.at, event.c.properties, event.c.send_key)
        .where(event.c.contact == number, event.c.at < before)
        .order_by(event.c.at.desc(), event.c.id.desc())
        .limit(MOST_HISTORY)
    ).all()
    # Their ids are of another order than those of the rehearsal's own events, which all come later.
    return [
        Happening(order - len(rows), row.message_id, row.name, row.at, row.properties, row.send_key)
        for order, row in enumerate(reversed(rows))
    ]


def invent(
    number: int, profile: Profile, *, tags: Collection[str], lists: Collection[str], refused: Collection[str]
) -> Someone:
    """Somebody who is not there. The number decides on which arms of random splits it goes."""
    columns: dict[str, Any] = {name: profile.columns.get(name) for name in COLUMNS}
    kept = {name: value for name, value in profile.attributes.items() if value is not None}
    return Someone(Person(number, attributes=kept, **columns), set(tags), set(lists), set(refused))


def read_segments(connection: Connection, names: Collection[str]) -> dict[str, StoredSegment]:
    """These segments, and those that their conditions name."""
    found: dict[str, StoredSegment] = {}
    wanted = set(names)
    while wanted:
        rows = connection.execute(
            select(segment.c.name, segment.c.tag, segment.c.condition).where(
                segment.c.name.in_(sorted(wanted))
            )
        ).all()
        named: set[str] = set()
        for row in rows:
            condition = None if row.condition is None else parse_condition(row.condition)
            found[row.name] = StoredSegment(row.tag, condition)
            if condition is not None:
                named |= {part.segment for part in walk(condition) if isinstance(part, InSegment)}
        wanted = named - found.keys() - wanted
    return found


def tag_segments(connection: Connection) -> dict[str, list[str]]:
    """The segments that each tag makes up, {tag: names}."""
    found: dict[str, list[str]] = {}
    rows = connection.execute(
        select(segment.c.tag, segment.c.name).where(segment.c.kind == "tag").order_by(segment.c.name)
    )
    for row in rows:
        found.setdefault(row.tag, []).append(row.name)
    return found
