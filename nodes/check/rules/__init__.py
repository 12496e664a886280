"""The rules that a node keeps, one a module. Each has `check(subject)`, which gives what it finds."""

from collections.abc import Callable, Iterator

from nodes.check.finding import Finding, Subject
from nodes.check.rules import (
    appearance,
    breaking_change,
    code_words,
    defaults,
    dialect,
    folder_files,
    key_name,
    ports,
    secret_fields,
    summary,
    words,
)

RULES: tuple[Callable[[Subject], Iterator[Finding]], ...] = (
    key_name.check,
    folder_files.check,
    words.check,
    summary.check,
    appearance.check,
    ports.check,
    dialect.check,
    defaults.check,
    secret_fields.check,
    code_words.check,
    breaking_change.check,
)

__all__ = ["RULES"]
