"""A built-in node is called as its folder is; a node of others has its package's name before a dot."""

import re
from collections.abc import Iterator

from nodes.check.finding import Finding, Subject

RULE = "key-name"
_BUILTIN = re.compile(r"[a-z][a-z0-9_]*")
_OTHERS = re.compile(r"[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*")


def _plain(key: str) -> str:
    """The key's name as it may be spelt."""
    return re.sub(r"[^a-z0-9]+", "_", key.rpartition(".")[2].lower()).strip("_0123456789") or "your_node"


def check(subject: Subject) -> Iterator[Finding]:
    """The key and the folder agree, or the key has a package in it."""
    key = subject.node.key
    if not subject.builtin:
        if not _OTHERS.fullmatch(key):
            yield subject.finding(
                RULE,
                "has a key that is no package and name",
                f'Call it "your_package.{_plain(key)}": lower-case letters, digits and underscores.',
            )
        return
    folder = subject.file.parent.name
    if key != folder or not _BUILTIN.fullmatch(key):
        yield subject.finding(
            RULE, f'stands in the folder "{folder}"', "Give the key and the folder the same plain name."
        )
