"""Many threads on one database: nobody who holds a connection waits for somebody who wants one."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import closing
from threading import Barrier, Event, Thread

import pytest
from sqlalchemy import func, select

from engine.enrolment.ingest import Incoming, ingest
from engine.enrolment.runtime import Runtime
from engine.store.clock import change_speed, read_clock
from engine.store.database import Database, NestedWrite
from engine.store.tables import event
from tests.store.world import SECOND, World

THREADS = 48
"""More than the pool has connections; FastAPI has forty."""
PATIENCE = 15.0


def together(work: Callable[[int], object], threads: int = THREADS) -> list[BaseException]:
    """Run `work` in so many threads at once. Gives what went wrong."""
    wrong: list[BaseException] = []
    begin = Barrier(threads)

    def run(number: int) -> None:
        begin.wait()
        try:
            work(number)
        except BaseException as error:
            wrong.append(error)

    crowd = [Thread(target=run, args=(number,), daemon=True) for number in range(threads)]
    for one in crowd:
        one.start()
    end = time.monotonic() + PATIENCE
    for one in crowd:
        one.join(max(0.0, end - time.monotonic()))
    assert not any(one.is_alive() for one in crowd), "they wait for each other"
    return wrong


def hold(database: Database, held: Event, seconds: float) -> Thread:
    """Another process's writer, who keeps the others waiting."""

    def work() -> None:
        with closing(Database(database.url)) as other, other.write():
            held.set()
            time.sleep(seconds)

    holder = Thread(target=work)
    holder.start()
    assert held.wait(PATIENCE)
    return holder


def test_more_events_at_once_than_there_are_connections(world: World) -> None:
    """All are taken in, though the clock must be read anew while somebody else writes."""
    holder = hold(world.database, Event(), 0.6)

    wrong = together(
        lambda n: ingest(world.runtime, [Incoming(f"m{n}", "x", world.now, user_id=f"u{n}")], world.now)
    )
    holder.join()

    assert wrong == []
    with world.database.read() as connection:
        assert connection.scalar(select(func.count()).select_from(event)) == THREADS


def test_the_clock_can_be_asked_within_a_transaction(world: World) -> None:
    """By every thread at once, each in a transaction of its own, reading or writing."""
    runtime = world.another()

    def work(number: int) -> None:
        with (world.database.write if number % 4 == 0 else world.database.read)():
            time.sleep(0.02)
            runtime.hear_clock()
            runtime.business_now()

    assert together(work) == []


def test_what_is_read_within_a_transaction_is_a_part_of_it(database: Database) -> None:
    """It sees what the transaction has written; a clock from an old snapshot is not kept."""
    runtime: Runtime = World(database).another()
    with database.write() as connection:
        change_speed(connection, 60, runtime.now())
        with database.read() as again:
            assert again is connection
            assert read_clock(again).speed == 60
    with database.read():
        time.sleep(0.3)
        assert runtime.clock.speed == 60
        with closing(Database(database.url)) as other, other.write() as connection:
            change_speed(connection, 600, runtime.now() + SECOND)
    assert runtime.clock.speed == 600


def test_a_write_within_a_transaction_is_refused(database: Database) -> None:
    """It would wait for itself. The transaction around it goes on."""
    with database.read(), pytest.raises(NestedWrite), database.write():
        pass
    with database.write(), pytest.raises(NestedWrite):
        database.transact(lambda connection: None)
    with database.write() as connection:
        assert connection.scalar(select(1)) == 1


def test_threads_write_in_the_order_in_which_they_came(sqlite: Database) -> None:
    """A busy writer does not starve the others."""
    order: list[int] = []
    waiting: list[Thread] = []
    with sqlite.write():
        for number in range(8):

            def work(number: int = number) -> None:
                for _ in range(3):
                    with sqlite.write():
                        order.append(number)

            waiting.append(Thread(target=work))
            waiting[-1].start()
            time.sleep(0.05)
    for one in waiting:
        one.join(PATIENCE)

    assert order == [*range(8)] * 3
