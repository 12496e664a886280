"""Phase 1, resolve: every node with its type from the catalog, its config with defaults, and its connections.

It finds no fault itself; what could not be resolved is left empty, and the checks say so.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from pydantic import ValidationError

from engine.flow.asked import Asked, Names, find_asked, find_names, references
from engine.flow.condition import ConditionError, parse_condition
from engine.flow.contract import CONTRACTS, Contract
from engine.flow.document import Edge, Flowchart, Node
from engine.flow.graph import Graph
from engine.flow.manifest import Catalog, Manifest, Port, Reference
from engine.flow.parallel import Strands, find_strands
from engine.flow.schema import SchemaFault, find_faults, title_of, with_defaults


@dataclass(frozen=True)
class ResolvedNode:
    """A node of the flowchart with all that is known of it. `out` has the one target of each connected port.

    `manifest` is None for an unknown type, `contract` for an act, an unknown type, and a config with faults.
    """

    id: str
    drawn: Node
    manifest: Manifest | None
    config: dict[str, Any]
    faults: tuple[SchemaFault, ...]
    contract: Contract | None
    ports: tuple[Port, ...]
    out: Mapping[str, str]

    @property
    def label(self) -> str:
        """What people call it: its name, else what its type is called."""
        return self.drawn.name or (self.manifest.label if self.manifest else self.drawn.type)

    def field_title(self, place: str) -> str:
        """What people call the field at a place such as "events.0.event"."""
        path = tuple(int(step) if step.isdecimal() else step for step in place.split("."))
        return title_of(self.manifest.config_schema if self.manifest else {}, path)

    @property
    def is_start(self) -> bool:
        """Whether contacts come in here, so that no edge may lead to it."""
        return self.manifest is not None and self.manifest.operation in ("enter", "goal")

    @cached_property
    def asked(self) -> tuple[Asked, ...]:
        """The conditions in its config."""
        return tuple(find_asked(self.manifest, self.config, self.contract)) if self.manifest else ()

    def names(self, kind: Reference) -> tuple[tuple[str, str], ...]:
        """The names of this kind that it uses, each as (place in the config, name)."""
        return self._names.get(kind, ())

    @cached_property
    def _names(self) -> Names:
        return find_names(self.manifest, self.config, self.contract, self.asked) if self.manifest else {}


@dataclass(frozen=True)
class Resolved:
    """The flowchart against a catalog. `nodes` are in the order of their ids."""

    flowchart: Flowchart
    catalog: Catalog
    nodes: dict[str, ResolvedNode]

    @cached_property
    def edges(self) -> list[tuple[str, Edge]]:
        """The edges in the order of their ids."""
        return sorted(self.flowchart.edges.items())

    @cached_property
    def graph(self) -> Graph:
        """Who leads to whom, by any edge that is not dangling.

        Contacts start at triggers and goals, and at unknown types that nothing leads to.
        """
        ports = {node.id: {port.key for port in node.ports} for node in self.nodes.values()}
        after: dict[str, list[str]] = {node: [] for node in self.nodes}
        for _, edge in self.edges:
            source, target = self.nodes.get(edge.source), self.nodes.get(edge.target)
            if source is None or target is None or target.is_start:
                continue
            if source.manifest is None or edge.port in ports[source.id]:
                after[source.id].append(target.id)
        targets = {target for leads in after.values() for target in leads}
        starts = [
            node.id
            for node in self.nodes.values()
            if node.is_start or (node.manifest is None and node.id not in targets)
        ]
        return Graph(after, starts)

    @cached_property
    def senders(self) -> int:
        """The nodes that send messages, as bits of the graph."""
        return self.graph.bits(n.id for n in self.nodes.values() if n.manifest and n.manifest.sends)

    @cached_property
    def forks(self) -> int:
        """The nodes where parallel paths begin, as bits of the graph."""
        return self.graph.bits(self.of_operation("fork"))

    def behind_goal(self, node: str) -> bool:
        """Whether contacts may come here by a goal, which takes them from wherever they stand: they may have passed any
        node before. From what they have not passed, they count from their entry."""
        return bool(self.graph.before_among(node, self._goals))

    @cached_property
    def _goals(self) -> int:
        return self.graph.bits(self.of_operation("goal"))

    @cached_property
    def before_goal(self) -> frozenset[str]:
        """The nodes at which a contact may still hope for a goal: those that come after a trigger, if there is a goal."""
        if not self.of_operation("goal"):
            return frozenset()
        after = {node: self.graph.after(node) for node in self.nodes}
        return Graph(after, self.of_operation("enter")).reachable

    @cached_property
    def strands(self) -> Strands:
        """Which fork belongs to which merge, and what lies between them."""
        forks = {fork: sorted(self.nodes[fork].out.values()) for fork in self.of_operation("fork")}
        return find_strands(self.graph, forks, self.of_operation("merge"))

    def of_operation(self, *operations: str) -> list[str]:
        """The nodes whose type has one of these operations."""
        return [n.id for n in self.nodes.values() if n.manifest and n.manifest.operation in operations]

    @property
    def reached(self) -> Iterator[ResolvedNode]:
        """The nodes that contacts can come to."""
        return (node for node in self.nodes.values() if node.id in self.graph.reachable)


def resolve(flowchart: Flowchart, catalog: Catalog) -> Resolved:
    """Look up every node's type, fill in defaults, and connect ports."""
    out: dict[str, dict[str, str]] = {node: {} for node in flowchart.nodes}
    for _, edge in sorted(flowchart.edges.items()):
        if edge.source in out and edge.target in out:
            out[edge.source].setdefault(edge.port, edge.target)
    nodes = {
        node_id: _resolve_node(node_id, drawn, catalog.get(drawn.type, drawn.version), out[node_id])
        for node_id, drawn in sorted(flowchart.nodes.items())
    }
    return Resolved(flowchart, catalog, nodes)


def _resolve_node(node_id: str, drawn: Node, manifest: Manifest | None, out: dict[str, str]) -> ResolvedNode:
    if manifest is None:
        return ResolvedNode(node_id, drawn, None, drawn.config, (), None, (), out)
    faults = find_faults(manifest.config_schema, drawn.config)
    config = with_defaults(manifest.config_schema, drawn.config)
    contract = None
    model = CONTRACTS[manifest.lowering]
    if model is not None and not faults:
        try:
            contract = model.model_validate(config)
        except ValidationError as error:
            faults = [_as_fault(problem) for problem in error.errors(include_url=False, include_input=False)]
    elif not faults:
        faults = list(_condition_faults(manifest, config))
    ports = tuple(manifest.ports_of(config))
    return ResolvedNode(node_id, drawn, manifest, config, tuple(faults), contract, ports, out)


def _as_fault(problem: Any) -> SchemaFault:
    if problem["type"] == "missing":
        return SchemaFault(problem["loc"], "missing")
    what, _, do = problem["msg"].removeprefix("Value error, ").partition(". ")
    return SchemaFault(problem["loc"], "invalid", f"is not right: {what}", do.rstrip(".") or "Correct it")


def _condition_faults(manifest: Manifest, config: Mapping[str, Any]) -> Iterator[SchemaFault]:
    for path, value in references(manifest, config, "condition"):
        try:
            parse_condition(value)
        except ConditionError as error:
            what, _, do = str(error).partition(". ")
            yield SchemaFault(path, "invalid", f"is not right: {what}", do.rstrip("."))
