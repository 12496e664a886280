"""The batch engine and the naive interpreter agree on what the compiler makes of drawings, on any calendar."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from engine.flow.plan import Plan
from tests.property.test_oracle import searching
from tests.property.test_plan_bytes import flowcharts
from tests.unit.journey.both import EngineSide, Stage
from tests.unit.journey.compiled import CalendarOracle, DrawnWorld, compiled, drawn_histories
from tests.unit.journey.plans import Deed


@searching(60)
@given(plan=compiled(flowcharts()), deeds=drawn_histories(), seed=st.integers(0, 99))
def test_a_compiled_flowchart_runs_as_it_does_for_one_contact_at_a_time(
    plan: Plan, deeds: list[Deed], seed: int
) -> None:
    """Same steps, sends and results, with months, windows, weekdays and holidays, where the clocks change."""
    world = DrawnWorld(plan, seed)
    engine, oracle = EngineSide(world), CalendarOracle(world)

    Stage(engine, oracle).play(deeds)

    assert engine.story() == oracle.story()
    assert set(engine.messages()) == oracle.messages()
