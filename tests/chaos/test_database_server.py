"""The PostgreSQL server ends while everything runs, or the line to it breaks: what was committed holds, and every process recovers
by itself."""

from __future__ import annotations

import random
import threading
from functools import partial

import pytest
from sqlalchemy.exc import DBAPIError

from engine.store.failures import will_pass
from engine.store.heartbeats import beat, last_beat
from engine.store.tables import enrolment
from tests.chaos.arena import Arena, seeds
from tests.chaos.journeys import storm_scenery
from tests.chaos.nemesis import DATABASE, start_database, strike_database
from tests.chaos.stack import Place
from tests.chaos.verdict import verdict
from tests.chaos.wire import bad_wire

DAY_SECONDS = 6.0
SECONDS = 300.0
LONGEST_UP, LONGEST_DOWN = 2.5, 1.5
SHARE, MOST = 0.12, 20
_NAME = "witness"


class Witness:
    """Commits number after number, in a thread of its own, and remembers the last one of which it was told that it holds."""

    def __init__(self, place: Place) -> None:
        self.told = 0
        self._place = place
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._write_on, name="witness")

    def __enter__(self) -> Witness:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def _write_on(self) -> None:
        number = 0
        while not self._ended.wait(0.002):
            number += 1
            try:
                with self._place.database.write() as connection:
                    beat(connection, _NAME, number)
            except DBAPIError as error:
                if not will_pass(error):
                    raise
            else:
                self.told = number

    def check(self, told: int) -> None:
        """What it was told before is still there."""
        with self._place.database.read() as connection:
            assert (last_beat(connection, _NAME) or 0) >= told


@pytest.mark.together(long=True)
@pytest.mark.elsewhere
@pytest.mark.parametrize(
    ("seed", "recognises"),
    [*((seed, False) for seed in seeds(1, 30)), *((seed, True) for seed in seeds(0, 30))],
)
def test_a_commit_of_which_nobody_hears_whether_it_is_done_harms_nobody(
    seed: int, recognises: bool, arena: Arena
) -> None:
    """The line to the database breaks at commits: whoever made one goes by what the tables say, and by nothing else."""
    name = "storm" if recognises else "strict storm"
    scenery = arena.scenery(name, partial(storm_scenery, recognises=recognises))
    what = f"WEND_CHAOS_SEED={seed}, a bad line, {name}"
    with (
        arena.place(scenery, DAY_SECONDS, what) as place,
        bad_wire(place.settings.database_url, seed, share=SHARE, most=MOST) as wire,
    ):
        place.line = wire.url
        place.add_worker("worker", "all")
        place.add_readers(opens=0.4, buys=0.1, seed=seed, join=True, api=True)
        place.start_all()
        wire.bad = True
        place.campaign("first")
        place.campaign("second", 3.0)

        place.live_on(SECONDS, doubts=not recognises)
        place.tell(f"the line broke: {wire.lost}")

        assert min(wire.lost.values()) > 0
        assert {name: place.processes[name].lives for name in ("worker", "api")} == {"worker": 1, "api": 1}
        assert place.count(enrolment.c.place == "parked") == 0
        assert verdict(place, doubts=not recognises) == []


@pytest.mark.together(long=True)
@pytest.mark.elsewhere
@pytest.mark.parametrize("seed", seeds(1, 30))
def test_a_database_server_that_ends_takes_nothing_and_nobody_with_it(seed: int, arena: Arena) -> None:
    """Killed, stopped at once, or with sessions that are ended or killed: no commit is lost, no process ends, nobody is harmed."""
    dice = random.Random(seed)
    what = f"WEND_CHAOS_SEED={seed}, a database server that ends"
    with arena.place_with_its_own_database(storm_scenery, DAY_SECONDS, what) as place:
        place.add_worker("worker", "all")
        place.add_readers(opens=0.4, buys=0.1, seed=seed, join=True, api=True)
        place.start_all()
        place.campaign("first")
        place.campaign("second", 3.0)
        with Witness(place) as witness:
            for how in dice.sample(DATABASE, len(DATABASE)):
                threading.Event().wait(dice.uniform(0, LONGEST_UP))
                told = witness.told
                strike_database(place, how)
                threading.Event().wait(dice.uniform(0, LONGEST_DOWN))
                start_database(place)
                witness.check(told)

        place.live_on(SECONDS)

        assert witness.told > 0
        assert {name: place.processes[name].lives for name in ("worker", "api")} == {"worker": 1, "api": 1}
        assert verdict(place) == []
