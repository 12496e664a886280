"""Every way out that must be connected, is."""

from collections.abc import Iterator

from engine.flow.diagnostic import Diagnostic, diagnostic, shown
from engine.flow.repairs import with_exit
from engine.flow.resolve import Resolved
from engine.flow.waits import endless_port
from engine.flow.world import World


def check(resolved: Resolved, world: World) -> Iterator[Diagnostic]:
    """Find required ports without a connection, save those that nobody ever takes."""
    for node in resolved.nodes.values():
        for port in node.ports:
            if port.required and port.key not in node.out and port.key != endless_port(node.contract):
                patch = with_exit(resolved, node, port.key)
                yield diagnostic("open-port", node, port=shown(port.label), patch=patch)
