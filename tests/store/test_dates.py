"""Date triggers: birthdays and renewals bring contacts in on their day, where they are at home, once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import select

from engine.audience.contacts import update_contacts
from engine.audience.profile import Profile
from engine.enrolment.dates import enter_on_dates
from engine.flow.plan import Trigger
from engine.journey.time import instant
from engine.store.database import Database
from engine.store.tables import enrolment
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
