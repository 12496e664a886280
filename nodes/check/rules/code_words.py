"""The words of a built-in node stand in words.json, where they can be read and translated, not in its code."""

import ast
import re
from collections.abc import Iterator

from nodes.check.finding import Finding, Subject

RULE = "code-words"
_SENTENCE = re.compile(r"[A-Za-z']+( [A-Za-z']+){3,}")


def check(subject: Subject) -> Iterator[Finding]:
    """No text in the code reads like a sentence, docstrings apart."""
    if not subject.builtin or not subject.file.is_file():
        return
    tree = ast.parse(subject.file.read_text(encoding="utf-8"))
    docstrings = {
        id(part.body[0].value)
        for part in ast.walk(tree)
        if isinstance(part, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and part.body
        and isinstance(part.body[0], ast.Expr)
    }
    for part in ast.walk(tree):
        if (
            isinstance(part, ast.Constant)
            and isinstance(part.value, str)
            and id(part) not in docstrings
            and _SENTENCE.search(part.value)
        ):
            yield subject.finding(
                RULE,
                f'has a sentence in its code, on line {part.lineno} ("{part.value[:30]}...")',
                "Move it to words.json.",
            )
