"""The shapes of the catalog."""

from api.shapes import Shape
from engine.flow.manifest import Manifest


class CatalogOut(Shape):
    """Every node type at every version that workers have published."""

    nodes: list[Manifest]
