"""The folder of a built-in node has the same files as every other."""

from collections.abc import Iterator

from nodes.check.finding import Finding, Subject

RULE = "folder-files"
FILES = frozenset({"__init__.py", "node.py", "words.json"})


def check(subject: Subject) -> Iterator[Finding]:
    """No file is missing, and none is there besides."""
    if not subject.builtin:
        return
    folder = subject.file.parent
    there = {path.name for path in folder.iterdir() if path.name != "__pycache__"}
    for name in sorted(FILES - there):
        yield subject.finding(RULE, f"has no file {name}", "Add it.", folder)
    for name in sorted(there - FILES):
        yield subject.finding(
            RULE,
            f"has a file {name}",
            "Move what is in it into node.py, or into nodes/sdk if others need it.",
            folder / name,
        )
