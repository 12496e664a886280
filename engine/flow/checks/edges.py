"""Connections that begin at a way out and lead to a node that has a way in."""

from collections.abc import Iterator

from engine.flow.diagnostic import Diagnostic, Patch, diagnostic, pointer, quoted, shown
from engine.flow.document import Edge
from engine.flow.resolve import Resolved
from engine.flow.world import World


def check(resolved: Resolved, world: World) -> Iterator[Diagnostic]:
    """Find connections with an end that does not exist, several from one port, and those into a trigger or goal."""
    first: dict[tuple[str, str], str] = {}
    for edge_id, edge in resolved.edges:
        wrong = _dangling(resolved, edge_id, edge)
        if wrong is not None:
            yield wrong
            continue
        source, target = resolved.nodes[edge.source], resolved.nodes[edge.target]
        remove = [Patch(op="remove", path=pointer("edges", edge_id))]
        if target.is_start:
            yield diagnostic(
                "edge-into-start", target, edge=edge_id, patch=remove, connection=quoted(edge_id)
            )
        if (edge.source, edge.port) not in first:
            first[edge.source, edge.port] = edge.target
            continue
        earlier = first[edge.source, edge.port]
        yield diagnostic(
            "port-twice",
            source,
            edge=edge_id,
            port=shown(edge.port),
            first=resolved.nodes[earlier],
            second=target,
            patch=remove if earlier == edge.target else (),
        )


def _dangling(resolved: Resolved, edge_id: str, edge: Edge) -> Diagnostic | None:
    remove = [Patch(op="remove", path=pointer("edges", edge_id))]
    # `edge` is the place of a diagnostic, so its name in the text goes by another word.
    connection = quoted(edge_id)
    for end, name in (("starts from", edge.source), ("leads to", edge.target)):
        if name not in resolved.nodes:
            return diagnostic(
                "edge-without-node",
                edge=edge_id,
                end=end,
                other=quoted(name),
                patch=remove,
                connection=connection,
            )
    source = resolved.nodes[edge.source]
    if source.manifest is not None and edge.port not in {port.key for port in source.ports}:
        known = ", ".join(port.key for port in source.ports) or "none"
        return diagnostic(
            "edge-without-port",
            source,
            edge=edge_id,
            port=shown(edge.port),
            known=shown(known),
            patch=remove,
            connection=connection,
        )
    return None
