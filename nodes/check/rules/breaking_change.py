"""A change that breaks journeys comes with a new version, and with a way there from the old one."""

from collections.abc import Iterator, Mapping

from engine.flow.manifest import Manifest
from nodes.changes import breaking_changes
from nodes.check.finding import Finding, Subject

RULE = "breaking-change"


def check(subject: Subject) -> Iterator[Finding]:
    """Against what was published: the same version may only grow; a newer one can read each older config whose own
    code the package no longer has."""
    node, manifest = subject.node, subject.manifest
    newest = max(subject.installed | {node.version})
    for old in subject.published:
        if old.version > newest:
            yield subject.finding(
                RULE,
                f"is at version {node.version}, and {old.version} was published",
                f"Raise it to {old.version} or more.",
            )
        if old.version > node.version or (old.version != node.version and old.version in subject.installed):
            continue
        broken = breaking_changes(old, manifest)
        if not broken:
            continue
        what = "; ".join(broken)
        if old.version == node.version:
            yield subject.finding(
                RULE,
                f"breaks journeys without a new version ({what})",
                f"Raise its version to {node.version + 1}.",
            )
        elif missing := _missing(subject, old.version):
            yield subject.finding(
                RULE,
                f"cannot read configs of version {old.version} ({what})",
                f"Write a function with @{node.key.rpartition('.')[2]}.upgrade({missing[0]}).",
            )


def _missing(subject: Subject, start: int) -> list[int]:
    """The steps from a version to the node's own for which there is no function, and where something may have broken."""
    known: Mapping[int, Manifest] = {
        **{manifest.version: manifest for manifest in subject.published},
        subject.node.version: subject.manifest,
    }
    return [
        version
        for version in range(start, subject.node.version)
        if version not in subject.node.upgrades
        and not (
            version in known
            and version + 1 in known
            and not breaking_changes(known[version], known[version + 1])
        )
    ]
