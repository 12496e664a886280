"""Every way out that must be connected, is."""

from collections.abc import Iterator

from engine.flow.diagnostic import Diagnostic, diagnostic, shown
from engine.flow.repairs import with_exit
from engine.flow.resolve import Resolved
from engine.flow.waits import endless_port
from engine.flow.world import World

_MOST_REPAIRS = 100
"""Each looks for a free place among all nodes; whoever has repaired these is offered the next."""


def check(resolved: Resolved, world: World) -> Iterator[Diagnostic]:
    """Find required ports without a connection, save those that nobody ever takes."""
    told = 0
    for node in resolved.nodes.values():
        for port in node.ports:
            if port.required and port.key not in node.out and port.key != endless_port(node.contract):
                patch = with_exit(resolved, node, port.key) if told < _MOST_REPAIRS else []
                told += 1
                yield diagnostic("open-port", node, port=shown(port.label), patch=patch)
