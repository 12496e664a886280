"""Channels that have an account to send by."""

from collections.abc import Iterator

from engine.flow.asked import Closest
from engine.flow.diagnostic import Diagnostic, channel_name, diagnostic, meant, quoted
from engine.flow.repairs import named
from engine.flow.resolve import Resolved
from engine.flow.world import World


def check(resolved: Resolved, world: World) -> Iterator[Diagnostic]:
    """Find messages without an account for their channel, and accounts that do not exist or are for another channel."""
    channels = {*world.channels, *world.accounts.values()}
    guesses: dict[str | None, Closest] = {}
    for node in resolved.nodes.values():
        sends = node.manifest.sends if node.manifest else None
        if sends is not None and sends not in channels:
            yield diagnostic("no-account", node, channel=channel_name(sends))
            continue
        fitting = [name for name, channel in world.accounts.items() if sends in (None, channel)]
        for place, name in node.names("account"):
            if name in fitting:
                continue
            what = _mismatch(world.accounts[name], sends) if name in world.accounts else "does not exist"
            guess = guesses.setdefault(sends, Closest(fitting))
            close = guess.to(name) or (fitting[0] if len(fitting) == 1 else None)
            yield diagnostic(
                "unknown-account",
                node,
                field=place,
                name=quoted(name),
                what=what,
                meant=meant(close),
                patch=named(node, place, close),
            )


def _mismatch(channel: str, sends: str | None) -> str:
    return f"is for {channel_name(channel)}, not {channel_name(sends or 'this')}"
