"""Connections that begin at a way out and lead to a node that has a way in."""

from collections.abc import Iterator

from engine.flow.diagnostic import Diagnostic, Patch, diagnostic, pointer, quoted, shown, title
from engine.flow.document import Edge
from engine.flow.resolve import Resolved, ResolvedNode
from engine.flow.world import World


def check(resolved: Resolved, world: World) -> Iterator[Diagnostic]:
    """Find connections with an end that does not exist, several from one port, and those into a trigger or goal."""
    ports = {node.id: {port.key for port in node.ports} for node in resolved.nodes.values()}
    first: dict[tuple[str, str], str] = {}
    for edge_id, edge in resolved.edges:
        source, target = resolved.nodes.get(edge.source), resolved.nodes.get(edge.target)
        if source is None or target is None:
            yield _without_node(edge_id, edge, source, target)
        elif source.manifest is not None and edge.port not in ports[source.id]:
            yield _without_port(edge_id, edge, source)
        else:
            if target.is_start:
                # `edge` is the place of a diagnostic, so its name in the text goes by another word.
                named = quoted(edge_id)
                yield diagnostic(
                    "edge-into-start", target, edge=edge_id, patch=_removed(edge_id), connection=named
                )
            earlier = first.setdefault((source.id, edge.port), edge_id)
            if earlier != edge_id:
                yield _twice(
                    edge_id, edge, source, resolved.nodes[resolved.flowchart.edges[earlier].target], target
                )


def _without_node(
    edge_id: str, edge: Edge, source: ResolvedNode | None, target: ResolvedNode | None
) -> Diagnostic:
    end, name = ("starts from", edge.source) if source is None else ("leads to", edge.target)
    beside = f" from {title(source)}" if source else f" to {title(target)}" if target else ""
    return diagnostic(
        "edge-without-node",
        source or target,
        edge=edge_id,
        patch=_removed(edge_id),
        connection=quoted(edge_id),
        beside=beside,
        end=end,
        other=quoted(name),
    )


def _without_port(edge_id: str, edge: Edge, source: ResolvedNode) -> Diagnostic:
    known = shown(", ".join(port.key for port in source.ports)) or "none"
    return diagnostic(
        "edge-without-port",
        source,
        edge=edge_id,
        patch=_removed(edge_id),
        connection=quoted(edge_id),
        port=shown(edge.port),
        known=known,
    )


def _twice(
    edge_id: str, edge: Edge, source: ResolvedNode, first: ResolvedNode, second: ResolvedNode
) -> Diagnostic:
    return diagnostic(
        "port-twice",
        source,
        edge=edge_id,
        patch=_removed(edge_id) if first is second else (),
        port=shown(edge.port),
        first=first,
        second=second,
    )


def _removed(edge_id: str) -> list[Patch]:
    return [Patch(op="remove", path=pointer("edges", edge_id))]
