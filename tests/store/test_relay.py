"""The relay's sweep and what it asks of Temporal, on a Temporal that only takes notes."""

from __future__ import annotations

import asyncio
from typing import Any, cast

import pytest
from sqlalchemy import event, insert, select, text, update
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from engine.enrolment import control_sweep
from engine.enrolment.drain import overdue, put_off, unstarted
from engine.enrolment.postman import deliver_reports
from engine.store.database import Database
from engine.store.heartbeats import beat, last_beat
from engine.store.tables import campaign, cohort, enrolment, journey, sandbox_message
from engine.store.watch import Watch
from tests.store.world import MINUTE, World, send
from tests.unit.journey.build import enter, plan, rest
from workers.campaigns import Campaigns
from workers.relay import Relay
from workers.worker import RelayEnded, until_stopped


class Notes:
    """A client of Temporal that writes down what it is asked to start, and refuses what it is told to."""

    def __init__(self, *refused: str) -> None:
        self.started: list[str] = []
        self.refused = set(refused)

    async def start_workflow(self, _workflow: str, *_args: Any, **options: Any) -> None:
        """Take a note, or refuse."""
        self.started.append(options["id"])
        if options["id"] in self.refused:
            raise RPCError("refused", RPCStatusCode.INVALID_ARGUMENT, b"")


def relay(world: World, notes: Notes) -> Relay:
    """A relay of this world."""
    return Relay(world.runtime, cast(Client, notes))


def cohorts(world: World, count: int) -> list[int]:
    """So many started cohorts, each with one who is moving, overdue since long; the last one the least."""
    published = world.publish(plan(start=enter("pause"), pause=rest("1 day", None)))
    world.enter(published, world.contacts(f"c{number}" for number in range(count)))
    world.drain()
    with world.database.write() as connection:
        (home,) = connection.execute(select(cohort)).mappings().all()
        strands = connection.scalars(select(enrolment.c.id).order_by(enrolment.c.id)).all()
        numbers = [home["id"] + 1 + number for number in range(count)]
        connection.execute(
            insert(cohort),
            [
                {**home, "id": one, "started": True, "next_at": world.now - 60 * MINUTE + place}
                for place, one in enumerate(numbers)
            ],
        )
        connection.execute(
            text("UPDATE enrolment SET cohort = :cohort WHERE id = :id"),
            [{"cohort": one, "id": strand} for one, strand in zip(numbers, strands, strict=True)],
        )
    return numbers


async def test_a_lost_cohort_behind_many_open_ones_is_started(world: World) -> None:
    """A sweep looks through all that is overdue, page after page, and leaves it alone for a while then."""
    numbers = cohorts(world, 450)
    notes = Notes()

    await relay(world, notes).sweep()
    first = len(notes.started)
    await relay(world, notes).sweep()
    world.now += MINUTE
    await relay(world, notes).sweep()

    assert notes.started[first - 1] == f"cohort-{numbers[-1]}"
    assert (first, len(notes.started)) == (450, 900)


def test_a_cohort_whose_leg_has_ended_meanwhile_keeps_its_time(world: World) -> None:
    """Only what is still overdue is put off."""
    late, moved = cohorts(world, 2)
    with world.database.write() as connection:
        found = [one.id for one in overdue(connection, before=world.now, due=world.now)]
        connection.execute(text("UPDATE cohort SET next_at = NULL WHERE id = :id"), {"id": moved})
        put_off(connection, found, before=world.now, now=world.now)
        times = {row.id: row.next_at for row in connection.execute(select(cohort))}

    assert (times[late], times[moved]) == (world.now, None)


async def test_a_step_of_the_sweep_that_fails_holds_up_no_other(world: World) -> None:
    """Without the ledger, dates are looked at all the same, and the sign of life is given."""
    with world.database.write() as connection:
        connection.execute(text("ALTER TABLE message RENAME TO gone"))
    try:
        await relay(world, Notes()).sweep()
    finally:
        with world.database.write() as connection:
            connection.execute(text("ALTER TABLE gone RENAME TO message"))

    with world.database.read() as connection:
        assert (last_beat(connection, "relay"), last_beat(connection, "dates")) == (world.now, world.now)


def test_cohorts_that_wait_are_found_by_their_index(sqlite: Database) -> None:
    """The relay asks after every change of the file: not all cohorts that there ever were may be looked through."""
    asked: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        asked.append((statement, parameters))

    event.listen(sqlite.engine, "before_cursor_execute", note)
    with sqlite.read() as connection:
        unstarted(connection)
        unstarted(connection, [1, 2])
        plans = [
            str(connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all())
            for statement, parameters in list(asked)
            if "FROM cohort" in statement
        ]

    assert len(plans) == 2
    assert all("INDEX cohort_waiting" in one and "SCAN cohort'" not in one for one in plans)


