"""Which variables a template reads, and which of them it can do without.

A path is dotted: `contact.first_name`. An item of a list is `*`, so that the loop variable `p` of
`{% for p in promotion.products %}` reads `promotion.products.*.name`, as does `promotion.products[0].name`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from difflib import get_close_matches
from typing import NamedTuple

from jinja2 import nodes

Path = tuple[str, ...]
_OPAQUE: Path = ()  # a name that the template itself made

# What a date is shown in when the template names no zone: read when there, and never asked for.
IMPLIED = ("contact.timezone", "journey.timezone")


class Read(NamedTuple):
    """One place where a template reads a variable. `guarded`: it has a fallback there."""

    path: str
    line: int
    guarded: bool


def find_reads(tree: nodes.Template) -> list[Read]:
    """Every read, in the order of the source."""
    return list(_Reader().body(tree.body))


class _Reader:
    def __init__(self) -> None:
        self.scope: dict[str, Path] = {}
        self.defined: frozenset[Path] = frozenset()

    # -- statements

    def body(self, body: list[nodes.Node]) -> Iterator[Read]:
        for node in body:
            yield from self.statement(node)

    def statement(self, node: nodes.Node) -> Iterator[Read]:
        match node:
            case nodes.Output():
                for child in node.nodes:
                    yield from self.expression(child)
            case nodes.If():
                yield from self.condition(node)
            case nodes.For():
                yield from self.loop(node)
            case nodes.Assign():
                yield from self.expression(node.node)
                if isinstance(node.target, nodes.Name):
                    self.scope[node.target.name] = self.path(node.node) or _OPAQUE

    def condition(self, node: nodes.If) -> Iterator[Read]:
        yield from self.expression(node.test)
        before = self.defined
        self.defined = before | frozenset(self.tested(node.test))
        yield from self.body(node.body)
        self.defined = before
        for other in node.elif_:
            yield from self.condition(other)
        yield from self.body(node.else_)

    def tested(self, test: nodes.Node) -> Iterator[Path]:
        """The paths that are there whenever the condition holds."""
        if isinstance(test, nodes.And):
            yield from self.tested(test.left)
            yield from self.tested(test.right)
        elif isinstance(test, nodes.Test) and test.name == "defined":
            yield self.path(test.node) or _OPAQUE

    def loop(self, node: nodes.For) -> Iterator[Read]:
        yield from self.expression(node.iter)
        before = dict(self.scope)
        if isinstance(node.target, nodes.Name):
            over = self.path(node.iter)
            self.scope[node.target.name] = (*over, "*") if over else _OPAQUE
        self.scope["loop"] = _OPAQUE
        if node.test is not None:
            yield from self.expression(node.test)
        yield from self.body(node.body)
        self.scope = before
        yield from self.body(node.else_)

    # -- expressions

    def expression(self, node: nodes.Node, guarded: bool = False) -> Iterator[Read]:
        path = self.path(node)
        if isinstance(node, (nodes.Name, nodes.Getattr, nodes.Getitem)):
            if path:
                yield Read(".".join(path), node.lineno, guarded or path in self.defined)
            base: nodes.Node = node
            while isinstance(base, (nodes.Getattr, nodes.Getitem)):
                base = base.node
            if not isinstance(base, nodes.Name):
                yield from self.expression(base, guarded)
        elif isinstance(node, nodes.Filter) and node.node is not None:
            yield from self.expression(node.node, node.name == "default")
            for argument in (*node.args, *(pair.value for pair in node.kwargs)):
                yield from self.expression(argument)
            if node.name == "date" and len(node.args) + len(node.kwargs) < 2:
                yield from (Read(implied, node.lineno, True) for implied in IMPLIED)
        elif isinstance(node, nodes.Test):
            yield from self.expression(node.node, node.name in ("defined", "undefined"))
            for argument in node.args:
                yield from self.expression(argument)
        else:
            for child in node.iter_child_nodes():
                yield from self.expression(child)

    def path(self, node: nodes.Node | None) -> Path | None:
        """What the expression reads, when it is one variable."""
        match node:
            case nodes.Name():
                return self.scope.get(node.name, (node.name,))
            case nodes.Getattr():
                return self._under(node.node, node.attr)
            case nodes.Getitem(arg=nodes.Slice()):
                return self.path(node.node)
            case nodes.Getitem(arg=nodes.Const(value=key)):
                return self._under(node.node, key if isinstance(key, str) else "*")
            case nodes.Filter(name="first" | "last"):
                return self._under(node.node, "*")
            case nodes.Filter(name="default"):
                return self.path(node.node)
        return None

    def _under(self, node: nodes.Node | None, key: str) -> Path | None:
        base = self.path(node)
        return (*base, key) if base else None


# -- Known and unknown -----------------------------------------------------------------------------------


def is_known(path: str, known: Collection[str]) -> bool:
    """Whether an entry covers the path. `contact.first_name` covers itself and the group above it; a `*` at the
    end covers whatever lies under it, a `*` elsewhere one name or one item of a list."""
    if path in known or path in IMPLIED:
        return True
    parts = path.split(".")
    return any(_covers(entry.split("."), parts) for entry in known)


def _covers(entry: list[str], parts: list[str]) -> bool:
    if not all(mine in ("*", theirs) for mine, theirs in zip(entry, parts, strict=False)):
        return False
    return len(parts) <= len(entry) or entry[-1] == "*"


def closest(path: str, known: Collection[str]) -> str | None:
    """The known variable that the author may have meant."""
    return next(iter(get_close_matches(path, sorted(known), n=1, cutoff=0.7)), None)
