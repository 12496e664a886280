"""Contacts, read."""

from typing import Any

from sqlalchemy import Connection, Row, func, or_, select

from api.contacts.schemas import ConsentOut, ContactDetail, ContactListed, ContactOut, Identity, TagOut
from api.paging import Counted, count_rows, counted, decode_cursor, page_of
from engine.audience.consent import CHANNELS, read_consent
from engine.audience.contacts import UnknownContact
from engine.store.sets import among
from engine.store.tables import contact, event, identity, membership, segment, suppression, tag

_ADDRESS = {"email": "email", "sms": "phone"}
_SHOWN = (
    "id", "external_id", "email", "phone", "first_name", "last_name", "timezone", "locale", "attributes", "created_at",
    "updated_at",
)  # fmt: skip


def list_contacts(
    connection: Connection, *, search: str | None, cursor: str | None, limit: int
) -> Counted[ContactListed]:
    """A page of contacts, the newest first. The search is the beginning of a name or email, or a whole id or phone; who is
    found is counted where the page holds them all, since among millions that costs too much."""
    living = contact.c.merged_into.is_(None)
    query = select(*(contact.c[name] for name in _SHOWN)).where(living)
    if search:
        query = query.where(_matches(search.strip()))
    after = decode_cursor(cursor, int)
    if after is not None:
        query = query.where(contact.c.id < after[0])
    rows = connection.execute(query.order_by(contact.c.id.desc()).limit(limit + 1)).all()
    about = _about(connection, [row.id for row in rows])
    page = page_of(rows, limit, about.listed, lambda row: (row.id,))
    if not search:
        return counted(page, count_rows(connection, contact, living))
    return counted(page, len(page.items) if after is None and page.next is None else None)


class _About:
    """What is told of the contacts of a page beside their own rows."""

    def __init__(self, tags: dict[int, list[str]], last: dict[int, int]) -> None:
        self._tags = tags
        self._last = last

    def listed(self, row: Row[Any]) -> ContactListed:
        return ContactListed(
            **dict(_shown(row)), tags=self._tags.get(row.id, []), last_activity=self._last.get(row.id)
        )


def _about(connection: Connection, contacts: list[int]) -> _About:
    tags: dict[int, list[str]] = {}
    for who, name in connection.execute(
        select(tag.c.contact, tag.c.name).where(among(tag.c.contact, contacts)).order_by(tag.c.name)
    ):
        tags.setdefault(who, []).append(name)
    last = connection.execute(
        select(event.c.contact, func.max(event.c.at))
        .where(among(event.c.contact, contacts))
        .group_by(event.c.contact)
    )
    return _About(tags, {row[0]: row[1] for row in last})


def _matches(text: str) -> Any:
    by_name = select(identity.c.contact).where(identity.c.value.in_([text, text.lower()]))
    begins = [
        func.lower(contact.c[name]).startswith(text.lower(), autoescape=True)
        for name in ("email", "first_name", "last_name")
    ]
    return or_(contact.c.id.in_(by_name), *begins)


def _shown(row: Row[Any]) -> ContactOut:
    return ContactOut(**{name: row._mapping[name] for name in _SHOWN})


def read_contact(connection: Connection, number: int) -> ContactDetail:
    """One contact, with what is known. UnknownContact where there is none."""
    row = connection.execute(select(contact).where(contact.c.id == number)).one_or_none()
    if row is None:
        raise UnknownContact(f"There is no contact {number}. Look up its id among the contacts.")
    names = connection.execute(
        select(identity.c.kind, identity.c.value)
        .where(identity.c.contact == number)
        .order_by(identity.c.kind, identity.c.value)
    )
    tags = connection.execute(
        select(tag.c.name, tag.c.at).where(tag.c.contact == number).order_by(tag.c.name)
    )
    return ContactDetail(
        **dict(_shown(row)),
        merged_into=row.merged_into,
        identities=[Identity(kind=one.kind, value=one.value) for one in names],
        consents=_consents(connection, row),
        tags=[TagOut(name=one.name, at=one.at) for one in tags],
        segments=_segments(connection, number),
    )


def _consents(connection: Connection, row: Row[Any]) -> list[ConsentOut]:
    said = read_consent(connection, row.id)
    found = []
    for channel in CHANNELS:
        address = row._mapping[_ADDRESS[channel]] if channel in _ADDRESS else row.attributes.get("push_token")
        reason = None
        if isinstance(address, str):
            reason = connection.scalar(
                select(suppression.c.reason).where(
                    suppression.c.channel == channel, suppression.c.address == address
                )
            )
        found.append(
            ConsentOut.model_validate({"channel": channel, "state": said[channel], "suppressed": reason})
        )
    return found


def _segments(connection: Connection, number: int) -> list[str]:
    """The lists and tags that the contact is in, as segments, by name."""
    lists = (
        select(segment.c.name)
        .join(membership, membership.c.segment == segment.c.id)
        .where(membership.c.contact == number)
    )
    tagged = select(segment.c.name).join(tag, tag.c.name == segment.c.tag).where(tag.c.contact == number)
    return sorted({*connection.scalars(lists), *connection.scalars(tagged)})
