"""Whether two plans mean the same, although one was compiled before a node type got a field that it lacks.

A plan holds the defaults of its day. A field that a type gets later, with a default, stands in newer plans alone, and changes
their bytes; what it says there is what the older ones do. That a default never changes at one version is a rule of its own.
"""

from engine.flow.manifest import Catalog
from engine.flow.plan import Plan
from engine.flow.schema import without_defaults


def same_meaning(one: Plan, other: Plan, catalog: Catalog) -> bool:
    """Whether the plans differ at most in what a config says of fields that stand at their defaults."""
    return _bare(one, catalog).canonical == _bare(other, catalog).canonical


def _bare(plan: Plan, catalog: Catalog) -> Plan:
    nodes = {}
    for name, node in plan.nodes.items():
        manifest = catalog.get(node.type, node.version)
        schema = {} if manifest is None else manifest.config_schema
        nodes[name] = node.model_copy(update={"config": without_defaults(schema, node.config)})
    return plan.model_copy(update={"nodes": nodes})
