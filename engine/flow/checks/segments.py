"""Segments that exist, and have somebody in them."""

from collections.abc import Iterator

from engine.flow.asked import Closest
from engine.flow.contract import SegmentTrigger
from engine.flow.diagnostic import Diagnostic, diagnostic, meant, quoted
from engine.flow.repairs import named
from engine.flow.resolve import Resolved
from engine.flow.world import World


def check(resolved: Resolved, world: World) -> Iterator[Diagnostic]:
    """Find segments that do not exist, and empty ones; those whose trigger waits for somebody to come may be empty, but a
    condition tells nobody who comes."""
    guess = Closest(world.segments)
    for node in resolved.nodes.values():
        if isinstance(node.contract, SegmentTrigger) and node.contract.segment in world.condition_segments:
            yield diagnostic(
                "segment-not-followed", node, field="segment", name=quoted(node.contract.segment)
            )
        for place, name in node.names("segment"):
            if name not in world.segments:
                close = guess.to(name)
                patch = named(node, place, close)
                yield diagnostic(
                    "unknown-segment", node, field=place, name=quoted(name), meant=meant(close), patch=patch
                )
            elif world.segments[name] == 0 and not node.is_start:
                yield diagnostic("empty-segment", node, field=place, name=quoted(name))
