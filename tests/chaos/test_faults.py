"""Providers that fail while workers die, databases that are locked, workers that are asked to stop."""

from __future__ import annotations

import random
import signal
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import partial

import pytest
from sqlalchemy import ColumnElement, func, select, text

from engine.enrolment.replay import parked_groups, replay_group
from engine.store.tables import enrolment, message, sandbox_message
from tests.chaos.arena import Arena, seeds
from tests.chaos.journeys import STORM, storm_scenery
from tests.chaos.stack import Place, Scenery, make_scenery, wait_for
from tests.chaos.verdict import verdict

DAY_SECONDS = 1.0
SECONDS = 180.0
FAILS = {"time_out": 0.08, "drop_answer": 0.1, "rate_limit": 0.05, "refuse": 0.07}
"""Rare enough that nobody fails so often in a row that the doubling pauses outlast the test."""


def _failing(seed: int, url: str) -> Scenery:
    behaviour = {"share": FAILS, "seed": seed}
    rejecting = {"share": FAILS | {"reject": 0.05, "bounce": 0.1}, "seed": seed}
    return make_scenery(
        url, STORM, {"first": 30, "second": 30}, more=20,
        behaviour={"email": behaviour, "sms": rejecting, "push": rejecting},
    )  # fmt: skip


@pytest.mark.together(long=True)
@pytest.mark.parametrize("seed", seeds(2, 20))
def test_providers_that_fail_while_workers_die(seed: int, arena: Arena) -> None:
    """Time-outs, lost answers, refusals and rate limits: one accepted request a key at most, the rest tried again."""
    scenery = arena.scenery(f"failing-{seed}", lambda url: _failing(seed, url))
    dice = random.Random(seed)
    with arena.place(scenery, DAY_SECONDS, f"WEND_CHAOS_SEED={seed}, failing providers") as place:
        place.add_worker("worker", "all")
        place.add_readers(opens=0.4, seed=seed, join=True)
        place.doom(
            "worker", *(f"{dice.choice(['before', 'after'])} sandbox:{dice.randint(1, 4)}" for _ in range(2))
        )
        place.start_all()
        place.campaign("first")
        place.campaign("second", 0.5)

        _live_on_with_replays(place)

        assert verdict(place) == []
        assert _messages(place, message.c.attempts > 1) > 0
        assert _messages(place, message.c.state == "unknown") == 0


def _live_on_with_replays(place: Place) -> None:
    """Until all have ended: who was parked after too many failures is replayed, as an operator would."""

    def over() -> bool:
        place.revive()
        with place.database.read() as connection:
            groups = parked_groups(connection)
        for group in groups:
            replay_group(place.database, group, now=place.now(), who="chaos")
        return not groups and place.is_still()

    wait_for("stillness", over, SECONDS, place.path)


def _messages(place: Place, *tests: ColumnElement[bool]) -> int:
    with place.database.read() as connection:
        return connection.scalar(select(func.count()).select_from(message).where(*tests)) or 0


@pytest.mark.together
@pytest.mark.parametrize("seconds", [4.0])
def test_a_locked_database_delays_and_harms_nobody(seconds: float, arena: Arena) -> None:
    """Another program holds the database for some seconds, again and again: everybody waits, nothing is lost."""
    with arena.place(arena.scenery("storm", storm_scenery), DAY_SECONDS, "locked database") as place:
        place.add_worker("worker", "all")
        place.add_readers(opens=0.4, buys=0.1, join=True)
        place.start_all()
        place.campaign("first")
        place.campaign("second", 0.5)
        for _ in range(2):
            with _locked(place):
                place.tell("locked")
                threading.Event().wait(seconds)
            threading.Event().wait(1.0)

        place.live_on(SECONDS)

        assert {name: process.lives for name, process in place.processes.items()} == {
            "worker": 1,
            "readers": 1,
        }
        assert verdict(place) == []


@contextmanager
def _locked(place: Place) -> Iterator[None]:
    """Another program holds the database: SQLite's one write lock, or on PostgreSQL a lock under which nobody reads a contact."""
    if place.database.is_sqlite:
        with closing(sqlite3.connect(place.path / "wend.db", isolation_level=None, timeout=60)) as other:
            other.execute("BEGIN IMMEDIATE")
            yield
            other.execute("ROLLBACK")
    else:
        with place.database.engine.begin() as connection:
            connection.execute(text("LOCK TABLE contact IN ACCESS EXCLUSIVE MODE"))
            yield


@pytest.mark.together
def test_a_worker_that_is_asked_to_stop_leaves_no_claim_behind(arena: Arena) -> None:
    """At SIGTERM a worker finishes its legs: no message waits for the result of a request, and the exit is an orderly one."""
    with arena.place(arena.scenery("storm", storm_scenery), DAY_SECONDS, "orderly stops") as place:
        place.add_worker("worker", "all")
        place.add_readers(opens=0.4, buys=0.1, join=True)
        place.start_all()
        place.campaign("first")
        place.campaign("second", 1.0)
        for _ in range(3):
            place.wait_ready("worker")
            wait_for(
                "one more message", partial(_has_sent_more_than, place, _sent(place)), SECONDS, place.path
            )
            place.strike("worker", signal.SIGTERM)
            wait_for("end of the worker", lambda: place.exit_code("worker") is not None, 60, place.path)

            assert place.exit_code("worker") == 0
            assert _messages(place, message.c.state == "sending") == 0
            place.start("worker")
        place.live_on(SECONDS)

        assert verdict(place) == []


def _has_sent_more_than(place: Place, before: int) -> bool:
    return _sent(place) > before


def _sent(place: Place) -> int:
    with place.database.read() as connection:
        return connection.scalar(select(func.count()).select_from(sandbox_message)) or 0


@pytest.mark.together
def test_two_of_everything_at_once_harm_nobody(arena: Arena) -> None:
    """Two workers with two relays, and two crowds with the same seed: as if there were one of each."""
    with arena.place(arena.scenery("storm", storm_scenery), DAY_SECONDS, "two of everything") as place:
        for name in ("one", "other"):
            place.add_worker(name, "all")
            place.add_readers(opens=0.4, buys=0.1, join=True, name=f"{name} crowd")
        place.start_all()
        place.campaign("first")
        place.campaign("second", 0.5)

        place.live_on(SECONDS)

        assert {process.lives for process in place.processes.values()} == {1}
        assert place.count(enrolment.c.place == "parked") == 0
        assert verdict(place) == []
