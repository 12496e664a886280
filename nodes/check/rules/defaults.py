"""What a field begins with is something that it takes: pydantic does not ask, and the API would refuse it."""

from collections.abc import Iterator

from engine.flow.schema import find_faults
from nodes.check.finding import Finding, Subject
from nodes.sdk.words import places

RULE = "defaults"


def check(subject: Subject) -> Iterator[Finding]:
    """Every default fits its own field."""
    for place, field in places(subject.manifest.config_schema):
        if "default" in field and find_faults(field, field["default"]):
            yield subject.finding(
                RULE,
                f'begins with {field["default"]!r} in its field "{place}", which that field does not take',
                "Give it a default of its type and within its limits.",
            )
