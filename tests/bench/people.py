"""Invented contacts, written straight into the tables: making them is not what is measured."""

from collections.abc import Sequence

from engine.store.bulk import insert_rows
from engine.store.database import Database
from engine.store.ids import new_id, new_ids
from engine.store.tables import contact, membership, segment

SEGMENT = "everyone"
_CHUNK = 50_000
_FIRST = ("Ada", "Bruno", "Carla", "Dario", "Elena", "Franco", "Giulia", "Hugo", "Irene", "Mario")
_ZONES = ("Europe/Rome", "America/New_York", "Asia/Tokyo")
_FAVOURITES = ("robots", "puzzles", "coffee", "office")
_CONTACT = (
    "id", "external_id", "email", "phone", "first_name", "timezone", "attributes", "created_at", "updated_at",
)  # fmt: skip


def settle(database: Database, count: int, now: int) -> list[int]:
    """Make `count` contacts with email, phone and push token, and the segment of them all. Gives their ids."""
    group = new_id()
    with database.write() as connection:
        insert_rows(
            connection, segment, ("id", "name", "kind", "created_at"), [(group, SEGMENT, "list", now)]
        )
    everyone: list[int] = []
    for first in range(0, count, _CHUNK):
        ids = new_ids(min(_CHUNK, count - first))
        _write(database, group, first, ids, now)
        everyone += ids
    return everyone


def _write(database: Database, group: int, first: int, ids: Sequence[int], now: int) -> None:
    rows = [
        (
            one, f"b{number}", f"b{number}@example.com", f"+1555{number:08d}", _FIRST[number % len(_FIRST)],
            _ZONES[number % len(_ZONES)],
            {"favourite": _FAVOURITES[number % len(_FAVOURITES)], "push_token": f"token-{number}"}, now, now,
        )
        for number, one in enumerate(ids, first)
    ]  # fmt: skip
    with database.write() as connection:
        insert_rows(connection, contact, _CONTACT, rows)
        insert_rows(connection, membership, ("segment", "contact", "at"), [(group, one, now) for one in ids])
