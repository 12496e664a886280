"""Contacts: found by the names they are recognised by, and written thousands at a time."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, and_, bindparam, delete, or_, select, update

from engine.audience.contact_dates import Dated, may_hold_dates, write_dates
from engine.audience.profile import COLUMNS, PUSH_TOKEN, PUSH_TOKENS, Problem, Profile
from engine.journey.host import Gone, Outcome, Went
from engine.store.batch import Batch, Person, Unite
from engine.store.bulk import insert_rows
from engine.store.ids import new_ids
from engine.store.sets import among, lock_contacts
from engine.store.tables import contact, enrolment, identity

Name = tuple[str, str]
"""What a contact is recognised by: a kind and a value."""

_INSERTED = ("id", *COLUMNS, "attributes", "created_at", "updated_at", "merged_into")
_MIRRORED = ("email", "phone")
"""Columns that change, and whose earlier value then recognises nobody any more."""


class UnknownContact(LookupError):
    """There is no such contact. Check the id, or make the contact first."""


def owners_of(connection: Connection, names: Iterable[Name]) -> dict[Name, int]:
    """The contacts that these names belong to; names of nobody are left out."""
    by_kind: dict[str, list[str]] = {}
    for kind, value in set(names):
        by_kind.setdefault(kind, []).append(value)
    if not by_kind:
        return {}
    tests = [
        and_(identity.c.kind == kind, among(identity.c.value, by_kind[kind])) for kind in sorted(by_kind)
    ]
    owners: dict[Name, int] = {}
    for test in tests:  # one by one: an OR over them keeps SQLite from the key
        rows = connection.execute(select(identity.c.kind, identity.c.value, identity.c.contact).where(test))
        owners |= {(row[0], row[1]): row[2] for row in rows}
    return owners


def find_contact(connection: Connection, kind: str, value: str) -> int | None:
    """The contact of one name."""
    return owners_of(connection, [(kind, value)]).get((kind, value))


def read_contacts(connection: Connection, contacts: Iterable[int]) -> dict[int, Person]:
    """Contacts' rows, by id."""
    columns = [contact.c.id, *(contact.c[name] for name in COLUMNS), contact.c.attributes]
    rows = connection.execute(select(*columns).where(among(contact.c.id, contacts)))
    return {row[0]: Person(*row) for row in rows}


def upsert_contacts(
    connection: Connection, rows: Sequence[Profile], now: int, unite: Unite | None = None,
    contested: list[tuple[int, Problem]] | None = None,
) -> list[int]:  # fmt: skip
    """Write what is said of contacts, and make those who are not known. Gives each row's contact, in order.

    A contact is recognised by external id, then email, then phone. An email or phone alone never recognises a contact
    for somebody with another external id; it then stays with its earlier owner, and is only an address of the new one:
    `contested` is told so, with the row's number. Where a row names several contacts who can be one, `unite` makes them
    one; without it, in places without journeys, they stay apart. `now` is a business instant. Locks the contacts.
    """
    names = {name for row in rows for name in row.names()} | set(_tokens(rows))
    owners = owners_of(connection, names)
    if connection.dialect.name != "sqlite":
        held: set[int] = set()
        while fresh := set(owners.values()) - held:  # names change hands while their owner is waited for
            lock_contacts(connection, fresh)
            held |= fresh
            owners = owners_of(connection, names)
    upsert = _Upsert(connection, owners, rows, now, unite=unite)
    contacts = upsert.run()
    if contested is not None:
        contested += upsert.contested
    return contacts


def update_contacts(connection: Connection, changes: Mapping[int, Profile], now: int) -> None:
    """Write what is said of known contacts, whatever names it holds: those of others stay with the others."""
    lock_contacts(connection, changes)
    names = {name for row in changes.values() for name in row.names()} | set(_tokens(changes.values()))
    _Upsert(connection, owners_of(connection, names), list(changes.values()), now, list(changes)).run()


