"""The storm: a thousand enrolments through the coupon journey, while every process of the stack is killed at random."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import func, select

from engine.store.tables import campaign, enrolment, entry
from tests.chaos.arena import seeds
from tests.chaos.journeys import COUPON
from tests.chaos.nemesis import TEMPORAL, plan_blows, storm
from tests.chaos.nursery import Nursery
from tests.chaos.stack import Place, Stack, make_scenery
from tests.chaos.verdict import verdict

PARTS = {f"part{number}": 125 for number in range(8)}
DAY_SECONDS = 5.0
BLOWS, BLOWS_SECONDS, SECONDS = 8, 16.0, 180.0
OPENS = 0.3


@pytest.mark.parametrize("seed", seeds(2, 40))
def test_a_storm_harms_nobody(seed: int, chaos_folder: Path, nursery: Nursery) -> None:
    """Whoever dies and whenever: no key accepted twice, nobody lost, nobody in two places, all sums right."""
    scenery = make_scenery(chaos_folder / "scenery.db", COUPON, PARTS)
    stack = Stack(chaos_folder, ["place"], nursery)
    try:
        with stack.place("place", scenery, DAY_SECONDS) as place:
            place.tell(f"WEND_CHAOS_SEED={seed}")
            for role in ("live", "bulk", "relay"):
                place.add_worker(role, role)
            place.add_readers(OPENS, buys=0.05, seed=seed, api=True)
            place.start_all()
            for number, part in enumerate(PARTS):
                place.campaign(part, 1.0 * number)
            again = place.campaign("part0", 10.0)
            blows = plan_blows(seed, [TEMPORAL, *place.processes], BLOWS, BLOWS_SECONDS)

            seen = storm(stack, place, blows, place.is_still, SECONDS)

            assert seen == [], f"{place.path}: WEND_CHAOS_SEED={seed}"
            assert verdict(place) == [], f"{place.path}: WEND_CHAOS_SEED={seed}"
            assert _counts(place, again) == (1000, 1000, 0, 125), f"{place.path}: WEND_CHAOS_SEED={seed}"
            assert 0 < _with_result(place, "opened") < 2 * OPENS * 1000
    finally:
        stack.close()


def _counts(place: Place, again: int) -> tuple[int, int, int, int]:
    """Enrolments, entries, and how many the second campaign over a segment let in, and kept out."""
    with place.database.read() as connection:
        row = connection.execute(select(campaign).where(campaign.c.id == again)).one()
        return (
            connection.scalar(select(func.count()).where(enrolment.c.root.is_(None))) or 0,
            connection.scalar(select(func.sum(entry.c["count"]))) or 0,
            row.entered,
            row.skipped,
        )


def _with_result(place: Place, result: str) -> int:
    with place.database.read() as connection:
        return connection.scalar(select(func.count()).where(enrolment.c.result == result)) or 0
