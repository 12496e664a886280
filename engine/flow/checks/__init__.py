"""The checks: one rule a file, each a function `check(resolved, world)` that yields diagnostics. Listed here by hand."""

from collections.abc import Callable, Iterator

from engine.flow.checks import (
    accounts,
    anchors,
    configs,
    dates,
    early_questions,
    edges,
    endless_waits,
    identifiers,
    long_paths,
    loops,
    message_waits,
    node_types,
    open_ports,
    parallel_paths,
    port_keys,
    promotions,
    questions,
    reachability,
    segments,
    settings,
    tags,
    template_fields,
    template_words,
    templates,
    triggers,
    unused_ports,
    weights,
)
from engine.flow.diagnostic import Diagnostic
from engine.flow.resolve import Resolved
from engine.flow.world import World

Rule = Callable[[Resolved, World], Iterator[Diagnostic]]

RULES: tuple[Rule, ...] = (
    identifiers.check,
    node_types.check,
    configs.check,
    port_keys.check,
    edges.check,
    triggers.check,
    reachability.check,
    open_ports.check,
    unused_ports.check,
    loops.check,
    long_paths.check,
    parallel_paths.check,
    message_waits.check,
    anchors.check,
    endless_waits.check,
    questions.check,
    early_questions.check,
    templates.check,
    template_fields.check,
    template_words.check,
    promotions.check,
    segments.check,
    tags.check,
    accounts.check,
    weights.check,
    dates.check,
    settings.check,
)


def run_checks(resolved: Resolved, world: World) -> list[Diagnostic]:
    """What all rules find, errors first, then by place."""
    found = [diagnostic for rule in RULES for diagnostic in rule(resolved, world)]
    return sorted(found, key=lambda diagnostic: diagnostic.rank)
