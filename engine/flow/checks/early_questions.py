"""What is asked and waited for comes after what causes it, where this journey itself does: messages, coupons, tags, values.

Tags and values may come from outside, and what was caused in an earlier round may be asked in the next: of those only
what nobody else seems to give is told, in journeys that a contact enters once. And a guard is no mistake: whoever has not
got it yet is given it behind that very answer. Nor is a question about the last so many days.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from engine.flow.asked import Asked
from engine.flow.condition import Compare, Condition, Did, Not, OneOf, Tagged, parts_of, walk
from engine.flow.condition_field import published_attribute
from engine.flow.contract import HasTag, Split, WaitFor
from engine.flow.diagnostic import Diagnostic, diagnostic, quoted, shown
from engine.flow.manifest import Manifest
from engine.flow.resolve import Resolved, ResolvedNode
from engine.flow.world import World

_CAUSED: dict[str, Callable[[Manifest], bool]] = {
    "message.": lambda manifest: manifest.sends is not None,
    "coupon.": lambda manifest: "coupon" in manifest.provides,
}
"""Events that this journey's own nodes cause, by the beginning of their names."""


class Want(NamedTuple):
    """What a node asks for: in words, the nodes that give it, and the ports by which a contact leaves who has it."""

    place: str
    words: str
    givers: list[ResolvedNode]
    having: frozenset[str]


def check(resolved: Resolved, world: World) -> Iterator[Diagnostic]:
    """Find questions and waits that come before the only nodes that cause what they are about."""
    nodes = [node for node in resolved.reached if node.manifest is not None]
    causing = {
        beginning: [node for node in nodes if node.manifest and causes(node.manifest)]
        for beginning, causes in _CAUSED.items()
    }
    given = _Given(resolved, world, nodes)
    for node in nodes:
        if resolved.behind_goal(node.id):
            continue
        for event, place, code in _events(node):
            causes = next((found for beginning, found in causing.items() if event.startswith(beginning)), [])
            if too_early(resolved, node, causes):
                yield diagnostic(code, node, field=place, event=shown(event), other=causes[0])
        for want in given.wanted(node):
            if too_early(resolved, node, want.givers) and not _is_guard(resolved, node, want):
                yield diagnostic(
                    "asked-before-given", node, field=want.place, what=want.words, other=want.givers[0]
                )


def too_early(resolved: Resolved, node: ResolvedNode, causes: Sequence[ResolvedNode]) -> bool:
    """Whether there are causes, and none comes before the node, or beside it on a parallel path."""
    graph = resolved.graph
    if not causes or graph.bits_before(node.id, graph.bits(cause.id for cause in causes)):
        return False
    forks = graph.bits_before(node.id, resolved.forks)
    return not any(graph.bits_before(cause.id, forks) for cause in causes)


def _is_guard(resolved: Resolved, node: ResolvedNode, want: Want) -> bool:
    """Whether those alone are given it who have not got it yet."""
    graph = resolved.graph
    behind = {target for port, target in node.out.items() if port in want.having}
    return not any(
        giver.id in behind or any(graph.precedes(target, giver.id) for target in behind)
        for giver in want.givers
    )


def _events(node: ResolvedNode) -> Iterator[tuple[str, str, str]]:
    """The events that a node asks about or waits for, each with its place and the code of what to say."""
    for question in node.asked:
        if question.when == "contact":
            for event in sorted(
                {name for part in walk(question.condition) for name in _of_this_journey(part)}
            ):
                yield event, question.place, "condition-too-early"
    if isinstance(node.contract, WaitFor):
        for index, pick in enumerate(node.contract.events):
            yield pick.event, f"events.{index}.event", "wait-too-early"


def _of_this_journey(part: Condition) -> frozenset[str]:
    """The events that a part of a condition asks about, unless it looks back over a time, whoever caused them then."""
    if not isinstance(part, Did) or (part.within is not None and not part.since_anchor):
        return frozenset()
    return frozenset({part.event})


class _Given:
    """The tags and values that the journey's own acts give."""

    def __init__(self, resolved: Resolved, world: World, nodes: list[ResolvedNode]) -> None:
        self.tags: dict[str, list[ResolvedNode]] = {}
        self.values: dict[tuple[str, str], list[ResolvedNode]] = {}
        if resolved.flowchart.settings.reentry.rule != "once":
            return
        for node in nodes:
            change = node.manifest.changes if node.manifest else None
            if change == "tag_added":
                for _, tag in node.names("tag"):
                    if tag not in world.tags:
                        self.tags.setdefault(tag, []).append(node)
            elif change == "profile" and isinstance(written := node.config.get("set"), dict):
                for name, value in written.items():
                    path = published_attribute(str(name))
                    if path is not None:
                        self.values.setdefault((str(path), repr(value)), []).append(node)

    def wanted(self, node: ResolvedNode) -> Iterator[Want]:
        """What a node asks of its contact that some act gives."""
        if isinstance(node.contract, HasTag):
            yield self._tag("tag", node.contract.tag, _holding(node, "tag"))
        for question in node.asked:
            if question.when == "contact":
                yield from self._asked(node, question, question.condition, _holding(node, question.place))

    def _asked(
        self, node: ResolvedNode, question: Asked, condition: Condition, having: frozenset[str]
    ) -> Iterator[Want]:
        match condition:
            case Tagged(tag=tag):
                yield self._tag(question.place, tag, having)
            case Compare(op="is", field=field, value=value):
                yield self._value(question.place, field, (value,), having)
            case OneOf(field=field, value=values):
                yield self._value(question.place, field, values, having)
            case Not():
                having = frozenset(port.key for port in node.ports) - having
        for part in parts_of(condition):
            yield from self._asked(node, question, part, having)

    def _tag(self, place: str, tag: str, having: frozenset[str]) -> Want:
        return Want(place, f"the tag {quoted(tag)}", self.tags.get(tag, []), having)

    def _value(self, place: str, field: str, values: Iterable[object], having: frozenset[str]) -> Want:
        givers = [node for value in values for node in self.values.get((field, repr(value)), [])]
        return Want(place, f"a value of {shown(field)}", givers, having)


def _holding(node: ResolvedNode, place: str) -> frozenset[str]:
    """The port by which a contact leaves for whom the question at this place of the config holds."""
    match node.contract:
        case Split(branches=branches):
            return frozenset({branches[int(place.split(".")[1])].port})
        case _:
            return frozenset(port.key for port in node.ports[:1])
