"""Which variables of templates a contact has at a node: those of the event, the promotion, and what earlier nodes gave."""

from collections.abc import Iterable
from typing import Literal, NamedTuple

from engine.flow.coverage import Way, reached_without
from engine.flow.diagnostic import quoted, title, titles
from engine.flow.document import Promotion
from engine.flow.resolve import Resolved, ResolvedNode
from engine.flow.world import World

_EVENTLESS = ("campaign", "date")
_FALLBACK = "or give the variable a fallback with |default."
_MOST_JUDGED = 50
"""Of how many givers it is found out where contacts come without them; each takes a walk through the whole drawing."""
_NEEDS: dict[str, tuple[str, ...]] = {"link": ("link",), "expires_at": ("coupon_valid_for", "ends_at")}
"""What of a coupon is only there if its promotion has one of these."""


class Gap(NamedTuple):
    """A variable that is not there for everybody, and what to do.

    `early`: no node before provides it. `never`: it cannot be there at all; `what` says why. `partly`: it is there for
    some contacts only; `what` says for whom it is not.
    """

    kind: Literal["early", "never", "partly"]
    what: str
    step: str


class Provided:
    """What is there at each node."""

    def __init__(self, resolved: Resolved, world: World) -> None:
        self.resolved, self.graph = resolved, resolved.graph
        self.promotions = {**world.promotions, **resolved.flowchart.promotions}
        self.roots = {root for manifest in resolved.catalog for root in manifest.provides}
        self.providers: dict[str, list[ResolvedNode]] = {}
        for node in resolved.nodes.values():
            for root in node.manifest.provides if node.manifest else ():
                self.providers.setdefault(root, []).append(node)
        self.without: dict[tuple[Way, ...], frozenset[str]] = {}

    def gap(self, node: ResolvedNode, variable: str) -> Gap | None:
        """What keeps a variable from being there whenever contacts come to `node`; None where nothing does."""
        root, _, rest = variable.partition(".")
        if root == "event":
            return self._event(node)
        if root == "promotion":
            return self._promotion(node, rest)
        if root == "journey":
            return self._value(node, rest)
        return self._given(node, root, rest) if root in self.roots else None

    def _event(self, node: ResolvedNode) -> Gap | None:
        triggers = [self.resolved.nodes[name] for name in self.resolved.of_operation("enter")]
        if not self.resolved.behind_goal(node.id):
            triggers = [one for one in triggers if self.graph.precedes(one.id, node.id)]
        eventless = [one for one in triggers if one.manifest and one.manifest.lowering in _EVENTLESS]
        if not eventless:
            return None
        if len(eventless) == len(triggers):
            return Gap("early", "", f"Begin with a trigger that has an event, {_FALLBACK}")
        return Gap("partly", f"whoever enters by {titles(eventless)} has no event", _elsewhere())

    def _promotion(self, node: ResolvedNode, rest: str) -> Gap | None:
        names = node.names("promotion")
        if not names:
            return Gap("early", "", f"Choose a promotion in this node, {_FALLBACK}")
        field = rest.partition(".")[0]
        offers = [self.promotions[name] for _, name in names if name in self.promotions]
        if offers and field in Promotion.model_fields and all(getattr(one, field) is None for one in offers):
            return Gap(
                "never", f"the promotion {quoted(names[0][1])} does not have", f"Set it there, {_FALLBACK}"
            )
        return None

    def _value(self, node: ResolvedNode, rest: str) -> Gap | None:
        inside, _, saved = rest.partition(".")
        giver = saved.partition(".")[0]
        if inside != "values" or giver in ("", "*"):
            return None
        source = self.resolved.nodes.get(giver)
        if source is None or (source.manifest is not None and source.manifest.operation != "act"):
            return Gap(
                "never",
                "no node of the journey saves",
                f"Write the id of an earlier node that saves it, {_FALLBACK}",
            )
        ways = [(giver, port.key) for port in source.ports]
        return self._behind(node, [source], ways, f"Put {title(source)} before it, {_FALLBACK}")

    def _given(self, node: ResolvedNode, root: str, rest: str) -> Gap | None:
        providers = self.providers.get(root, [])
        step = f"Put a node before it that gives a {root}, {_FALLBACK}"
        gap = self._behind(node, providers, list(_given_by(providers)), step)
        return gap or (self._coupon(providers, rest) if root == "coupon" else None)

    def _coupon(self, providers: list[ResolvedNode], rest: str) -> Gap | None:
        needed = _NEEDS.get(rest)
        names = [name for one in providers for _, name in one.names("promotion")]
        offers = [self.promotions[name] for name in names if name in self.promotions]
        if needed is None or not offers or any(getattr(one, part) for one in offers for part in needed):
            return None
        return Gap("never", f"the promotion {quoted(names[0])} does not set", f"Set it there, {_FALLBACK}")

    def _behind(
        self, node: ResolvedNode, providers: list[ResolvedNode], ways: list[Way], step: str
    ) -> Gap | None:
        """Whether contacts come to `node` by none of the ways, or not always by one."""
        targets = [self.resolved.nodes[giver].out.get(port) for giver, port in ways]
        before = any(to is not None and (to == node.id or self.graph.precedes(to, node.id)) for to in targets)
        if not before and not (self.resolved.behind_goal(node.id) and any(targets)):
            return Gap("early", "", step)
        key = tuple(ways)
        if key not in self.without:
            if len(self.without) == _MOST_JUDGED:
                return None
            self.without[key] = reached_without(self.resolved, ways)
        if node.id not in self.without[key]:
            return None
        return Gap("partly", f"some come there without having got it from {titles(providers)}", _elsewhere())


def _given_by(providers: Iterable[ResolvedNode]) -> Iterable[Way]:
    """The ways out of the providers by which contacts have got what they provide: not those that may stay open."""
    for node in providers:
        ports = [port.key for port in node.ports if port.required] or [port.key for port in node.ports]
        yield from ((node.id, port) for port in ports)


def _elsewhere() -> str:
    return "Give the variable a fallback with |default, or move this to where everybody has it."
