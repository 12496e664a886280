"""Tags that have a name, and that somebody has, or that this journey gives."""

from collections.abc import Iterator

from engine.flow.asked import Closest
from engine.flow.contract import TagTrigger
from engine.flow.diagnostic import Diagnostic, diagnostic, meant, quoted
from engine.flow.resolve import Resolved
from engine.flow.world import World


def check(resolved: Resolved, world: World) -> Iterator[Diagnostic]:
    """Find tags that are asked for and that nobody has. A trigger may wait for the first contact who gets one."""
    given = {
        name
        for node in resolved.nodes.values()
        if node.manifest is not None and node.manifest.operation == "act"
        for _, name in node.names("tag")
    }
    known = given | set(world.tags)
    guess = Closest(known)
    for node in resolved.nodes.values():
        for place, name in node.names("tag"):
            if not name:
                yield diagnostic(
                    "config-invalid", node, field=place, what="is blank", do="Write a tag's name."
                )
        if node.manifest is None or node.manifest.operation == "act" or isinstance(node.contract, TagTrigger):
            continue
        for place, name in node.names("tag"):
            if name and name not in known:
                close = meant(guess.to(name))
                yield diagnostic("unknown-tag", node, field=place, name=quoted(name), meant=close)