def fill_gaps(connection: Connection, said: Mapping[int, Mapping[str, Any]], now: int) -> None:
    """Write what is said of known contacts, by the names of columns and attributes, where nothing is known yet."""
    lock_contacts(connection, said)
    changes: dict[int, Profile] = {}
    for who, person in read_contacts(connection, said).items():
        known = {name: getattr(person, name) for name in COLUMNS}
        fresh = {
            name: value
            for name, value in said[who].items()
            if (known[name] is None if name in known else name not in person.attributes)
        }
        if fresh:
            columns = {name: value for name, value in fresh.items() if name in known}
            changes[who] = Profile(columns, {name: fresh[name] for name in fresh.keys() - known.keys()})
    if changes:
        update_contacts(connection, changes, now)


def update_batch(batch: Batch, changes: Mapping[int, Profile], port: str = "done") -> list[Outcome]:
    """Write what an act says of contacts ({strand: profile}); everyone leaves by `port`, who still holds their place."""

    def work(connection: Connection) -> set[int]:
        lock_contacts(connection, {traveller.contact for traveller in batch.travellers})
        held = holding(connection, batch)
        wanted = {t.contact: changes[t.strand] for t in batch.travellers if t.strand in held & changes.keys()}
        update_contacts(connection, wanted, batch.due)
        return held

    # Tried again where another transaction gave the same address to somebody else meanwhile.
    held = batch.database.transact(work)
    return [Went(port) if traveller.strand in held else Gone() for traveller in batch.travellers]


def holding(connection: Connection, batch: Batch) -> set[int]:
    """The strands of a batch whose fence still holds, and whose contact is the one that they had. The contacts are locked."""
    fences = {traveller.strand: (traveller.fence, traveller.contact) for traveller in batch.travellers}
    rows = connection.execute(
        select(enrolment.c.id, enrolment.c.step, enrolment.c.contact).where(
            among(enrolment.c.id, fences), enrolment.c.cohort.is_not(None)
        )
    )
    return {row.id for row in rows if fences[row.id] == (row.step, row.contact)}


def _tokens(rows: Iterable[Profile]) -> list[Name]:
    found = (row.attributes.get(PUSH_TOKEN) for row in rows if row.attributes)
    return [(PUSH_TOKEN, token) for token in found if isinstance(token, str)]


@dataclass(slots=True)
class _Known:
    """A contact as it is, or shall be."""

    values: dict[str, Any]
    attributes: dict[str, Any]
    fresh: bool = False
    changed: bool = False
    dated: bool = False
    """Whether a date that it holds, or where it is at home on that day, may have changed."""

    def put(self, column: str, value: str | None) -> None:
        """Write a column."""
        before, self.values[column] = self.values[column], value
        self.changed = True
        if may_hold_dates(value) or may_hold_dates(before) or (column == "timezone" and not self.fresh):
            self.dated = True

    def fill_gaps(self, other: "_Known") -> None:
        """Take what the other one knows, and this one does not."""
        for name, value in other.values.items():
            if value is not None and self.values[name] is None:
                self.values[name] = value
        own = self.devices
        further = [token for token in other.devices if token not in own]
        self.attributes = {**other.attributes, **self.attributes}
        if own and further:
            self.attributes[PUSH_TOKENS] = [*self._further_devices(), *further]
        self.changed = True
        self.dated = other.dated = True

    @property
    def devices(self) -> list[str]:
        """The addresses of the contact's devices."""
        listed = [self.attributes.get(PUSH_TOKEN), *self._further_devices()]
        return [token for token in listed if isinstance(token, str)]

    def _further_devices(self) -> list[Any]:
        listed = self.attributes.get(PUSH_TOKENS)
        return listed if isinstance(listed, list) else []

    def lose_device(self, token: str) -> None:
        """Somebody else has signed in on a device."""
        if self.attributes.get(PUSH_TOKEN) == token:
            del self.attributes[PUSH_TOKEN]
            self.changed = True
        if token in self._further_devices():
            self.attributes[PUSH_TOKENS] = [one for one in self._further_devices() if one != token]
            self.changed = True


