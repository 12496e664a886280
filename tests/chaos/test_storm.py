"""The storm: a thousand enrolments through the coupon journey, while every process of the stack is killed at random."""

from __future__ import annotations

import threading
from collections.abc import Collection
from functools import partial

import pytest
from sqlalchemy import func, select

from engine.store.tables import campaign, enrolment, entry
from tests.chaos.arena import DEEP, SEED, Arena, seeds
from tests.chaos.journeys import coupon_scenery, storm_scenery
from tests.chaos.nemesis import DATABASE, TEMPORAL, plan_blows, storm
from tests.chaos.stack import Place, wait_for
from tests.chaos.verdict import verdict

PARTS = {f"part{number}": 125 for number in range(8)}
DAY_SECONDS = 5.0
BLOWS, BLOWS_SECONDS, SECONDS = 8, 16.0, 180.0
OPENS = 0.3
AWAY_SECONDS = 8.0
ELSEWHERE_SEED = 2


def _where(seed: int) -> Collection[pytest.MarkDecorator]:
    """An ordinary run has one storm on each database."""
    return [pytest.mark.elsewhere] if seed == ELSEWHERE_SEED and not (DEEP or SEED) else []


@pytest.mark.together(long=True)
@pytest.mark.parametrize(
    ("seed", "recognises"),
    [
        *(pytest.param(seed, True, marks=_where(seed)) for seed in seeds(2, 40)),
        *((seed, False) for seed in seeds(1, 10)),
    ],
)
def test_a_storm_harms_nobody(seed: int, recognises: bool, arena: Arena) -> None:
    """Whoever dies and whenever: no key accepted twice, nobody lost, nobody in two places, all sums right. Where no key is
    recognised, whoever is in doubt waits."""
    make = partial(coupon_scenery, parts=PARTS, recognises=recognises)
    what = f"WEND_CHAOS_SEED={seed}, a storm" + ("" if recognises else ", no keys")
    with arena.stack_of_its_own(f"coupon {recognises}", make, DAY_SECONDS, what) as (stack, place):
        for role in ("live", "bulk", "relay"):
            place.add_worker(role, role)
        place.add_readers(OPENS, buys=0.05, seed=seed, api=True)
        place.start_all()
        first, *_ = [place.campaign(part, 1.0 * number) for number, part in enumerate(PARTS)]
        again = place.campaign("part0", 10.0)
        harmed = DATABASE if place.databases.server is not None else ()
        blows = plan_blows(seed, [TEMPORAL, *harmed, *place.processes], BLOWS, BLOWS_SECONDS)

        seen = storm(stack, place, blows, lambda: place.is_still(doubts=not recognises), SECONDS)

        assert seen == []
        assert verdict(place, doubts=not recognises) == []
        assert _counts(place, {first, again}) == (1000, 1000, 125, 125)
        assert 0 < place.count(enrolment.c.result == "opened") < 2 * OPENS * 1000


@pytest.mark.together(long=True)
@pytest.mark.parametrize("forgets", [False, True], ids=["outage", "amnesia"])
def test_temporal_away_for_a_while_delays_and_harms_nobody(forgets: bool, arena: Arena) -> None:
    """Temporal is down for some seconds, or comes back and knows nothing any more: everybody still gets to the end."""
    what = "Temporal forgets everything" if forgets else "an outage of Temporal"
    with arena.stack_of_its_own("storm", storm_scenery, DAY_SECONDS, what) as (stack, place):
        place.add_worker("worker", "all")
        place.add_readers(OPENS, buys=0.1, join=True)
        place.start_all()
        place.campaign("first")
        place.campaign("second", AWAY_SECONDS / 2)
        wait_for(
            "the first email", lambda: place.count(enrolment.c.position == "opened") > 0, SECONDS, place.path
        )
        place.tell("Temporal goes away")
        stack.kill_temporal(forgets=forgets)
        threading.Event().wait(AWAY_SECONDS)
        stack.start_temporal()
        place.tell("Temporal is back")

        place.live_on(SECONDS)

        assert verdict(place) == []


def _counts(place: Place, twins: set[int]) -> tuple[int, int, int, int]:
    """Enrolments, entries, and how many two campaigns over one segment let in, and kept out. Which of them was held up, and
    which came first, the storm decides."""
    with place.database.read() as connection:
        entered, skipped = connection.execute(
            select(func.sum(campaign.c.entered), func.sum(campaign.c.skipped)).where(campaign.c.id.in_(twins))
        ).one()
        return (
            connection.scalar(select(func.count()).where(enrolment.c.root.is_(None))) or 0,
            connection.scalar(select(func.sum(entry.c["count"]))) or 0,
            entered,
            skipped,
        )
