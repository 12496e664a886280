"""Who enters on a date is who a look at every contact would find: random contacts, changes, triggers and looks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from random import Random
from typing import Any

import pytest
from sqlalchemy import select

from engine.audience.contacts import update_contacts
from engine.audience.profile import Profile
from engine.enrolment import dates
from engine.enrolment.dates import enter_on_dates
from engine.enrolment.plans import Published
from engine.flow.plan import Trigger
from engine.journey.time import date_instant, next_date, zone
from engine.store.database import Database
from engine.store.tables import contact, enrolment
from tests.store.world import DAY, HOUR, MINUTE, World
from tests.unit.journey.build import enter, plan, rest

ZONES = [None, "Europe/Rome", "Asia/Tokyo", "America/Los_Angeles", "Pacific/Kiritimati", "Nowhere/Land"]
DAYS = [
    "1980-03-04", "1992-02-29", "2025-03-05", "2025-03-09T10:00:00Z", "1999-12-31", "2025-02-28", "2025-04-01", "1970-03-30",
    "0000-03-05", "2025-13-40", "1980-03-04 and so on", "soon", "20250305", 20250305, True, {"of": "2025-03-06"}, None,
]  # fmt: skip
TRIGGERS: list[dict[str, Any]] = [
    {"attribute": "birthday", "at": "09:00"},
    {"attribute": "contact.attributes.birthday", "at": "23:30", "offset_days": -2},
    {"attribute": "contact.ends.of", "at": "00:00", "yearly": False},
    {"attribute": "ends", "at": "12:15", "yearly": False, "offset_days": 3},
    {"attribute": "contact.first_name", "at": "08:00"},
]


@pytest.fixture
def world(database: Database) -> Iterator[World]:
    """A world in which the invariants hold at the end."""
    made = World(database)
    yield made
    assert made.violations() == []


def moment(row: Any, trigger: Trigger, last: int, now: int) -> int | None:
    """When a contact's date comes between two instants, by looking at the contact."""
    keys = str(trigger.params["attribute"]).removeprefix("contact.").removeprefix("attributes.").split(".")
    value: Any = row.first_name if keys == ["first_name"] else row.attributes
    for key in keys if keys != ["first_name"] else []:
        value = value.get(key) if isinstance(value, Mapping) else None
    if not isinstance(value, str) or len(value) < 10 or value[4] + value[7] != "--":
        return None
    home, at, offset = zone(row.timezone, "UTC"), trigger.params["at"], trigger.params.get("offset_days", 0)
    try:
        day = date.fromisoformat(value[:10])
        if trigger.params.get("yearly", True):
            found = next_date(last, day.month, day.day, home, at, offset_days=offset, strictly_after=True)
        else:
            found = date_instant(value[:10], home, at, offset_days=offset)
    except ValueError:
        return None
    return found if last < found <= now else None


def held(random: Random) -> Any:
    """A value of an attribute: mostly a day of the weeks in which the test plays."""
    if random.random() < 0.4:
        return random.choice(DAYS)
    day = f"{random.choice([1980, 2025])}-{random.choice([3, 3, 4])!s:0>2}-{random.randint(1, 31):02}"
    return random.choice([day, {"of": day}])


def change(world: World, who: list[int], random: Random) -> None:
    """Some contacts get other dates and zones, or lose them."""
    changes = {}
    for one in random.sample(who, len(who) // 2):
        said = {key: held(random) for key in ("birthday", "ends") if random.random() < 0.6}
        columns: dict[str, Any] = {"timezone": random.choice(ZONES)} if random.random() < 0.5 else {}
        if random.random() < 0.2:
            columns["first_name"] = random.choice(["Anna", "1980-03-04", "2024-02-29"])
        profile = Profile.of(said, **{key: value for key, value in columns.items() if value is not None})
        changes[one] = replace(profile, cleared=frozenset(key for key in columns if columns[key] is None))
    with world.database.write() as connection:
        update_contacts(connection, changes, world.now)


@pytest.mark.parametrize("seed", range(3))
def test_as_a_look_at_every_contact_would_find_them(
    world: World, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever is written before an attribute is asked for, and after; page after page."""
    random = Random(seed)
    monkeypatch.setattr(dates, "COHORT_SIZE", 7)
    who = world.contacts(f"c{number}" for number in range(60))
    change(world, who, random)
    assert enter_on_dates(world.runtime) == 0
    last, journeys, expected = world.now, list[tuple[Published, Trigger]](), set[tuple[int, int, int]]()
    for number in range(14):
        if number < len(TRIGGERS):
            trigger = Trigger(node="start", kind="date", params=TRIGGERS[number])
            drawn = plan(start=enter("pause"), pause=rest("1 day", None))
            journeys.append((world.publish(drawn, f"Dates {number}", trigger), trigger))
        change(world, who, random)
        world.now += 400 * DAY if number == 13 else random.choice([MINUTE, 5 * HOUR, DAY, 3 * DAY, 5 * DAY])
        rows = world.rows(contact)
        for published, trigger in journeys:
            inside = {one for journey, one, _ in expected if journey == published.journey}
            for row in rows:
                at = moment(row, trigger, last, world.now)
                if at is not None and row.id not in inside:
                    expected.add((published.journey, row.id, at))
        enter_on_dates(world.runtime)
        last = world.now

    with world.database.read() as connection:
        entered = connection.execute(
            select(enrolment.c.journey, enrolment.c.contact, enrolment.c.entered_at)
        ).all()
    assert {tuple(row) for row in entered} == expected
    assert len(entered) == len(expected) > 40
