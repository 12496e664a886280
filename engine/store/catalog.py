"""The node catalog: what workers have published of their node types, for the compiler, the API and the designer."""

from sqlalchemy import Connection, select

from engine.flow.manifest import Catalog, Manifest
from engine.store.tables import node_type


def load_catalog(connection: Connection) -> Catalog:
    """The node types that workers have published, at every version."""
    rows = connection.scalars(select(node_type.c.manifest).order_by(node_type.c.key, node_type.c.version))
    return Catalog(Manifest.model_validate(row) for row in rows)
