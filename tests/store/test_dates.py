"""Date triggers: birthdays and renewals bring contacts in on their day, where they are at home, once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import delete, select, update

from engine.audience import contact_dates
from engine.audience.contact_dates import keep, name_of
from engine.audience.contacts import update_contacts, upsert_contacts
from engine.audience.events import IDENTIFY
from engine.audience.profile import Profile
from engine.enrolment import dates
from engine.enrolment.dates import enter_on_dates
from engine.flow.condition_field import parse_attribute
from engine.flow.plan import Trigger
from engine.journey.time import instant
from engine.store.database import Database
from engine.store.heartbeats import beats
from engine.store.tables import contact_date, date_attribute, enrolment
from engine.store.tables import plan as plans
from tests.store.race import Course
from tests.store.world import DAY, HOUR, MINUTE, World
from tests.unit.journey.build import enter, plan, rest, until


@pytest.fixture
def world(database: Database) -> Iterator[World]:
    """A world in which the invariants hold at the end."""
    made = World(database)
    yield made
    assert made.violations() == []


def journey(world: World, reentry: str = "once", **params: Any) -> None:
    """A journey into which people come on a date; the first look is over."""
    trigger = Trigger(node="start", kind="date", params={"attribute": "birthday", "at": "09:00", **params})
    world.publish(plan(reentry=reentry, start=enter("pause"), pause=rest("1 day", None)), "Dates", trigger)
    assert enter_on_dates(world.runtime) == 0


def born(world: World, name: str, day: str, **columns: str) -> int:
    """A contact with a birthday."""
    who = world.contact(name)
    with world.database.write() as connection:
        update_contacts(connection, {who: Profile.of({"birthday": day}, **columns)}, world.now)
    return who


def entered(world: World) -> list[tuple[int, int]]:
    """Who entered, and at which business instant."""
    with world.database.read() as connection:
        rows = connection.execute(
            select(enrolment.c.contact, enrolment.c.entered_at).order_by(
                enrolment.c.entered_at, enrolment.c.id
            )
        )
        return [(row.contact, row.entered_at) for row in rows]


def test_a_birthday_brings_its_contact_in_at_home(world: World) -> None:
    """At nine in the morning of the day, by the contact's own clock; another day brings nobody."""
    journey(world)
    rome = born(world, "rome", "1980-03-04", timezone="Europe/Rome")
    tokyo = born(world, "tokyo", "1991-03-04", timezone="Asia/Tokyo")
    born(world, "later", "1980-03-05")
    born(world, "nonsense", "soon")

    world.now += 23 * HOUR
    enter_on_dates(world.runtime)

    assert entered(world) == [
        (tokyo, instant("2025-03-04T00:00:00Z")),
        (rome, instant("2025-03-04T08:00:00Z")),
    ]


def test_a_day_that_is_looked_at_twice_brings_nobody_twice(world: World) -> None:
    """The same day again, and days on which nothing ran, are looked through; each year counts once."""
    journey(world, reentry="after_end")
    born(world, "anna", "1980-03-06")

    world.now += 10 * DAY
    first = enter_on_dates(world.runtime)
    world.now += MINUTE
    again = enter_on_dates(world.runtime)
    world.travel(world.now + 2 * DAY)
    world.now += 365 * DAY
    next_year = enter_on_dates(world.runtime)

    assert (first, again, next_year) == (1, 0, 1)


def test_a_date_of_one_year_and_days_before_it(world: World) -> None:
    """A renewal counts in its own year alone, here three days before; the last of February falls on the 28th."""
    journey(world, yearly=False, offset_days=-3)
    renewal = born(world, "renewal", "2025-03-07")
    born(world, "past", "2024-03-07")

    world.now += 2 * DAY
    enter_on_dates(world.runtime)

    assert entered(world) == [(renewal, instant("2025-03-04T09:00:00Z"))]


def test_a_leap_day_is_kept_on_the_28th_of_february(world: World) -> None:
    """Somebody born on 29 February is greeted on the 28th in a common year."""
    journey(world)
    leap = born(world, "leap", "1992-02-29")

    world.now = instant("2026-02-28T10:00:00Z")
    enter_on_dates(world.runtime)

    assert entered(world) == [(leap, instant("2026-02-28T09:00:00Z"))]


@pytest.mark.parametrize("name", ["contract.ends", 'contact.attributes.contract."ends"'])
def test_a_date_may_lie_within_an_attribute(world: World, name: str) -> None:
    """A trigger and a rest find it where conditions do: each dot leads into an object."""
    who = world.contact("renewal")
    with world.database.write() as connection:
        profile = Profile({}, {"contract": {"ends": "2025-03-04"}, "contract.ends": "2025-03-05"})
        update_contacts(connection, {who: profile}, world.now)
    trigger = Trigger(node="start", kind="date", params={"attribute": name, "at": "09:00"})
    week_later = until(None, None, attribute=name, offset_days=7)
    world.publish(plan(start=enter("pause"), pause=week_later), "Dates", trigger)
    enter_on_dates(world.runtime)

    world.now += 2 * DAY
    enter_on_dates(world.runtime)
    world.travel(world.now + DAY)

    assert entered(world) == [(who, instant("2025-03-04T09:00:00Z"))]
    with world.database.read() as connection:
        wakes = connection.scalars(select(enrolment.c.wake_at)).all()
    assert wakes == [instant("2025-03-11T00:00:00Z")]


