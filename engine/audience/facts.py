"""Facts for conditions asked at events: read for many contacts at once, as far as the conditions need them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection, select

from engine.audience.condition_sql import where
from engine.audience.contacts import read_contacts
from engine.audience.events import Recorded
from engine.audience.tags import read_tags
from engine.flow.condition import Condition, InSegment, events_mentioned, needs, walk
from engine.flow.condition_eval import Facts, Happened
from engine.store.batch import Person
from engine.store.sets import among
from engine.store.tables import contact, event


@dataclass
class FactsOf:
    """What the conditions need to know of these contacts. `of` gives the facts at one event.

    A condition at an event sees what was known before, and of the events that came with it those up to itself: as if
    they had come one by one.
    """

    people: dict[int, Person] = field(default_factory=dict)
    tags: dict[int, set[str]] = field(default_factory=dict)
    segments: dict[int, set[str]] = field(default_factory=dict)
    history: dict[int, list[tuple[int, Happened]]] = field(default_factory=dict)
    together: frozenset[int] = frozenset()

    def of(self, one: Recorded) -> Facts:
        """The facts of the event's contact, at the event."""
        assert one.contact is not None
        person = self.people.get(one.contact)
        history = [
            happened
            for number, happened in self.history.get(one.contact, ())
            if number not in self.together or (happened[1], number) <= one.moment
        ]
        return Facts(
            now=one.at,
            contact={} if person is None else person.facts(),
            event={"name": one.name, "properties": one.properties},
            tags=self.tags.get(one.contact, frozenset()),
            segments=self.segments.get(one.contact, frozenset()),
            history=history,
        )


def read_facts(
    connection: Connection, conditions: Iterable[Condition], events: Sequence[Recorded], now: int
) -> FactsOf:
    """Read what the conditions need of the events' contacts. `now` is a business instant; the events are in the table."""
    listed = list(conditions)
    wanted = frozenset[str]().union(*map(needs, listed))
    contacts = {one.contact for one in events if one.contact is not None}
    found = FactsOf(together=frozenset(one.id for one in events))
    if not contacts:
        return found
    if "contact" in wanted:
        found.people = read_contacts(connection, contacts)
    if "tags" in wanted:
        found.tags = read_tags(connection, contacts)
    if "segments" in wanted:
        named = {part.segment for one in listed for part in walk(one) if isinstance(part, InSegment)}
        for name in sorted(named):
            inside = where(InSegment(op="in_segment", segment=name), contact, connection=connection, now=now)
            for who in connection.scalars(select(contact.c.id).where(among(contact.c.id, contacts), inside)):
                found.segments.setdefault(who, set()).add(name)
    if "history" in wanted:
        names = sorted(frozenset[str]().union(*map(events_mentioned, listed)))
        rows = connection.execute(
            select(event.c.contact, event.c.id, event.c.name, event.c.at, event.c.properties).where(
                among(event.c.contact, contacts), event.c.name.in_(names)
            )
        )
        for who, number, name, at, properties in rows:
            found.history.setdefault(who, []).append((number, (name, at, properties)))
    return found
