"""What the random splits of a journey draw by: once it is known which journey a plan is for."""

from engine.flow.plan import Draw, Plan, PlanNode


def drawing_anew(plan: Plan, journey: str, before: Plan | None) -> Plan:
    """The plan with each split that has no key drawing by its journey and its node: two journeys draw alike by a common
    key alone. What the journey's plan `before` drew by at that node is kept, so that nobody's arm changes."""
    changed = {
        node_id: node.model_copy(
            update={
                "operation": node.operation.model_copy(update={"salt": _salt(node_id, node, journey, before)})
            }
        )
        for node_id, node in plan.nodes.items()
        if _has_no_key(node)
    }
    return plan.model_copy(update={"nodes": {**plan.nodes, **changed}}) if changed else plan


def _salt(node_id: str, node: PlanNode, journey: str, before: Plan | None) -> str:
    earlier = None if before is None else before.nodes.get(node_id)
    if earlier is not None and _has_no_key(earlier) and isinstance(earlier.operation, Draw):
        return earlier.operation.salt
    return f"{journey}/{node_id}"


def _has_no_key(node: PlanNode) -> bool:
    return isinstance(node.operation, Draw) and not node.config.get("key")