def test_a_plan_that_is_published_later_starts_from_then(world: World) -> None:
    """The relay was away for three days, and a journey was published meanwhile: who had a birthday before is not greeted
    by it. A further version with the same trigger goes on where the one before was."""
    trigger = Trigger(node="start", kind="date", params={"attribute": "birthday", "at": "09:00"})
    drawn = plan(start=enter("pause"), pause=rest("1 day", None))
    people = {day: born(world, f"c{day}", f"1980-03-0{day}") for day in (4, 5, 6, 7, 8)}
    assert enter_on_dates(world.runtime) == 0

    world.now += 2 * DAY - HOUR
    publish_at(world, drawn, trigger)
    world.now += DAY
    publish_at(world, drawn, trigger)
    world.now += DAY + 2 * HOUR
    enter_on_dates(world.runtime)

    assert [who for who, _ in entered(world)] == [people[day] for day in (5, 6, 7)]


def publish_at(world: World, drawn: Any, trigger: Trigger) -> None:
    """Publish a version now, and not a day before the world begins."""
    published = world.publish(drawn, "Dates", trigger)
    with world.database.write() as connection:
        connection.execute(update(plans).where(plans.c.id == published.id).values(published_at=world.now))


def test_dates_that_were_there_before_are_looked_up_page_by_page(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody enters until all are found, and nobody is missed then, whoever is written meanwhile."""
    monkeypatch.setattr(contact_dates, "_PAGE", 2)
    people = [born(world, f"c{number}", "1980-03-04") for number in range(5)]
    path = parse_attribute("birthday")
    journey(world)
    with world.database.write() as connection:
        connection.execute(delete(contact_date))
        connection.execute(update(date_attribute).values(cursor=0, filled=False))
    ends = parse_attribute("ends")
    assert keep(world.database, [path, ends], 0) == {name_of(ends)}
    people.append(born(world, "late", "1980-03-04"))
    assert keep(world.database, [path, ends], 60) == {name_of(path), name_of(ends)}

    world.now += 2 * DAY
    enter_on_dates(world.runtime)

    assert sorted(who for who, _ in entered(world)) == people


def test_an_attribute_that_is_still_looked_up_holds_up_its_own_triggers_alone(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Birthdays bring their contacts in meanwhile; then the dates of the other one are made good, from where it began."""
    monkeypatch.setattr(contact_dates, "_PAGE", 2)
    monkeypatch.setattr(dates, "_KEEP_SECONDS", 0.0)
    anna = born(world, "anna", "1980-03-04")
    others = world.contacts([f"c{number}" for number in range(5)])
    with world.database.write() as connection:
        ending = Profile.of({"ends": "2025-03-04"})
        update_contacts(connection, dict.fromkeys(others, ending), world.now)
    journey(world)
    trigger = Trigger(node="start", kind="date", params={"attribute": "ends", "at": "09:00", "yearly": False})
    drawn = plan(start=enter("pause"), pause=rest("1 day", None))
    world.publish(drawn, "Ends", trigger)

    world.now += 2 * DAY
    looks = [enter_on_dates(world.runtime) for _ in range(2)]
    meanwhile = [who for who, _ in entered(world)]
    world.now += DAY
    looks += [enter_on_dates(world.runtime), enter_on_dates(world.runtime)]

    assert (looks, meanwhile) == ([1, 0, 5, 0], [anna])
    assert sorted(who for who, _ in entered(world)) == sorted([anna, *others])
    with world.database.read() as connection:
        assert beats(connection, "dates/") == {}


@pytest.mark.parametrize("fresh", [False, True])
def test_who_is_written_while_an_attribute_is_first_asked_for_is_not_missed(
    postgresql: Database, fresh: bool
) -> None:
    """A contact whose transaction began before is seen by the look-up, which waits for it."""
    world = World(postgresql)
    who = None if fresh else world.contact("anna")
    path = parse_attribute("birthday")

    def write() -> None:
        with world.database.write() as connection:
            if who is None:
                upsert_contacts(
                    connection, [Profile.of({"birthday": "1980-03-04"}, external_id="a")], world.now
                )
            else:
                update_contacts(connection, {who: Profile.of({"birthday": "1980-03-04"})}, world.now)

    Course(world.database).race(write, lambda: keep(world.database, [path], 60))

    assert [row.day for row in world.rows(contact_date)] == ["1980-03-04"]


def test_a_contact_who_became_another_one_is_greeted_as_that_one(world: World) -> None:
    """By the date that only the one who goes had, and once."""
    journey(world)
    anna = world.contact("anna")
    world.event(IDENTIFY, traits={"email": "other@example.com", "birthday": "1980-03-04"})
    world.event(IDENTIFY, user_id="anna", traits={"email": "other@example.com"})

    world.now += 2 * DAY
    enter_on_dates(world.runtime)

    assert [who for who, _ in entered(world)] == [anna]
