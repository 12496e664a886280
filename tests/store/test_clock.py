"""The business clock: changed while processes go by it."""

from __future__ import annotations

import pytest

from engine.enrolment.runtime import Runtime
from engine.store.clock import LEAD_MS, Clock, change_speed, read_clock
from engine.store.database import Database

DAY_IN_20_SECONDS = 4320.0
REAL = 1_741_000_000_000


def test_time_goes_on_from_where_it_is(database: Database) -> None:
    """Another speed begins at the present instant, and is what everybody reads from then on."""
    with database.write() as connection:
        fast = change_speed(connection, DAY_IN_20_SECONDS, REAL)

    assert fast.business(REAL) == REAL
    assert fast.business(REAL + 20_000) == REAL + 86_400_000
    with database.read() as connection:
        assert read_clock(connection) == fast


def test_time_never_jumps_backwards(database: Database) -> None:
    """Whoever goes by the old clock for a while after it was slowed down, is never ahead of the new one."""
    with database.write() as connection:
        fast = change_speed(connection, DAY_IN_20_SECONDS, REAL)
        slow = change_speed(connection, 1.0, REAL + 60_000)

    for late in range(0, LEAD_MS + 1, 50):
        assert fast.business(REAL + 60_000 + late) <= slow.business(REAL + 60_000 + late)
    assert slow.speed == 1


def test_time_does_not_stand_still(database: Database) -> None:
    """A speed of nothing, or less, is refused: a rest would never end."""
    with database.write() as connection:
        for speed in (0.0, -1.0, float("nan")):
            with pytest.raises(ValueError, match="above 0"):
                change_speed(connection, speed, REAL)


def test_a_process_hears_of_a_change(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """A runtime that has read the clock goes by the new one a quarter of a second later, without being told."""
    seconds = 0.0
    monkeypatch.setattr("engine.enrolment.runtime.time.monotonic", lambda: seconds)
    runtime = Runtime(database=database, behaviours=None, claims=None)  # type: ignore[arg-type]  # nobody moves here
    assert runtime.clock == Clock()

    with database.write() as connection:
        fast = change_speed(connection, DAY_IN_20_SECONDS, REAL)
    assert runtime.clock == Clock()
    seconds += 0.3

    assert runtime.clock == fast
