"""Types and versions that the catalog knows."""

from collections.abc import Iterator
from difflib import get_close_matches

from engine.flow.diagnostic import Diagnostic, Patch, diagnostic, meant, pointer, shown
from engine.flow.resolve import Resolved
from engine.flow.world import World


def check(resolved: Resolved, world: World) -> Iterator[Diagnostic]:
    """Find nodes whose type, or its version, no worker has published."""
    for node in resolved.nodes.values():
        if node.manifest is not None:
            continue
        known = resolved.catalog.versions(node.drawn.type)
        if known:
            yield diagnostic(
                "unknown-version",
                node,
                type=shown(node.drawn.type),
                version=node.drawn.version,
                known=", ".join(map(str, known)),
                patch=[Patch(op="add", path=pointer("nodes", node.id, "version"), value=known[-1])],
            )
        else:
            close = get_close_matches(node.drawn.type[:80], resolved.catalog.keys(), n=1)
            yield diagnostic(
                "unknown-type", node, type=shown(node.drawn.type), meant=meant(next(iter(close), None))
            )
