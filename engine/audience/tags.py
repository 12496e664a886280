"""Tags on contacts. What was really added or removed comes about as an event, once."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Literal

from sqlalchemy import Connection, delete, select

from engine.audience.contacts import holding
from engine.journey.host import Gone, Outcome, Went
from engine.store.batch import Batch, News, via
from engine.store.bulk import insert_rows
from engine.store.sets import among, lock_contacts
from engine.store.tables import segment, tag

MAX_TAG = 200
Change = Literal["added", "removed"]


def checked_tag(name: str) -> str:
    """A tag's name. ValueError if it is empty or too long."""
    text = name.strip()
    if not text or len(text) > MAX_TAG or "\x00" in text:
        raise ValueError(f'"{name[:40]}" cannot be a tag. Write a name of 1 to {MAX_TAG} characters.')
    return text


def add_tag(connection: Connection, contacts: Iterable[int], name: str, at: int) -> list[int]:
    """Tag contacts. Gives those who did not carry the tag before, in order. Locks the contacts."""
    wanted = sorted(set(contacts))
    lock_contacts(connection, wanted)
    have = _carriers(connection, wanted, name)
    added = [who for who in wanted if who not in have]
    insert_rows(connection, tag, ("contact", "name", "at"), [(who, name, at) for who in added])
    return added


def remove_tag(connection: Connection, contacts: Iterable[int], name: str) -> list[int]:
    """Take a tag from contacts. Gives those who carried it, in order. Locks the contacts."""
    wanted = sorted(set(contacts))
    lock_contacts(connection, wanted)
    removed = sorted(_carriers(connection, wanted, name))
    if removed:
        connection.execute(delete(tag).where(among(tag.c.contact, removed), tag.c.name == name))
    return removed


def _carriers(connection: Connection, contacts: Sequence[int], name: str) -> set[int]:
    if not contacts:
        return set()
    return set(
        connection.scalars(select(tag.c.contact).where(among(tag.c.contact, contacts), tag.c.name == name))
    )


def read_tags(connection: Connection, contacts: Iterable[int]) -> dict[int, set[str]]:
    """The tags of contacts who have any."""
    found: dict[int, set[str]] = {}
    for row in connection.execute(
        select(tag.c.contact, tag.c.name).where(among(tag.c.contact, list(contacts)))
    ):
        found.setdefault(row.contact, set()).add(row.name)
    return found


def tag_news(
    connection: Connection, changes: Sequence[tuple[int, str, int]], change: Change = "added"
) -> list[News]:
    """The events of tags really added or removed, given as (contact, tag, business instant): of the tag, and of the
    segments that it makes up."""
    names = {name for _, name, _ in changes}
    segments: dict[str, list[str]] = {}
    if names:
        rows = connection.execute(
            select(segment.c.tag, segment.c.name)
            .where(segment.c.kind == "tag", among(segment.c.tag, names))
            .order_by(segment.c.name)
        )
        for row in rows:
            segments.setdefault(row.tag, []).append(row.name)
    moved = "segment.entered" if change == "added" else "segment.left"
    news = []
    for who, name, at in changes:
        news.append(News(who, f"tag.{change}", at, {"tag": name}))
        news += [News(who, moved, at, {"segment": one}) for one in segments.get(name, ())]
    return news


def add_tag_batch(batch: Batch, name: str, port: str = "done") -> list[Outcome]:
    """Tag everyone in the batch who still holds their place. A step that is run again finds the tag, and tells nobody."""
    return _change_batch(batch, name, "added", port)


def remove_tag_batch(batch: Batch, name: str, port: str = "done") -> list[Outcome]:
    """Take a tag from everyone in the batch who still holds their place."""
    return _change_batch(batch, name, "removed", port)


def _change_batch(batch: Batch, name: str, change: Change, port: str) -> list[Outcome]:
    def work(connection: Connection) -> set[int]:
        lock_contacts(connection, {traveller.contact for traveller in batch.travellers})
        held = holding(connection, batch)
        people = {traveller.contact for traveller in batch.travellers if traveller.strand in held}
        if change == "added":
            changed = add_tag(connection, people, name, batch.due)
        else:
            changed = remove_tag(connection, people, name)
        news = tag_news(connection, [(who, name, batch.due) for who in changed], change)
        batch.tell(connection, [replace(one, via=through[one.contact]) for one in news])
        return held

    through = {traveller.contact: via(traveller.trigger, batch.journey_id) for traveller in batch.travellers}

    held = batch.database.transact(work)
    return [Went(port) if traveller.strand in held else Gone() for traveller in batch.travellers]
