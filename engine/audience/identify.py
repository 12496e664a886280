"""Who an event is about; and visitors who turn out to be contacts.

A visitor's events wait without a contact, and what the visitor said of themselves waits with them. The first time a
visitor is seen together with a contact, all of them become that contact's, and what was said fills the gaps in what is
known of that contact. When the same visitor (a shared device) is seen with another contact, only what happens from then
on is the other's: what is heard of later goes by when it happened.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, and_, bindparam, select, update

from engine.audience.contacts import Name, fill_gaps, owners_of, upsert_contacts
from engine.audience.events import Incoming, Recorded, happened_at, recorded_of
from engine.audience.profile import Problem, Profile, checked_id, is_nobody, read_profile
from engine.audience.recognition import Recognitions
from engine.store.batch import Unite
from engine.store.sets import among, lock_contacts, lock_living, lock_names
from engine.store.tables import contact, event

TRAITS = "traits"
"""The property of a visitor's identify call that keeps what it said."""
SPELLINGS = {
    "firstName": "first_name", "lastName": "last_name", "timeZone": "timezone", "language": "locale",
    "pushToken": "push_token",
}  # fmt: skip
"""Other common names of traits, and what they are called here."""


@dataclass(slots=True)
class Resolved:
    """Whose the incoming events are, in order (None: a visitor's), and the earlier events that became a contact's."""

    contacts: list[int | None]
    attached: list[Recorded] = field(default_factory=list)
    problems: list[tuple[str, Problem]] = field(default_factory=list)
    """Traits that were left out, each with the message id of its event."""
    kept: dict[int, dict[str, Any]] = field(default_factory=dict)
    """What visitors whom nobody knows yet say of themselves, by the place of their event: its property `traits`."""


def resolve(
    connection: Connection, incoming: Sequence[Incoming], now: int, unite: Unite | None = None
) -> Resolved:
    """Find or make the contact of each event, link visitors to contacts, and lock them all. `unite` makes contacts one who
    turn out to be. `now` is a business instant."""
    profiles, unnamed, problems = _profiles(incoming)
    _lock(connection, incoming, profiles, now)
    said = list(profiles)
    contested: list[tuple[int, Problem]] = []
    found = upsert_contacts(connection, list(profiles.values()), now, unite, contested)
    by_item = dict(zip(said, found, strict=True))
    problems += [(incoming[said[row]].message_id, problem) for row, problem in contested]
    given = _existing(connection, {one.contact for one in incoming if one.contact is not None})
    recognised = _recognised(connection, incoming, now)
    resolved = Resolved([], problems=problems)
    waiting: dict[str, list[int]] = {}
    for index, one in enumerate(incoming):
        who = given.get(one.contact) if one.contact is not None else by_item.get(index)
        visitor = visitor_of(one)
        if visitor is not None:
            if who is None:
                who = recognised.owner(visitor, happened_at(one, now))
            else:
                recognised.recognise(visitor, who, happened_at(one, now))
                for earlier in waiting.pop(visitor, ()):
                    resolved.contacts[earlier] = who
            if who is None:
                waiting.setdefault(visitor, []).append(index)
        resolved.contacts.append(who)
    recognised.write(connection, now)
    _lock_all(connection, resolved)
    resolved.attached = _attach(connection, recognised.first)
    _fill(connection, resolved, unnamed, now)
    return resolved


def _recognised(connection: Connection, incoming: Sequence[Incoming], now: int) -> Recognitions:
    """What is known of the visitors whom the events name."""
    seen = [(visitor, happened_at(one, now)) for one in incoming if (visitor := visitor_of(one))]
    return Recognitions(
        connection, {visitor for visitor, _ in seen}, min((at for _, at in seen), default=now)
    )


def visitor_of(one: Incoming) -> str | None:
    """The visitor's id; None for what stands for nobody in particular."""
    return one.anonymous_id if one.anonymous_id and not is_nobody(one.anonymous_id) else None