class _Upsert:
    def __init__(
        self, connection: Connection, owners: dict[Name, int], rows: Sequence[Profile], now: int,
        given: Sequence[int] | None = None, unite: Unite | None = None,
    ) -> None:  # fmt: skip
        self.connection = connection
        self.owners = owners
        self.rows = rows
        self.now = now
        self.given = given
        self.unite = unite
        self.merged: dict[int, int] = {}
        """Who turned out to be another one, in the order in which that came out."""
        self.contested: list[tuple[int, Problem]] = []
        self.new_names: dict[Name, int] = {}
        self.lost_names: set[tuple[str, str, int]] = set()
        self.moved_tokens: dict[str, int] = {}
        self.known = self._read()

    def _read(self) -> dict[int, _Known]:
        """The rows that may have to change, or must be looked at before somebody is recognised by them."""
        wanted = set(self.given or ())
        if self.owners:
            for row in self.rows:
                if self.given is not None or not _says_only_the_id(row):
                    wanted.update(
                        owner for name in row.names() if (owner := self.owners.get(name)) is not None
                    )
            wanted.update(self.owners[name] for name in _tokens(self.rows) if name in self.owners)
        return {
            number: _Known({name: getattr(person, name) for name in COLUMNS}, dict(person.attributes))
            for number, person in (read_contacts(self.connection, wanted) if wanted else {}).items()
        }

    def run(self) -> list[int]:
        contacts = []
        spare = iter(new_ids(len(self.rows)))
        for index, row in enumerate(self.rows):
            names = row.names()
            number = self.given[index] if self.given is not None else self._recognise(index, row, names)
            if number is None:
                number = next(spare)
                self.known[number] = _Known(dict.fromkeys(COLUMNS), {}, fresh=True)
            if number in self.known:
                self._apply(number, self.known[number], row, names)
            contacts.append(number)
        self._write()
        return [self._who(number) for number in contacts] if self.merged else contacts

    def _who(self, number: int) -> int:
        while number in self.merged:
            number = self.merged[number]
        return number

    def _recognise(self, index: int, row: Profile, names: list[Name]) -> int | None:
        """Whom the row is about. Others whom it names become that contact, where they can be."""
        found: int | None = None
        external_id = row.columns.get("external_id")
        for name in names:
            owner = self.owners.get(name)
            if owner is None or owner == found:
                continue
            if name[0] != "external_id":  # nobody is read who is named by his id alone
                theirs = self.known[owner].values["external_id"]
                if None not in (external_id, theirs) and theirs != external_id:
                    self.contested.append((index, Problem(name[0], _CONTESTED)))
                    continue
                external_id = external_id or theirs
            if found is None:
                found = owner
            elif self.unite is not None:
                found = self._merge(found, owner)
        return found

    def _merge(self, one: int, other: int) -> int:
        """Make two contacts one. Gives the one who stays: who has an external id, else the older one."""
        stays, goes = sorted(
            (one, other), key=lambda who: (self.known[who].values["external_id"] is None, who)
        )
        self.known[stays].fill_gaps(self.known[goes])
        self.merged[goes] = stays
        for names in (self.owners, self.new_names, self.moved_tokens):
            for name, owner in names.items():
                if owner == goes:
                    names[name] = stays  # type: ignore[index]  # names by their own kind of key
        self.lost_names = {(kind, value, self._who(who)) for kind, value, who in self.lost_names}
        return stays

    def _apply(self, number: int, known: _Known, row: Profile, names: list[Name]) -> None:
        values = known.values
        for column, value in row.columns.items():
            before = values[column]
            if before == value:
                continue
            if before is not None:
                if column == "external_id":
                    continue  # a person keeps the id that others know them by
                if column in _MIRRORED:
                    self._lose((column, before), number)
            known.put(column, value)
        self._clear(number, known, row)
        for name in names:
            if name not in self.owners and values[name[0]] == name[1]:
                self.owners[name] = self.new_names[name] = number
        for key, value in row.attributes.items():
            if key in known.attributes if value is None else known.attributes.get(key, _MISSING) != value:
                self._set(number, known, key, value)

    def _clear(self, number: int, known: _Known, row: Profile) -> None:
        for column in sorted(row.cleared):
            before = known.values[column]
            if before is not None:
                if column in _MIRRORED:
                    self._lose((column, before), number)
                known.put(column, None)

    def _set(self, number: int, known: _Known, key: str, value: Any) -> None:
        if may_hold_dates(value) or may_hold_dates(known.attributes.get(key)):
            known.dated = True
        if value is None:
            del known.attributes[key]
        else:
            known.attributes[key] = value
        known.changed = True
        if key == PUSH_TOKEN and isinstance(value, str):
            self._move_token(value, number)

    def _move_token(self, token: str, number: int) -> None:
        """A device tells whoever signed in on it last, and nobody else."""
        before = self.owners.get((PUSH_TOKEN, token))
        if before is not None and before != number:
            self.known[before].lose_device(token)
        self.owners[PUSH_TOKEN, token] = number
        self.moved_tokens[token] = number

    def _lose(self, name: Name, number: int) -> None:
        if self.new_names.get(name) == number:
            del self.new_names[name]
        if self.owners.get(name, number) == number:
            self.owners.pop(name, None)
            self.lost_names.add((*name, number))

    def _write(self) -> None:
        now = self.now
        fresh = [
            (number, *known.values.values(), known.attributes, now, now, None)
            for number, known in self.known.items()
            if known.fresh
        ]
        insert_rows(self.connection, contact, _INSERTED, fresh)
        self._write_changed()
        for goes, stays in self.merged.items():
            self.connection.execute(update(identity).where(identity.c.contact == goes).values(contact=stays))
        self._write_names()
        if self.merged and self.unite is not None:
            self.unite(self.connection, list(self.merged.items()), now)
        self._write_dates()

    def _write_dates(self) -> None:
        dated = {number: known for number, known in self.known.items() if known.dated}
        write_dates(
            self.connection,
            {
                number: Dated(known.values, known.attributes)
                for number, known in dated.items()
                if number not in self.merged
            },
            [number for number, known in dated.items() if not known.fresh],
        )

    def _write_changed(self) -> None:
        changed = [
            {"who": number, "new_attributes": known.attributes, "at": self.now}
            | {f"new_{name}": value for name, value in known.values.items()}
            for number, known in self.known.items()
            if known.changed and not known.fresh
        ]
        if changed:
            self.connection.execute(
                update(contact)
                .where(contact.c.id == bindparam("who"))
                .values(
                    attributes=bindparam("new_attributes"),
                    updated_at=bindparam("at"),
                    **{name: bindparam(f"new_{name}") for name in COLUMNS},
                ),
                changed,
            )

    def _write_names(self) -> None:
        gone = [
            and_(identity.c.kind == kind, identity.c.value == value, identity.c.contact == number)
            for kind, value, number in sorted(self.lost_names)
        ]
        gone += [
            and_(identity.c.kind == PUSH_TOKEN, identity.c.value == token) for token in self.moved_tokens
        ]
        for start in range(0, len(gone), 200):
            self.connection.execute(delete(identity).where(or_(*gone[start : start + 200])))
        # In one order everywhere, so that two transactions that make the same contacts do not wait for each other.
        names = [*self.new_names.items(), *(((PUSH_TOKEN, t), n) for t, n in self.moved_tokens.items())]
        rows = [(kind, value, number, self.now) for (kind, value), number in sorted(names)]
        insert_rows(self.connection, identity, ("kind", "value", "contact", "created_at"), rows)


_MISSING = object()
_CONTESTED = (
    "This belongs to another contact, with another external id, and recognises them still. "
    "Correct whichever of the two is wrong."
)


def _says_only_the_id(row: Profile) -> bool:
    return len(row.columns) == 1 and "external_id" in row.columns and not row.attributes and not row.cleared
