"""The batch engine gives, for any plan and any order of events, what a naive interpreter of one contact gives."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from engine.flow.plan import Plan
from tests.unit.journey.both import Disturbed, EngineSide, OracleSide, Stage, World
from tests.unit.journey.plans import Deed, histories, plans

DEEP = os.environ.get("WEND_HYPOTHESIS") == "deep"


def searching(examples: int) -> settings:
    """So many examples, and a hundred times as many where WEND_HYPOTHESIS says deep."""
    return settings(
        max_examples=100 * examples if DEEP else examples,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
    )


@searching(60)
@given(plan=plans(), deeds=histories(), seed=st.integers(0, 99))
def test_the_batch_engine_does_what_one_contact_at_a_time_does(
    plan: Plan, deeds: list[Deed], seed: int
) -> None:
    """Same steps by the same ports at the same times, same sends, same results, same places."""
    world = World(plan, seed)
    engine, oracle = EngineSide(world), OracleSide(world)

    Stage(engine, oracle).play(deeds)

    assert engine.story() == oracle.story()
    assert set(engine.messages()) == oracle.messages()


@searching(30)
@given(
    plan=plans(),
    deeds=histories(),
    seed=st.integers(0, 99),
    disturbances=st.lists(st.sampled_from([None, None, "dies", "lost", "rival"]), max_size=12),
)
def test_a_leg_that_dies_or_has_a_rival_changes_nothing(
    plan: Plan, deeds: list[Deed], seed: int, disturbances: list[str | None]
) -> None:
    """A leg that is killed before or after any commit and run again, or run twice at once, ends as if it had run once."""
    world = World(plan, seed)
    calm, disturbed = EngineSide(world), Disturbed(world, disturbances)

    Stage(calm).play(deeds)
    # How far an endless leg gets before it is cut depends on where it began anew.
    assume(not calm.was_cut)
    Stage(disturbed).play(deeds)

    assert calm.story() == disturbed.story()
    assert set(calm.messages()) == set(disturbed.messages())
