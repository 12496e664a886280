"""The config schema is written in the dialect that the API and the designer read."""

from collections.abc import Iterator

from nodes.check.finding import Finding, Subject
from nodes.sdk.schema import faults

RULE = "dialect"


def check(subject: Subject) -> Iterator[Finding]:
    """The schemas of config and output leave nothing to code."""
    for place, what in faults(subject.manifest.config_schema):
        message, _, fix = what.partition(". ")
        yield subject.finding(RULE, f'cannot be drawn at "{place or "config"}": {message}', fix)
    for place, what in faults(
        subject.manifest.output_schema or {"type": "object", "additionalProperties": True}
    ):
        message, _, fix = what.partition(". ")
        yield subject.finding(RULE, f'gives a value that cannot be described at "{place}": {message}', fix)
