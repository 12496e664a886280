"""The tour, started and ended."""

from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from api import furniture
from api.errors import NoTourHere
from api.house import WHO, House
from api.tour import queries
from engine.audience.contacts import upsert_contacts
from engine.audience.events import Incoming
from engine.audience.profile import Profile, read_profile
from engine.audience.segments import add_members, ensure_list
from engine.enrolment import control, drafts
from engine.enrolment.ingest import ended_teller, ingest, uniter
from engine.store.audit import record
from engine.store.clock import change_speed, read_clock
from engine.store.tables import journey, tour

_ALIVE = ("running", "paused")


def start(house: House) -> None:
    """Furnish the installation, and let a day last 20 seconds. Nothing is done where the tour is running."""
    with house.database.read() as connection:
        row = queries.tour_row(connection)
        if row is not None and row.state == "running":
            return
        earlier = queries.journeys_of(row)
        _require(connection, earlier)
        alive = connection.scalars(
            select(journey.c.id).where(journey.c.id.in_(earlier), journey.c.state.in_(_ALIVE))
        ).all()
    for number in alive:
        # Who still rests in an earlier tour would sleep by the slow clock.
        control.stop_journey(
            house.database, number, now=house.now(), who=WHO, ended=ended_teller(house.runtime, "bulk")
        )
    contacts = house.database.transact(lambda connection: _begin(house, connection))
    house.runtime.hear_clock()
    if contacts:
        ingest(house.runtime, _past(house, contacts), house.runtime.now())


def _require(connection: Connection, mine: list[int]) -> None:
    refused = queries.refusal(connection, mine)
    if refused is not None:
        raise NoTourHere(refused)


def _begin(house: House, connection: Connection) -> dict[str, int]:
    """One transaction: the clock, the people, the journey's draft. Gives the people; nobody where another was faster."""
    row = queries.tour_row(connection)
    if row is not None and row.state == "running":
        return {}
    earlier = queries.journeys_of(row)
    _require(connection, earlier)
    real = house.runtime.now()
    now = change_speed(connection, furniture.SPEED, real).business(real)
    profiles = [_profile(one) for one in furniture.PEOPLE]
    numbers = upsert_contacts(connection, profiles, now, uniter(house.runtime))
    contacts = {one.key: number for one, number in zip(furniture.PEOPLE, numbers, strict=True)}
    add_members(connection, ensure_list(connection, furniture.SEGMENT, now), numbers, now)
    made = drafts.create_journey(connection, furniture.journey(), now=now, who=WHO, free_name=True)
    values: dict[str, Any] = {
        "state": "running",
        "journeys": [str(one) for one in (*earlier, made.journey)],
        "contacts": {key: str(number) for key, number in contacts.items()},
        "started_at": now,
    }
    connection.execute(delete(tour))
    connection.execute(insert(tour).values(id=1, **values))
    record(connection, at=now, who=WHO, what="tour started", subject=f"journey/{made.journey}")
    return contacts


def _profile(one: furniture.Person) -> Profile:
    profile, problems = read_profile(one.said)
    if problems:
        raise ValueError(f"The tour's own people are wrong: {problems[0]}.")
    return Profile(profile.columns, one.attributes)


def _past(house: House, contacts: dict[str, int]) -> list[Incoming]:
    now = house.now()
    return [
        Incoming(message_id=f"tour-{key}", name=name, at=at, contact=contacts[one.key], properties=properties)
        for one in furniture.PEOPLE
        for name, at, key, properties in one.past(now)
    ]


def end(house: House) -> None:
    """Let business time go like real time again, from where it is. The journey, its people and their messages stay."""

    def work(connection: Connection) -> None:
        row = queries.tour_row(connection)
        if row is None or row.state != "running":
            return
        real = house.runtime.now()
        clock = read_clock(connection)
        if clock.speed != 1:
            clock = change_speed(connection, 1.0, real)
        connection.execute(update(tour).values(state="ended"))
        record(connection, at=clock.business(real), who=WHO, what="tour ended", subject="tour")

    house.database.transact(work)
    house.runtime.hear_clock()
