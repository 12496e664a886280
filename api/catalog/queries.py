"""The catalog, read."""

import hashlib

from sqlalchemy import Connection, select

from engine.flow.manifest import Manifest
from engine.store.catalog import load_catalog
from engine.store.tables import node_type


def catalog_tag(connection: Connection) -> str:
    """A text that changes when the catalog does."""
    rows = connection.execute(
        select(node_type.c.key, node_type.c.version, node_type.c.digest).order_by(
            node_type.c.key, node_type.c.version
        )
    )
    return hashlib.sha256(repr([tuple(row) for row in rows]).encode()).hexdigest()[:32]


def all_manifests(connection: Connection) -> list[Manifest]:
    """The manifests, by key and version."""
    return list(load_catalog(connection))
