"""What a condition reads is there when it is asked."""

from collections.abc import Iterator

from engine.flow.asked import Asked
from engine.flow.condition import (
    AnyItem,
    Compare,
    Condition,
    Did,
    Need,
    OneOf,
    Presence,
    needs,
    parts_of,
)
from engine.flow.contract import Bought
from engine.flow.diagnostic import Diagnostic, diagnostic, quoted
from engine.flow.resolve import Resolved, ResolvedNode
from engine.flow.world import World

_BEYOND: dict[Need, str] = {
    "contact": "the contact",
    "tags": "tags",
    "segments": "segments",
    "history": "earlier events",
}


def check(resolved: Resolved, world: World) -> Iterator[Diagnostic]:
    """Find questions about an event that is not at hand, or about no time at all."""
    for node in resolved.nodes.values():
        match node.contract:
            case Bought(within=None, since="here"):
                yield diagnostic("asks-about-nothing", node, field="since")
        for question in node.asked:
            match question.when:
                case "contact":
                    yield from _absent_event(node, question)
                case "event":
                    yield from _more_than_the_event(node, question)
                case "trigger" if "anchor" in needs(question.condition):
                    yield diagnostic("filter-without-moment", node, field=question.place)


def _absent_event(node: ResolvedNode, question: Asked) -> Iterator[Diagnostic]:
    named = sorted(_event_fields(question.condition))
    if named:
        yield diagnostic("asks-about-event", node, field=question.place, name=quoted(named[0]))


def _more_than_the_event(node: ResolvedNode, question: Asked) -> Iterator[Diagnostic]:
    beyond = [words for need, words in _BEYOND.items() if need in needs(question.condition)]
    if beyond:
        yield diagnostic("filter-sees-only-event", node, field=question.place, what=" and ".join(beyond))


def _event_fields(condition: Condition) -> Iterator[str]:
    """The event's own fields that a condition reads; a `did` brings its events with it."""
    if isinstance(condition, Compare | OneOf | Presence | AnyItem) and condition.path.source == "event":
        yield condition.field
    elif not isinstance(condition, Did):
        for part in parts_of(condition):
            yield from _event_fields(part)