def test_a_sign_of_life_is_given_by_two_at_once(database: Database) -> None:
    """One row, the newest instant."""
    with database.write() as connection:
        for at in (1, 2):
            beat(connection, "relay", at)
        assert last_beat(connection, "relay") == 2


def test_a_watch_whose_file_could_not_be_asked_goes_on(sqlite: Database) -> None:
    """It says that something may have changed, and is right again afterwards."""
    watch = Watch(sqlite)
    before = [watch.changed(), watch.changed()]
    watch._connection.close()  # type: ignore[union-attr]
    after = [watch.changed(), watch.changed(), watch.changed()]
    watch.close()

    assert (before, after) == ([True, False], [True, True, False])


async def test_a_relay_that_ends_ends_its_process() -> None:
    """Whoever waits for a signal hears of it, with the cause; a signal is no error."""

    async def break_down() -> None:
        raise OSError("broken")

    async def go_on() -> None:
        await asyncio.Event().wait()

    with pytest.raises(RelayEnded) as ended:
        await until_stopped(asyncio.Event(), asyncio.create_task(break_down()))
    told = asyncio.Event()
    told.set()
    relaying = asyncio.create_task(go_on())
    await until_stopped(told, relaying)
    relaying.cancel()

    assert isinstance(ended.value.__cause__, OSError)


def many_campaigns(world: World, count: int, **values: Any) -> list[int]:
    """So many campaigns of which Temporal has not heard, the oldest first."""
    published = world.publish(plan(start=enter("pause"), pause=rest("1 day", None)))
    rows = [row(world, number) | {"journey": published.journey} | values for number in range(1, count + 1)]
    with world.database.write() as connection:
        connection.execute(insert(campaign), rows)
    return list(range(1, count + 1))


def row(world: World, number: int) -> dict[str, Any]:
    """A campaign's row."""
    return {
        "id": number, "segment": 1, "name": f"c{number}", "mode": "snapshot", "state": "planned",
        "cursor": 0, "entered": 0, "skipped": 0, "refused": {}, "created_at": world.now, "opened": False, "changed": False,
    }  # fmt: skip


async def test_campaigns_that_temporal_refuses_hide_no_other(world: World) -> None:
    """They are left alone for a while; the others are opened."""
    numbers = many_campaigns(world, 61)
    notes = Notes(*(f"campaign-{number}" for number in numbers[1:]))
    campaigns = Campaigns(world.runtime, cast(Client, notes))

    looked = [await campaigns.turn() for _ in range(3)]

    assert looked == [50, 11, 0]
    assert len(notes.started) == 61
    with world.database.read() as connection:
        assert connection.scalars(select(campaign.c.id).where(campaign.c.opened)).all() == [numbers[0]]


async def test_cohorts_that_temporal_refuses_hide_no_other(world: World) -> None:
    """They are left alone for a while; the one behind them is started in the next turn."""
    numbers = cohorts(world, 201)
    with world.database.write() as connection:
        connection.execute(update(cohort).values(started=False))
    first = world.rows(cohort)[0].id
    notes = Notes(*(f"cohort-{number}" for number in [first, *numbers[:-1]]))
    one = relay(world, notes)

    turns = [await one.turn() for _ in range(3)]

    assert turns == [(0, True), (0, True), (0, False)]
    assert notes.started[-1] == f"cohort-{numbers[-1]}"


async def test_every_campaign_under_way_is_looked_for_in_its_turn(world: World) -> None:
    """Page after page, then from the beginning."""
    numbers = many_campaigns(world, 250, opened=True, state="running")
    notes = Notes()
    campaigns = Campaigns(world.runtime, cast(Client, notes))

    for _ in range(3):
        await campaigns.reopen()

    assert notes.started == [f"campaign-{number}" for number in numbers + numbers[:200]]


def test_reports_are_brought_in_page_after_page(world: World) -> None:
    """All of them while there is time; a page at least, and the word that there are more, where there is none."""
    published = world.publish(plan(start=enter("mail"), mail=send(sent="r"), r=rest("1 day", None)))
    world.enter(published, world.contacts(f"c{number}" for number in range(1100)))
    world.travel()
    with world.database.write() as connection:
        connection.execute(update(sandbox_message).values(report="delivered"))

    assert deliver_reports(world.runtime, 0) == (500, True)
    assert deliver_reports(world.runtime, 60) == (600, False)


async def test_the_sweep_finishes_a_stop_that_broke_off(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process that died between two pages leaves nobody inside."""
    monkeypatch.setattr(control_sweep, "PATIENCE_SECONDS", 0.0)
    published = world.publish(plan(start=enter("r"), r=rest("1 day", None)))
    world.enter(published, world.contacts(["anna", "bea"]))
    world.travel()
    with world.database.write() as connection:
        connection.execute(update(journey).where(journey.c.id == published.journey).values(state="stopped"))
    one = relay(world, Notes())
    await one.sweep()
    inside = world.places()
    await one.sweep()

    assert (inside, world.places()) == ({"resting": 2}, {"ended": 2})