def _profiles(
    incoming: Sequence[Incoming],
) -> tuple[dict[int, Profile], dict[int, Profile], list[tuple[str, Problem]]]:
    """What the events say of their contacts, by their index: of those that name somebody, and of visitors who do not."""
    profiles: dict[int, Profile] = {}
    unnamed: dict[int, Profile] = {}
    problems: list[tuple[str, Problem]] = []
    for index, one in enumerate(incoming):
        if one.contact is not None or (one.user_id is None and one.traits is None):
            continue
        profile = Profile()
        if one.traits is not None:
            named = {SPELLINGS.get(key, key): value for key, value in one.traits.items()}
            profile, wrong = read_profile(named | ({"external_id": one.user_id} if one.user_id else {}))
            problems += [(one.message_id, problem) for problem in wrong]
        elif one.user_id is not None:
            try:
                profile = Profile.of(external_id=checked_id(one.user_id))
            except ValueError as error:
                problems.append((one.message_id, Problem("user_id", str(error))))
        if profile.names():
            profiles[index] = profile
        elif visitor_of(one) is not None and (profile.columns or profile.attributes):
            unnamed[index] = profile
    return profiles, unnamed, problems


def _fill(connection: Connection, resolved: Resolved, unnamed: Mapping[int, Profile], now: int) -> None:
    """Let what visitors said of themselves fill the gaps in what is known of their contacts, the last word first; of those
    whom nobody knows yet, keep it."""
    said: dict[int, dict[str, Any]] = {}
    for one in sorted(resolved.attached, key=lambda one: one.moment):
        if one.contact is not None and isinstance(one.properties.get(TRAITS), dict):
            said.setdefault(one.contact, {}).update(one.properties[TRAITS])
    for index, profile in unnamed.items():
        words = {name: value for name, value in profile.attributes.items() if value is not None}
        words |= profile.columns
        who = resolved.contacts[index]
        if who is None:
            resolved.kept[index] = words
        else:
            said.setdefault(who, {}).update(words)
    if said:
        fill_gaps(connection, said, now)


def _lock(
    connection: Connection, incoming: Sequence[Incoming], profiles: dict[int, Profile], now: int
) -> None:
    """Hold everybody whom the events may be about, in one go; visitors without a contact by their name."""
    if connection.dialect.name == "sqlite":
        return
    meeting: set[str] = set()
    alone: set[str] = set()
    for index, one in enumerate(incoming):
        if visitor := visitor_of(one):
            (meeting if index in profiles or one.contact is not None else alone).add(visitor)
    lock_names(connection, meeting, shared=False)
    lock_names(connection, alone - meeting, shared=True)
    names: set[Name] = {name for profile in profiles.values() for name in profile.names()}
    known = set(owners_of(connection, names).values())
    known |= _recognised(connection, incoming, now).contacts
    lock_contacts(connection, known | {one.contact for one in incoming if one.contact is not None})


def _existing(connection: Connection, contacts: Iterable[int]) -> dict[int, int]:
    """The contacts that there are, each with the one that it was merged into, or itself."""
    wanted = list(contacts)
    if not wanted:
        return {}
    rows = connection.execute(select(contact.c.id, contact.c.merged_into).where(among(contact.c.id, wanted)))
    found = {row.id: row.merged_into for row in rows}
    merged = [who for who, into in found.items() if into is not None]
    return {who: who for who in found} | lock_living(connection, merged)


def _lock_all(connection: Connection, resolved: Resolved) -> None:
    """Hold everybody who came out. A visitor's contact may have been merged into another while it was waited for."""
    merged = lock_contacts(connection, {who for who in resolved.contacts if who is not None})
    if merged:
        living = lock_living(connection, merged)
        resolved.contacts = [living.get(who or 0, who) for who in resolved.contacts]


def _attach(connection: Connection, visitors: dict[str, int]) -> list[Recorded]:
    """Give visitors' waiting events to their contacts. Gives those events."""
    if not visitors:
        return []
    waiting = and_(event.c.contact.is_(None), among(event.c.anonymous_id, visitors))
    rows = connection.execute(select(event).where(waiting, event.c.anonymous_id.is_not(None))).all()
    attached = [recorded_of(row) for row in rows]
    for one in attached:
        one.contact = visitors[one.anonymous_id or ""]
    if attached:
        connection.execute(
            update(event)
            .where(event.c.contact.is_(None), event.c.anonymous_id == bindparam("visitor"))
            .values(contact=bindparam("who")),
            [{"visitor": visitor, "who": who} for visitor, who in visitors.items()],
        )
    return attached
