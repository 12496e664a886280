"""Many threads on one database: nobody who holds a connection waits for somebody who wants one."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from threading import Barrier

import pytest
from sqlalchemy import func, select

from engine.enrolment.ingest import Incoming, ingest
from engine.enrolment.runtime import Runtime
from engine.store.clock import change_speed, read_clock
from engine.store.database import Database, NestedWrite
from engine.store.tables import event
from engine.store.writers import Writers
from tests.store.race import PATIENCE, Racer
from tests.store.world import World

CONNECTIONS = 32
THREADS = 48
"""More than there are connections; FastAPI has forty."""
SOON = 15.0
"""Half of the seconds after which the pool gives up."""
QUEUED = 0.3


def test_more_events_at_once_than_there_are_connections(world: World) -> None:
    """All are taken in, though the clock must be read anew while somebody else writes."""
    begin = Barrier(THREADS + 1)

    def told(number: int) -> None:
        begin.wait()
        incoming = Incoming(f"m{number}", "x", world.now, user_id=f"u{number}")
        ingest(world.runtime, [incoming], world.now)

    crowd = [Racer(lambda number=number: told(number)) for number in range(THREADS)]  # type: ignore[misc]
    with closing(Database(world.database.url)) as other, other.write():
        for one in crowd:
            one.thread.start()
        begin.wait()
        crowd[0].thread.join(QUEUED)
        world.runtime.hear_clock()
    for one in crowd:
        one.join()

    with world.database.read() as connection:
        assert connection.scalar(select(func.count()).select_from(event)) == THREADS


@pytest.mark.parametrize("writer", [False, True])
def test_the_clock_can_be_asked_within_as_many_transactions_as_there_are_connections(
    world: World, writer: bool
) -> None:
    """Nobody needs another connection for it."""
    runtime = world.another()
    all_have_one = Barrier(CONNECTIONS)

    def work(number: int) -> None:
        with (world.database.write if writer and number == 0 else world.database.read)():
            all_have_one.wait(PATIENCE)
            runtime.hear_clock()
            runtime.business_now()

    crowd = [Racer(lambda number=number: work(number)) for number in range(CONNECTIONS)]  # type: ignore[misc]
    for one in crowd:
        one.thread.start()
    for one in crowd:
        one.thread.join(SOON)
        assert not one.thread.is_alive(), "they wait for each other"
        one.join()


def test_what_is_read_within_a_transaction_is_a_part_of_it(database: Database) -> None:
    """It sees what the transaction has written, and is as old as the transaction."""
    runtime: Runtime = World(database).another()
    with database.write() as connection:
        change_speed(connection, 60, runtime.now())
        begun = database.seen_at()
        with database.read() as again:
            assert again is connection
            assert read_clock(again).speed == 60
            assert database.seen_at() == begun
    assert database.seen_at() > begun


def test_a_write_within_a_transaction_is_refused(database: Database) -> None:
    """It would wait for itself. The transaction around it goes on."""
    with database.read(), pytest.raises(NestedWrite), database.write():
        pass
    with database.write(), pytest.raises(NestedWrite):
        database.transact(lambda connection: None)
    with database.write() as connection:
        assert connection.scalar(select(1)) == 1


def test_threads_write_in_the_order_in_which_they_came(tmp_path: Path) -> None:
    """A busy writer does not starve the others: who has written queues behind them again."""
    writers = Writers(str(tmp_path / "writers"))
    order: list[int] = []

    def work(number: int) -> None:
        for _ in range(3):
            with writers.turn():
                order.append(number)

    crowd = [Racer(lambda number=number: work(number)) for number in range(8)]  # type: ignore[misc]
    with writers.turn():
        for number, one in enumerate(crowd, 1):
            one.thread.start()
            while writers.waiting() < number:
                one.thread.join(0.001)
    for one in crowd:
        one.join()

    assert order[:8] == [*range(8)]
    assert sorted(order) == sorted([*range(8)] * 3)
