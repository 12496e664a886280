"""Every way out of a node is labelled. Which ones an operation of the engine needs, its manifest itself checks."""

from collections.abc import Iterator

from nodes.check.finding import Finding, Subject

RULE = "ports"


def check(subject: Subject) -> Iterator[Finding]:
    """Labels are there; an act has a usual way out; a list of ports holds ports."""
    manifest = subject.manifest
    for port in manifest.ports:
        if not port.label.strip():
            yield subject.finding(
                RULE, f'has a port "{port.key}" without a label', "Write what is shown on its connection."
            )
    if manifest.operation == "act" and not any(port.required for port in manifest.ports):
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
