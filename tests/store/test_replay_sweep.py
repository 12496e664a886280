"""Replays that break off go on by themselves, as was asked when they were begun."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from sqlalchemy import event

from engine.enrolment import replay_sweep
from engine.enrolment.replay import How, begin_replay, parked_groups, run_replay
from engine.enrolment.replay_sweep import ReplaySweep
from engine.store.tables import enrolment, replay, replay_item
from tests.store.test_operator import Killed, killed, parked
from tests.store.test_replay_how import SEND_AGAIN, lost
from tests.store.world import World


def begun(world: World, how: How) -> int:
    """A replay of what is parked, that dies after its first page of one."""
    with world.database.read() as connection:
        (group,) = parked_groups(connection)
    operation = begin_replay(world.database, group, now=world.now, who="ops", how=how)
    with pytest.raises(Killed):
        run_replay(world.database, operation, now=world.now, size=1, progress=killed)
    return operation


def finished(world: World, operation: int) -> tuple[bool, int]:
    """Whether the replay is through, and how many went on."""
    (row,) = [row for row in world.rows(replay) if row.id == operation]
    return row.finished, row.done


def test_a_replay_that_dies_is_gone_on_with_as_was_asked(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It stands still between two looks; then the others end with the result that the operator named, and all are counted."""
    monkeypatch.setattr(replay_sweep, "PATIENCE_SECONDS", 0.0)
    parked(world, ["a", "b", "c"])
    operation = begun(world, How("exit", result="given up"))
    before = world.places()
    sweep = ReplaySweep(world.runtime)
    sweep.run()

    assert before == {"ended": 1, "parked": 2}
    assert {(row.place, row.result) for row in world.rows(enrolment)} == {("ended", "given up")}
    assert {row.result for row in world.rows(replay_item)} == {"again"}
    assert finished(world, operation) == (True, 3)
    assert sweep.run() is False


def test_what_is_sent_again_is_sent_once_more_and_never_twice(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever had his new visit before the replay died does not get another one when it is gone on with."""
    monkeypatch.setattr(replay_sweep, "PATIENCE_SECONDS", 0.0)
    acting, service, _ = lost(world, "anna bea carl")
    calls = len(service.requests)
    begun(world, SEND_AGAIN)
    service = acting.serve([{}, {}, {}])
    world.travel()
    first = len(service.requests)
    ReplaySweep(world.runtime).run()
    world.travel()

    assert (calls, first, len(service.requests)) == (3, 1, 3)


def test_a_replay_that_moves_is_left_to_whoever_is_at_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only one that stands still for long is taken over; from then on the sweep goes on with it at every look."""
    clock = [0.0]
    monkeypatch.setattr(time, "monotonic", lambda: clock[0])
    parked(world, ["a", "b", "c", "d", "e"])
    operation = begun(world, How("leave", port="sent"))
    sweep = ReplaySweep(world.runtime)
    counts = []
    for seconds in (0.0, 9.0, 9.0, 9.0):
        clock[0] += seconds
        sweep.run()
        counts.append(finished(world, operation)[1])
        if clock[0] < 18.0:
            with pytest.raises(Killed):
                run_replay(world.database, operation, now=world.now, size=1, progress=killed)
    clock[0] += 10.0
    sweep.run()

    assert counts == [1, 2, 3, 3]
    assert finished(world, operation) == (True, 5)


def test_one_that_fails_holds_up_no_other(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """What it fails with is raised at last, for the log."""
    monkeypatch.setattr(replay_sweep, "PATIENCE_SECONDS", 0.0)
    parked(world, ["a", "b"])
    operation = begun(world, How("exit", result="x"))
    with world.database.write() as connection:
        connection.execute(
            replay.insert().values(id=1, how={"action": "leave"}, cursor=0, done=0, finished=False)
        )
    with pytest.raises(ValueError, match="A port belongs to leaving"):
        ReplaySweep(world.runtime).run()

    assert finished(world, operation) == (True, 2)


def test_a_page_reads_the_items_of_that_page_alone(world: World) -> None:
    """The statements of a long replay name its cursor, and read no item twice."""
    parked(world, [f"c{number}" for number in range(12)])
    read: list[int] = []
    with world.database.read() as connection:
        (group,) = parked_groups(connection)
    operation = begin_replay(world.database, group, now=world.now, who="ops")

    def rows(*arguments: object) -> None:
        statement = str(arguments[2])
        if statement.startswith("SELECT replay_item"):
            read.append(statement.count("replay_item.strand >"))

    event.listen(world.database.engine, "before_cursor_execute", rows)
    try:
        done = run_replay(world.database, operation, now=world.now, size=3)
    finally:
        event.remove(world.database.engine, "before_cursor_execute", rows)

    assert (done, read) == (12, [1] * 5)
    assert replace(How("retry")).kept() == {"action": "retry", "port": "", "result": "", "newest": False}
