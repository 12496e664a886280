"""A node can be understood without its code: it has help, and every field a title and a description."""

from collections.abc import Iterator

from nodes.check.finding import Finding, Subject
from nodes.sdk.words import places

RULE = "words"


def check(subject: Subject) -> Iterator[Finding]:
    """Label, help, synonyms (of the house's own), fields and the values to choose from have words."""
    manifest = subject.manifest
    if not manifest.help.strip():
        yield subject.finding(
            RULE, "has no help text", "Write a docstring below the function, in whole sentences."
        )
    elif not manifest.help.strip().endswith((".", "!", "?")):
        yield subject.finding(RULE, "has help that is no whole sentence", "End it with a full stop.")
    if subject.builtin and not manifest.synonyms:
        yield subject.finding(RULE, "has no synonyms", "List the other words by which people look for it.")
    for place, field in places(manifest.config_schema):
        for name in ("title", "description"):
            if not str(field.get(name, "")).strip():
                yield subject.finding(
                    RULE,
                    f'has a field "{place}" without a {name}',
                    f"Write Field({name}=...), or put it into words.json.",
                )
        labels = field.get("x-ui", {}).get("labels")
        missing = [str(value) for value in field.get("enum", ()) if labels and value not in labels]
        if missing:
            yield subject.finding(
                RULE,
                f'has a field "{place}" with values without words ({", ".join(missing)})',
                "Add them to its labels.",
            )
