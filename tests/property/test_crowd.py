"""The rehearsal of a crowd: the numbers are those of the journeys that its contacts would have travelled one by one: on examples that are searched for."""

from __future__ import annotations

from collections import Counter

from hypothesis import HealthCheck, assume, given, settings

from engine.flow.plan import Plan
from engine.journey.contact import Contact
from engine.journey.crowd import rehearse
from engine.journey.memory import Memory
from tests.unit.journey.plans import START, plans
from tests.unit.journey.test_crowd import DAY, MINUTE


@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(plan=plans())
def test_a_crowd_takes_the_edges_that_its_contacts_take(plan: Plan) -> None:
    """For any plan, each port is taken as often, and each result is reached as often, as on the in-memory Host."""
    contacts = [Contact(number) for number in range(1, 6)]
    memory = Memory(plan, {contact.id: contact for contact in contacts}, answer=lambda *_: "no")
    for contact in contacts:
        memory.enter(contact.id, START, "crowd")
    minute: int | None = START
    while minute is not None and minute <= START + 7 * DAY:
        memory.drain()
        memory.leg(minute)
        wake = memory.next_wake()
        minute = None if wake is None else -(-wake // MINUTE) * MINUTE
    rows = list(memory.rows.by_id.values())
    # The same minute is looked at once: who would come back within it, comes a minute later.
    assume(not any(row.reason == "loop" for row in rows))

    forecast = rehearse(plan, contacts, START, 7)

    assert forecast.edges == Counter((passed.node, passed.port) for row in rows for passed in row.steps)
    roots = [row for row in rows if row.parent is None]
    assert forecast.results == Counter(row.result for row in roots if row.place == "ended")
    assert sum(forecast.resting.values()) == sum(row.place == "resting" for row in roots)
    assert forecast.entered == len(roots)
