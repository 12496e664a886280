"""Templates in the configs of nodes: texts with values of the contact in them."""

from collections.abc import Mapping, Sequence
from typing import Any

from engine.content.messages import event_facts, journey_facts, written_value
from engine.content.templates import Kind, TemplateProblem, parse
from engine.store.batch import Batch
from nodes.sdk.answers import NeedsPerson
from nodes.sdk.context import Context, facts_of

Facts = dict[str, Any]


def rendered(ctx: Context, source: str, kind: Kind) -> str:
    """The text for the contact of a call. NeedsPerson where a variable is missing or the template is wrong."""
    journey = ctx.journey
    facts = _facts(
        facts_of(ctx.contact),
        facts_of(ctx.event),
        journey_facts(journey.name, journey.timezone, journey.values),
    )
    try:
        return parse(source, kind).render(facts)
    except TemplateProblem as problem:
        raise NeedsPerson(f"template:{problem.code}", str(problem)) from None


def values_for(batch: Batch, source: str) -> list[str | int | float | TemplateProblem]:
    """What a template writes into a profile for each traveller, or what keeps it from that."""
    made: list[str | int | float | TemplateProblem] = []
    for facts in facts_for(batch):
        try:
            made.append(written_value(source, facts))
        except TemplateProblem as problem:
            made.append(problem.with_traceback(None))
    return made


def facts_for(batch: Batch) -> Sequence[Facts]:
    """What a template may read, for each traveller: contact, event, journey."""
    return [
        _facts(
            batch.people[traveller.contact].facts(),
            event_facts(traveller.trigger) if traveller.trigger else {},
            journey_facts(
                batch.journey_name, batch.plan.settings.timezone, batch.values.get(traveller.root, {})
            ),
        )
        for traveller in batch.travellers
    ]


def _facts(contact: Mapping[str, Any], event: Mapping[str, Any], journey: Facts) -> Facts:
    facts: Facts = {"contact": contact, "journey": journey}
    return {**facts, "event": event} if event else facts
