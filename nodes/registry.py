"""The registry: which nodes there are. The house's own are the folders beside this file; packages of others announce
theirs under the entry-point group `wend.nodes`, with a module (all node types in it count) or one object of it.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from types import ModuleType
from typing import Any

from sqlalchemy import Connection, delete, insert, select, text

from engine.enrolment.runtime import real_now
from engine.flow.manifest import Manifest
from engine.store.tables import node_type
from nodes.changes import breaking_changes
from nodes.sdk import NodeType

GROUP = "wend.nodes"
HOUSE = "wend"
"""The package of the built-in nodes."""
FOLDER = Path(__file__).resolve().parent


class RegistryError(Exception):
    """The nodes that are installed do not go together. The text names the packages and says what to do."""


class CatalogError(Exception):
    """A manifest cannot be published. The text names the node and says what to do."""


@dataclass(frozen=True)
class Registered:
    """A node type and the package that it came with."""

    node: NodeType
    package: str

    @property
    def manifest(self) -> Manifest:
        """The manifest, as it is published."""
        return self.node.manifest.model_copy(update={"package": self.package})


class Registry:
    """Node types by key and version, each once. A key belongs to the package that has it first, at every version."""

    def __init__(self, registered: Iterable[Registered]) -> None:
        self._known: dict[tuple[str, int], Registered] = {}
        self._owners: dict[str, Registered] = {}
        for one in registered:
            self._add(one)

    def _add(self, one: Registered) -> None:
        place = (one.node.key, one.node.version)
        other = self._known.get(place)
        if other is not None:
            if other.node is one.node:
                return
            raise RegistryError(
                f'The node type "{place[0]}" at version {place[1]} comes twice, from {_place(other)} and from '
                f"{_place(one)}. Remove one of the packages, or give one node another key."
            )
        owner = self._owners.setdefault(one.node.key, one)
        if owner.package != one.package:
            raise RegistryError(
                f'The node type "{place[0]}" belongs to {_place(owner)}, and {_place(one)} brings a version {place[1]} '
                "of it. Give that node a key of its own, or remove one of the packages."
            )
        self._known[place] = one

    def __iter__(self) -> Iterator[Registered]:
        return iter(self._known[place] for place in sorted(self._known))

    def nodes(self) -> list[NodeType]:
        """Every node type, by key and version."""
        return [one.node for one in self]

    def manifests(self) -> list[Manifest]:
        """Every manifest, by key and version."""
        return [one.manifest for one in self]


def load_registry(points: Sequence[EntryPoint] | None = None) -> Registry:
    """The built-in nodes and those of every installed package; `points` stands in for what is installed."""
    announced = entry_points(group=GROUP) if points is None else points
    return Registry([*builtin_nodes(), *(one for point in announced for one in _announced(point))])


def builtin_folders() -> list[Path]:
    """The folders of the built-in nodes, by name."""
    return sorted(path.parent for path in FOLDER.glob("*/node.py"))


def builtin_nodes() -> list[Registered]:
    """The built-in nodes: NODE of each folder's node.py."""
    return [
        Registered(import_module(f"nodes.{folder.name}.node").NODE, HOUSE) for folder in builtin_folders()
    ]


def nodes_in(found: object) -> list[NodeType]:
    """The node types in a module, a list, or in one object."""
    values: Iterable[Any]
    if isinstance(found, ModuleType):
        values = vars(found).values()
    elif isinstance(found, list | tuple):
        values = found
    else:
        values = [found]
    return list(dict.fromkeys(value for value in values if isinstance(value, NodeType)))


def _announced(point: EntryPoint) -> list[Registered]:
    package = point.dist.name if point.dist is not None else point.name
    try:
        found = nodes_in(point.load())
    except Exception as error:
        raise RegistryError(
            f'The nodes of the package "{package}" cannot be imported from "{point.value}" '
            f"({type(error).__name__}: {error}). Mend the package or uninstall it."
        ) from error
    if not found:
        raise RegistryError(
            f'The package "{package}" announces nodes in "{point.value}", where there are none. '
            "Name a module that holds functions with the @node decorator."
        )
    return [Registered(node, package) for node in found]


def _place(one: Registered) -> str:
    return f'"{one.package}" ({one.node.module})'


def publish_catalog(
    connection: Connection, manifests: Iterable[Manifest], now: int | None = None
) -> list[str]:
    """Write the manifests into the catalog, all or none; gives the keys that are new or changed.

    `now` is real time, in milliseconds. CatalogError where a version that was published would be broken, or belongs to
    another package.
    """
    if connection.dialect.name == "postgresql":
        # Several workers start at once, and each of them publishes.
        connection.execute(text("LOCK TABLE node_type IN SHARE ROW EXCLUSIVE MODE"))
    stored = {
        (row.key, row.version): Manifest.model_validate(row.manifest)
        for row in connection.execute(select(node_type.c.key, node_type.c.version, node_type.c.manifest))
    }
    owners = {key: manifest for (key, _), manifest in sorted(stored.items(), reverse=True)}
    changed: list[str] = []
    for manifest in manifests:
        _refuse_stranger(owners.setdefault(manifest.key, manifest), manifest)
        old = stored.get((manifest.key, manifest.version))
        if old is not None and old.digest == manifest.digest:
            continue
        if old is not None:
            _refuse_breakage(old, manifest)
        _write(connection, manifest, real_now() if now is None else now)
        changed.append(manifest.key)
    return changed


def _refuse_stranger(owner: Manifest, new: Manifest) -> None:
    if owner.package != new.package:
        raise CatalogError(
            f'The node type "{new.key}" was published by the package "{owner.package}" (version {owner.version}), and '
            f'comes with "{new.package}" at version {new.version}. Give the node a key of its own.'
        )


def _refuse_breakage(old: Manifest, new: Manifest) -> None:
    broken = breaking_changes(old, new)
    if broken:
        raise CatalogError(
            f'The node type "{new.key}" has changed at version {new.version} in a way that breaks journeys: '
            f"{'; '.join(broken)}. Raise its version to {new.version + 1}, and add an upgrade from {new.version}."
        )


def _write(connection: Connection, manifest: Manifest, now: int) -> None:
    place = (node_type.c.key == manifest.key, node_type.c.version == manifest.version)
    connection.execute(delete(node_type).where(*place))
    connection.execute(
        insert(node_type).values(
            key=manifest.key,
            version=manifest.version,
            digest=manifest.digest,
            package=manifest.package,
            manifest=manifest.model_dump(mode="json"),
            published_at=now,
        )
    )
