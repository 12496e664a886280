"""Contacts, written and tagged; files of them taken in."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.concurrency import run_in_threadpool
from sqlalchemy import Connection, select

from api.contacts.queries import read_contact
from api.contacts.schemas import BadRowOut, ContactChange, ContactDetail, ContactIn, ImportOut, Word
from api.errors import BadValue, BodyTooLarge, NotFound, WrongMediaType
from api.house import WHO, House
from api.imports import Import
from engine.audience.consent import lift, set_consent
from engine.audience.contacts import UnknownContact, read_contacts, update_contacts, upsert_contacts
from engine.audience.left_out import left_out_cells, left_out_header
from engine.audience.profile import COLUMNS, Profile, read_profile
from engine.audience.segments import ensure_list
from engine.audience.tags import Change, add_tag, checked_tag, remove_tag, tag_news
from engine.delivery.letters import addresses_of
from engine.enrolment.ingest import record_and_match, uniter
from engine.store.audit import record
from engine.store.sets import lock_living
from engine.store.tables import contact

MAX_FILE = 500_000_000
"""Bytes of a file of contacts."""
SHOWN_ROWS = 200


def save(house: House, connection: Connection, said: ContactIn) -> ContactDetail:
    """Write what is said of a contact, made if nobody is recognised."""
    profile = _profile(said)
    if not any(profile.names()):
        raise BadValue("external_id", "Nobody is named. Give an external_id, an email or a phone.")
    (number,) = upsert_contacts(connection, [profile], house.now(), uniter(house.runtime))
    return read_contact(connection, number)


def change(house: House, connection: Connection, number: int, said: ContactChange) -> ContactDetail:
    """Write what is said of a known contact."""
    profile = _profile(said)
    who = _living(connection, number)
    update_contacts(connection, {who: profile}, house.now())
    return read_contact(connection, who)


def _profile(said: ContactChange) -> Profile:
    profile, problems = read_profile(said.model_dump(exclude_none=True, exclude={"attributes"}))
    if problems:
        raise BadValue(problems[0].field, problems[0].text)
    reserved = sorted(set(said.attributes) & set(COLUMNS))
    if reserved:
        raise BadValue(
            f"attributes.{reserved[0]}", "This is a field of its own. Give it beside the attributes."
        )
    return Profile(profile.columns, said.attributes)


def _living(connection: Connection, number: int) -> int:
    """The contact, or the one that it was merged into. Locks it."""
    if connection.scalar(select(contact.c.id).where(contact.c.id == number)) is None:
        raise UnknownContact(f"There is no contact {number}. Look up its id among the contacts.")
    return lock_living(connection, [number])[number]


def consent(house: House, connection: Connection, number: int, channel: str, word: Word) -> ContactDetail:
    """Write a contact's word on a channel."""
    who = _living(connection, number)
    now = house.now()
    set_consent(connection, {(who, channel): word}, at=now, source="api")
    _audit(connection, now, "consent", who, {"channel": channel, "state": word})
    return read_contact(connection, who)


def lift_suppression(house: House, connection: Connection, number: int, channel: str) -> ContactDetail:
    """Allow writing to a contact's address on a channel again. The contact's own word stays."""
    who, now = _living(connection, number), house.now()
    addresses = addresses_of(read_contacts(connection, [who])[who], channel)
    if lift(connection, [(channel, address) for address in addresses]):
        _audit(connection, now, "suppression lifted", who, {"channel": channel})
    return read_contact(connection, who)


def _audit(connection: Connection, at: int, what: str, number: int, details: dict[str, Any]) -> None:
    record(connection, at=at, who=WHO, what=what, subject=f"contact/{number}", details=details)


def retag(house: House, connection: Connection, number: int, name: str, what: Change) -> bool:
    """Give a contact a tag or take it away; who listens hears of it. Gives whether that changed anything."""
    number = _living(connection, number)
    text, now = checked_tag(name), house.now()
    changed = (
        add_tag(connection, [number], text, now)
        if what == "added"
        else remove_tag(connection, [number], text)
    )
    news = tag_news(connection, [(who, text, now) for who in changed], what)
    record_and_match(connection, house.runtime, news, now)
    return bool(changed)


# ------------------------------------------------------------------------------------------------ files


async def receive(house: House, request: Request, segment: str | None) -> ImportOut:
    """Write a file that is being sent to disk, bounded, and let it be read."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "text/csv":
        raise WrongMediaType("The body's type is not taken here. Send the file's lines as text/csv.")
    if segment is not None:
        await run_in_threadpool(_require_list, house, segment)
    file = house.imports.new_file()
    try:
        total = await _write(request, file)
    except BaseException:
        file.unlink(missing_ok=True)
        raise
    return import_out(house.imports.start(file, segment, total))


def _require_list(house: House, segment: str) -> None:
    house.database.transact(lambda connection: ensure_list(connection, segment, house.now()))


async def _write(request: Request, file: Path) -> int:
    """Write the body. Gives how many lines it has."""
    size = lines = 0
    last = b"\n"
    handle: Any = await run_in_threadpool(file.open, "wb")
    try:
        async for chunk in request.stream():
            size += len(chunk)
            if size > MAX_FILE:
                raise BodyTooLarge(f"The file is larger than {MAX_FILE:,} bytes. Split it.")
            lines += chunk.count(b"\n")
            last = chunk[-1:] or last
            await run_in_threadpool(handle.write, chunk)
    finally:
        await run_in_threadpool(handle.close)
    return lines + (last != b"\n")


def find_import(house: House, number: int) -> Import:
    """A file that is being read, or was."""
    found = house.imports.find(number)
    if found is None:
        raise NotFound(
            f"There is no import {number} since the server was started. Send the file again: it goes on where it was."
        )
    return found


def bad_rows_csv(one: Import) -> Iterator[str]:
    """The rows that were left out, as a CSV file to mend and send again."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(left_out_header(one.columns))
    for row in one.bad_rows:
        writer.writerow(left_out_cells(one.columns, row))
        yield text.getvalue()
        text.seek(0)
        text.truncate()
    yield text.getvalue()


def import_out(one: Import) -> ImportOut:
    """An import as it goes out."""
    return ImportOut(
        id=one.id,
        segment=one.segment,
        state=one.state,
        total=one.total,
        lines=one.lines,
        accepted=one.accepted,
        created=one.created,
        rejected=one.rejected,
        resumed=one.resumed,
        error=one.error,
        bad_rows=[BadRowOut(line=row.line, reason=row.reason) for row in one.bad_rows[:SHOWN_ROWS]],
    )
