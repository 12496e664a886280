"""Every way out of a node is labelled, and a node has as many as what it does needs."""

from collections.abc import Iterator

from nodes.check.finding import Finding, Subject

RULE = "ports"
_FIXED = {"enter": 1, "rest": 1, "merge": 1, "repeat": 2, "exit": 0}
"""How many ports must be connected at nodes that the engine carries out."""


def check(subject: Subject) -> Iterator[Finding]:
    """Labels are there; the required ports are as many as the operation has."""
    manifest = subject.manifest
    for port in manifest.ports:
        if not port.label.strip():
            yield subject.finding(
                RULE, f'has a port "{port.key}" without a label', "Write what is shown on its connection."
            )
    needed = _FIXED.get(manifest.operation)
    required = sum(port.required for port in manifest.ports)
    if needed is not None and required != needed:
        yield subject.finding(
            RULE,
            f"has {required} required ports, where {needed} belong",
            "Mark the others as optional, or remove them.",
        )
    if manifest.operation == "act" and not required:
        yield subject.finding(
            RULE, "has no required port", "Let the usual way out be one without a question mark."
        )
    if manifest.ports_from is not None:
        listed = manifest.config_schema.get("properties", {}).get(manifest.ports_from, {})
        if "port" not in listed.get("items", {}).get("properties", {}):
            yield subject.finding(
                RULE,
                f'takes ports from "{manifest.ports_from}", which is no list with ports',
                'Give its items a field "port".',
            )
