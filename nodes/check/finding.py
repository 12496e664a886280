"""What the checker looks at, and what it finds."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from engine.flow.manifest import Manifest
from nodes.sdk import NodeType


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule that is broken: which, in which file, what is wrong, what to do."""

    rule: str
    file: str
    message: str
    fix: str

    def __str__(self) -> str:
        return f"{self.file}: [{self.rule}] {self.message} {self.fix}"


@dataclass(frozen=True)
class Subject:
    """A node type under examination. `builtin`: it is one of the house's own, in a folder of its own."""

    node: NodeType
    file: Path
    builtin: bool
    published: tuple[Manifest, ...] = ()
    """What the package's record says was published of this key, oldest first."""
    installed: frozenset[int] = frozenset()
    """The versions of this key that the package has code for."""

    @cached_property
    def manifest(self) -> Manifest:
        """Its manifest."""
        return self.node.manifest

    @property
    def shown(self) -> str:
        """Its file as a reader wants it."""
        return shown(self.file)

    def finding(self, rule: str, message: str, fix: str, file: Path | None = None) -> Finding:
        """A finding about this node."""
        return Finding(rule, shown(file or self.file), f'The node "{self.node.key}" {message}.', fix)


def shown(path: Path) -> str:
    """A file as a reader wants it: from here, where that is possible."""
    try:
        return path.relative_to(Path.cwd()).as_posix()
    except ValueError:
        return path.as_posix()
