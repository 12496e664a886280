"""A change that breaks journeys comes with a new version, and with a way there from the old one."""

from collections.abc import Iterator

from nodes.changes import breaking_changes
from nodes.check.finding import Finding, Subject

RULE = "breaking-change"


def check(subject: Subject) -> Iterator[Finding]:
    """Against what was published: the same version may only grow; a newer one can upgrade each older config."""
    node, manifest = subject.node, subject.manifest
    for old in subject.published:
        if old.version > node.version:
            yield subject.finding(
                RULE,
                f"is at version {node.version}, and {old.version} was published",
                f"Raise it to {old.version} or more.",
            )
            continue
        broken = breaking_changes(old, manifest)
        if not broken:
            continue
        what = "; ".join(broken)
        missing = [version for version in range(old.version, node.version) if version not in node.upgrades]
        if old.version == node.version:
            yield subject.finding(
                RULE,
                f"breaks journeys without a new version ({what})",
                f"Raise its version to {node.version + 1}.",
            )
        elif missing:
            yield subject.finding(
                RULE,
                f"cannot read configs of version {old.version} ({what})",
                f"Write a function with @{node.key.rpartition('.')[2]}.upgrade({missing[0]}).",
            )
