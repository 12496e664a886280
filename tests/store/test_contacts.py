"""Contacts: recognised by their names, written many at a time."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from engine.audience.contacts import find_contact, read_contacts, update_contacts, upsert_contacts
from engine.audience.profile import Profile, read_profile
from engine.store.database import Database
from engine.store.tables import contact, identity

NOW = 1_740_992_400_000
of = Profile.of


def upsert(database: Database, *rows: Profile, now: int = NOW) -> list[int]:
    """Write what is said, in one transaction."""
    with database.write() as connection:
        return upsert_contacts(connection, rows, now)


def one(database: Database, number: int) -> dict[str, object]:
    """A contact as a mapping."""
    with database.read() as connection:
        return read_contacts(connection, [number])[number].facts()


def owner(database: Database, kind: str, value: str) -> int | None:
    """Whose a name is."""
    with database.read() as connection:
        return find_contact(connection, kind, value)


def test_a_contact_is_recognised_by_external_id_then_email_then_phone(database: Database) -> None:
    """Whatever names a row brings, the surest that is known decides whose it is."""
    lucia, paolo = upsert(
        database,
        of(external_id="lucia", email="l@example.com"),
        of(phone="+393200000003", first_name="Paolo"),
    )

    again = upsert(
        database,
        of(external_id="lucia"),
        of(email="l@example.com", phone="+393200000009"),
        of(phone="+393200000003", email="p@example.com"),
        of(external_id="paolo", email="p@example.com"),
        of(email="new@example.com"),
    )

    assert again[:4] == [lucia, lucia, paolo, paolo]
    assert again[4] not in (lucia, paolo)
    assert one(database, paolo)["external_id"] == "paolo"
    assert owner(database, "phone", "+393200000009") == lucia


def test_an_address_alone_never_makes_two_persons_one(database: Database) -> None:
    """Somebody with another external id is another person, though they share an address; its earlier owner keeps it."""
    anna, mark = upsert(
        database,
        of(external_id="anna", email="home@example.com"),
        of(external_id="mark", email="home@example.com"),
    )

    assert anna != mark
    assert one(database, mark)["email"] == "home@example.com"
    assert owner(database, "email", "home@example.com") == anna


def test_an_update_merges_attributes_and_leaves_what_it_does_not_say(database: Database) -> None:
    """Columns and attributes of which nothing is said stay; None takes an attribute away; the same again is no change."""
    (who,) = upsert(
        database, of({"city": "Rome", "size": 4, "vip": True}, external_id="u", first_name="Ann", locale="it")
    )
    upsert(database, of({"city": "Milan", "vip": None}, external_id="u", last_name="Bo"), now=NOW + 5)
    upsert(database, of({"city": "Milan"}, external_id="u", last_name="Bo"), now=NOW + 9)

    facts = one(database, who)
    with database.read() as connection:
        row = connection.execute(select(contact.c.created_at, contact.c.updated_at)).one()
    assert facts["attributes"] == {"city": "Milan", "size": 4}
    assert (facts["first_name"], facts["last_name"], facts["locale"]) == ("Ann", "Bo", "it")
    assert tuple(row) == (NOW, NOW + 5)


def test_an_earlier_address_recognises_nobody_once_it_was_changed(database: Database) -> None:
    """A contact is found by the email and phone that it has now, and its former ones are free."""
    (who,) = upsert(database, of(external_id="u", email="old@example.com"))
    upsert(database, of(external_id="u", email="new@example.com"))
    (other,) = upsert(database, of(email="old@example.com"))

    assert other != who
    assert owner(database, "email", "new@example.com") == who


def test_rows_of_one_call_see_each_other(database: Database) -> None:
    """Two rows about one new person make one contact, and the later row says the last word."""
    first, second, third = upsert(
        database,
        of({"n": 1}, external_id="u", email="u@example.com"),
        of({"n": 2}, email="u@example.com"),
        of(external_id="u", email="v@example.com"),
    )

    assert first == second == third
    assert one(database, first)["attributes"] == {"n": 2}
    assert owner(database, "email", "u@example.com") is None
    assert owner(database, "email", "v@example.com") == first


def test_a_device_belongs_to_whoever_signed_in_on_it_last(database: Database) -> None:
    """A push token moves to its new contact, so that nobody gets another one's messages."""
    ann, bob = upsert(database, of({"push_token": "t1"}, external_id="ann"), of(external_id="bob"))
    upsert(database, of({"push_token": "t1"}, external_id="bob"))

    assert one(database, ann)["attributes"] == {}
    assert one(database, bob)["attributes"] == {"push_token": "t1"}
    assert owner(database, "push_token", "t1") == bob


def test_a_known_contact_is_updated_whatever_names_come_along(database: Database) -> None:
    """An update of a contact by its id never touches another contact whose name it brings."""
    ann, bob = upsert(
        database, of(external_id="ann", email="a@example.com"), of(external_id="bob", email="b@example.com")
    )
    with database.write() as connection:
        update_contacts(connection, {bob: of({"x": 1}, external_id="ann", email="a@example.com")}, NOW)

    assert owner(database, "email", "a@example.com") == ann
    assert (one(database, bob)["external_id"], one(database, bob)["email"]) == ("bob", "a@example.com")
    assert one(database, ann)["attributes"] == {}


def test_thousands_are_written_in_one_go(database: Database) -> None:
    """A page of new and known contacts comes back in the order in which it was given, with every name."""
    half = upsert(database, *(of(external_id=f"u{number}") for number in range(0, 2000, 2)))
    everybody = upsert(
        database, *(of(external_id=f"u{number}", email=f"u{number}@example.com") for number in range(2000))
    )

    with database.read() as connection:
        names = len(connection.execute(select(identity.c.value)).all())
    assert everybody[::2] == half
    assert len(set(everybody)) == 2000
    assert names == 4000


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"email": "a@b"}, "email"),
        ({"email": "a b@example.com"}, "email"),
        ({"phone": "0039"}, "phone"),
        ({"phone": "+0320000000"}, "phone"),
        ({"timezone": "CET+1"}, "timezone"),
        ({"locale": "italiano vero"}, "locale"),
        ({"external_id": "undefined"}, "external_id"),
        ({"external_id": "000-00"}, "external_id"),
        ({"first_name": ["Ann"]}, "first_name"),
        ({"last_name": "x" * 256}, "last_name"),
    ],
)
def test_what_cannot_be_is_left_out_and_told_of(said: dict[str, object], field: str) -> None:
    """A field that is wrong is a problem with its name, and the others are read."""
    profile, problems = read_profile({**said, "city": "Rome", "attributes": {"vip": True}})

    assert [problem.field for problem in problems] == [field]
    assert profile == Profile({}, {"city": "Rome", "vip": True})


def test_names_are_brought_to_one_spelling() -> None:
    """Emails are lower case, phone numbers + and digits, numbers that stand for ids are text."""
    profile, problems = read_profile(
        {"external_id": 17, "email": " A@Example.COM ", "phone": "0039 (320) 000.0001"}
    )

    assert problems == []
    assert profile.names() == [("external_id", "17"), ("email", "a@example.com"), ("phone", "+393200000001")]
