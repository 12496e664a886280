"""Coupon pools that exist and have codes left."""

from collections.abc import Iterator

from engine.flow.asked import Closest
from engine.flow.diagnostic import Diagnostic, diagnostic, meant, quoted
from engine.flow.resolve import Resolved
from engine.flow.world import World


def check(resolved: Resolved, world: World) -> Iterator[Diagnostic]:
    """Find pools that do not exist or are empty."""
    guess = Closest(world.coupon_pools)
    for node in resolved.nodes.values():
        for place, name in node.names("coupon_pool"):
            if name not in world.coupon_pools:
                close = meant(guess.to(name))
                yield diagnostic("unknown-coupon-pool", node, field=place, name=quoted(name), meant=close)
            elif world.coupon_pools[name] == 0:
                yield diagnostic("empty-coupon-pool", node, field=place, name=quoted(name))
