"""Ids that may stand in addresses, histories and reports; names that fit on the canvas."""

import re
from collections.abc import Iterator

from engine.flow.diagnostic import Diagnostic, diagnostic, quoted
from engine.flow.resolve import Resolved
from engine.flow.world import World

ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
MAX_NAME = 200


def check(resolved: Resolved, world: World) -> Iterator[Diagnostic]:
    """Find ids that do not fit the pattern, and names that are too long."""
    chart = resolved.flowchart
    for node in resolved.nodes.values():
        if not ID.fullmatch(node.id):
            yield diagnostic("bad-id", id=quoted(node.id), kind="node").model_copy(update={"node": node.id})
        if len(node.drawn.name or "") > MAX_NAME:
            count = f"{len(node.drawn.name or ''):,}"
            yield diagnostic("name-too-long", node, field="name", count=count, limit=MAX_NAME)
    for edge in sorted(chart.edges):
        if not ID.fullmatch(edge):
            yield diagnostic("bad-id", edge=edge, id=quoted(edge), kind="connection")
    for kind, names in (("template", chart.templates), ("promotion", chart.promotions)):
        for name in sorted(names):
            if not ID.fullmatch(name):
                yield diagnostic("bad-id", field=f"{kind}s", id=quoted(name), kind=kind)
