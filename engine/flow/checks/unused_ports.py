"""No connection leaves by a way out that nobody takes."""

from collections.abc import Iterator

from engine.flow.diagnostic import Diagnostic, diagnostic, shown
from engine.flow.resolve import Resolved
from engine.flow.waits import endless_port
from engine.flow.world import World


def check(resolved: Resolved, world: World) -> Iterator[Diagnostic]:
    """Find waits without a limit whose way out at the limit is connected."""
    for node in resolved.nodes.values():
        port = endless_port(node.contract)
        if port in node.out:
            yield diagnostic("port-never-taken", node, field="within", port=shown(port))
