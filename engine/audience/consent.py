"""Who may be written to: each contact's own word on a channel, and addresses that must not be written to at all.

Where nothing was said, sending is allowed.
"""

from collections.abc import Iterable, Mapping
from typing import Literal

from sqlalchemy import Connection, and_, bindparam, delete, or_, select, update

from engine.store.bulk import insert_rows
from engine.store.sets import among, lock_contacts
from engine.store.tables import consent, suppression

Word = Literal["allowed", "refused"]
CHANNELS = ("email", "sms", "push")


class UnknownChannel(ValueError):
    """There is no such channel. Use email, sms or push."""


def set_consent(
    connection: Connection, words: Mapping[tuple[int, str], Word], *, at: int, source: str
) -> int:
    """Write what contacts say of channels: {(contact, channel): word}. Gives how many have changed their word.

    An older word never undoes a newer one: a word that is said again is newer. `at` is the business instant at which they
    said it.
    """
    if not words:
        return 0
    lock_contacts(connection, {who for who, _ in words})
    rows = connection.execute(
        select(consent.c.contact, consent.c.channel, consent.c.state, consent.c.at).where(
            among(consent.c.contact, {who for who, _ in words})
        )
    )
    known = {(row.contact, row.channel): (row.state, row.at) for row in rows}
    fresh = [(who, channel, word, source, at) for (who, channel), word in words.items()
             if (who, channel) not in known]  # fmt: skip
    insert_rows(connection, consent, ("contact", "channel", "state", "source", "at"), fresh)
    said = {key: word for key, word in words.items() if key in known and known[key][1] <= at}
    if said:
        connection.execute(
            update(consent)
            .where(consent.c.contact == bindparam("who"), consent.c.channel == bindparam("over"))
            .values(state=bindparam("word"), source=source, at=at),
            [{"who": who, "over": channel, "word": word} for (who, channel), word in said.items()],
        )
    return len(fresh) + len([key for key, word in said.items() if known[key][0] != word])


def read_consent(connection: Connection, contact: int) -> dict[str, Word]:
    """A contact's word on every channel; allowed where nothing was said."""
    rows = connection.execute(select(consent.c.channel, consent.c.state).where(consent.c.contact == contact))
    said: dict[str, Word] = {row.channel: row.state for row in rows}
    return {channel: said.get(channel, "allowed") for channel in CHANNELS} | said


def checked_channel(channel: str) -> str:
    """The channel. UnknownChannel if there is none of this name."""
    if channel not in CHANNELS:
        raise UnknownChannel(f'There is no channel "{channel[:40]}". Use {", ".join(CHANNELS)}.')
    return channel


def suppress(connection: Connection, addresses: Mapping[tuple[str, str], str], at: int) -> int:
    """Let nobody write to these any more: {(channel, address): reason}. Gives how many are new; the first reason stays."""
    known = suppressed(connection, addresses)
    fresh = [
        (channel, address, reason, at)
        for (channel, address), reason in sorted(addresses.items())
        if (channel, address) not in known
    ]
    insert_rows(connection, suppression, ("channel", "address", "reason", "at"), fresh)
    return len(fresh)


def suppressed(connection: Connection, addresses: Iterable[tuple[str, str]]) -> set[tuple[str, str]]:
    """Those of the addresses, as (channel, address), that must not be written to."""
    by_channel: dict[str, list[str]] = {}
    for channel, address in addresses:
        by_channel.setdefault(channel, []).append(address)
    found: set[tuple[str, str]] = set()
    for channel, listed in by_channel.items():
        rows = connection.scalars(
            select(suppression.c.address).where(
                suppression.c.channel == channel, among(suppression.c.address, listed)
            )
        )
        found |= {(channel, address) for address in rows}
    return found


def lift(connection: Connection, addresses: Iterable[tuple[str, str]]) -> int:
    """Allow writing to addresses again, by a person's decision. Gives how many were suppressed."""
    tests = [
        and_(suppression.c.channel == channel, suppression.c.address == address)
        for channel, address in addresses
    ]
    return connection.execute(delete(suppression).where(or_(*tests))).rowcount if tests else 0
