"""Every wait can end, and has a limit where nothing else bounds the journey."""

from collections.abc import Iterator

from engine.flow.contract import Engagement, WaitFor
from engine.flow.diagnostic import Diagnostic, Patch, diagnostic, pointer
from engine.flow.resolve import Resolved, ResolvedNode
from engine.flow.waits import endless_port
from engine.flow.world import World


def check(resolved: Resolved, world: World) -> Iterator[Diagnostic]:
    """Find waits that nothing ends, and waits without a limit where no goal can end them either."""
    # A goal that has sent a contact on is used up: behind it only another one helps.
    goals = resolved.of_operation("goal")
    watched = resolved.graph.reachable if len(goals) > 1 else resolved.before_goal
    for node in resolved.nodes.values():
        match node.contract:
            case WaitFor(events=(), within=None):
                yield diagnostic("wait-never-ends", node, field="within", patch=_limit(node))
            case WaitFor() | Engagement() if endless_port(node.contract) and node.id not in watched:
                yield diagnostic("wait-without-limit", node, field="within", patch=_limit(node))


def _limit(node: ResolvedNode) -> list[Patch]:
    return [Patch(op="add", path=pointer("nodes", node.id, "config", "within"), value="7 days")]
