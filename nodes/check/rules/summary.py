"""The sentence on a node speaks of fields that its config has."""

from collections.abc import Iterator

from engine.flow.summary import summary_fields
from nodes.check.finding import Finding, Subject

RULE = "summary"


def check(subject: Subject) -> Iterator[Finding]:
    """There is a sentence for the house's own nodes; its {fields} exist and its [brackets] pair."""
    text = subject.manifest.summary
    if subject.builtin and not text:
        yield subject.finding(RULE, "has no summary", "Write a short sentence with {fields} of the config.")
    known = subject.manifest.config_schema.get("properties", {})
    for name in sorted(set(summary_fields(subject.manifest)) - set(known)):
        yield subject.finding(
            RULE,
            f"speaks of {{{name}}} in its summary, which is no field",
            f"Use one of {', '.join(known) or 'none'}.",
        )
    if text.count("[") != text.count("]") or text.count("{") != text.count("}"):
        yield subject.finding(RULE, "has a bracket without its partner in its summary", "Close it.")
