"""Ways out that can be told apart, and enough of them."""

from collections import Counter
from collections.abc import Iterator

from engine.flow.checks.identifiers import ID
from engine.flow.diagnostic import Diagnostic, diagnostic, quoted, shown
from engine.flow.resolve import Resolved
from engine.flow.world import World

_AT_LEAST = {"parallel": 2, "random_split": 1, "split": 1}


def check(resolved: Resolved, world: World) -> Iterator[Diagnostic]:
    """Find keys of ports that cannot be used or stand twice, and splits with too few ports."""
    for node in resolved.nodes.values():
        if node.manifest is None or node.faults:
            continue
        field = node.manifest.ports_from
        for key, times in sorted(Counter(port.key for port in node.ports).items()):
            if not ID.fullmatch(key):
                yield diagnostic("bad-port", node, field=field, port=quoted(key))
            elif times > 1:
                yield diagnostic("port-repeated", node, field=field, port=shown(key))
        limit = _AT_LEAST.get(node.manifest.lowering, 0)
        drawn = len(node.ports) - len(node.manifest.ports)
        if drawn < limit:
            yield diagnostic("too-few-ports", node, field=field, count=drawn, limit=limit)
