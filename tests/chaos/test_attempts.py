"""Legs that fail again and again: enrolments go one by one, and one on which workers die is set aside."""

from __future__ import annotations

import pytest

from engine.enrolment.legs import DEAD_CODE
from engine.store.tables import enrolment
from tests.chaos.arena import Arena
from tests.chaos.journeys import storm_scenery
from tests.chaos.verdict import verdict

DAY_SECONDS = 0.5
SECONDS = 240.0


@pytest.mark.together(long=True)
def test_an_enrolment_on_which_two_workers_died_is_parked_and_the_others_go_on(arena: Arena) -> None:
    """From the third attempt of a leg on its members go one by one; who kills twice is parked, as a bug."""
    with arena.place(arena.scenery("storm", storm_scenery), DAY_SECONDS, "lone attempts") as place:
        place.add_worker("worker", "all")
        place.expected = 30
        place.doom("worker", "after claim:1", "after claim:1", "after lone attempt:1", "after lone attempt:1")
        place.start_all()
        place.campaign("first")

        place.live_on(SECONDS)

        assert place.processes["worker"].lives == 5
        assert place.count(enrolment.c.place == "parked", enrolment.c.reason == DEAD_CODE) == 1
        assert place.count(enrolment.c.place == "ended", enrolment.c.root.is_(None)) == 29
        assert verdict(place, parked=True) == []


@pytest.mark.together(long=True)
@pytest.mark.parametrize("side", ["before", "after"])
def test_a_death_between_lone_members_harms_nobody(side: str, arena: Arena) -> None:
    """Whoever dies when one member was through and the next is taken up: nobody is parked for it."""
    with arena.place(arena.scenery("storm", storm_scenery), DAY_SECONDS, f"{side} lone attempt") as place:
        place.add_worker("worker", "all")
        place.expected = 30
        place.doom("worker", "after claim:1", "after claim:1", f"{side} lone attempt:2")
        place.start_all()
        place.campaign("first")

        place.live_on(SECONDS)

        assert place.processes["worker"].lives == 4
        assert verdict(place) == []
