"""Rewrites an allowed syntax tree so that every look-up, loop, comparison and print goes through a guard.

The guards (`sandbox`) are filters whose names begin with a space. They know the dotted name as the author wrote
it, so a missing value is reported by name; and a field of a group, the commonest thing in a template, is looked
up and printed by one call.
"""

from __future__ import annotations

from jinja2 import nodes

from engine.content.sandbox import CLEANERS, ENVIRONMENTS, Kind


def guarded(tree: nodes.Template, kind: Kind) -> nodes.Template:
    """The same template, guarded. The tree given is used up."""
    rewriter = _Rewriter(kind)
    match tree.body:
        case [nodes.Output(nodes=[expression]) as only] if kind == "value" and not isinstance(
            expression, nodes.TemplateData
        ):
            only.nodes = [_guard("show", _guard("keep", rewriter.value(expression, null_allowed=False)))]
        case _:
            rewriter.body(tree.body)
    tree.set_environment(ENVIRONMENTS[kind])
    return tree


def source_of(node: nodes.Node | None) -> str:
    """A path as its author wrote it, for messages; "this value" for anything longer."""
    match node:
        case nodes.Name():
            return node.name
        case nodes.Getattr():
            return f"{source_of(node.node)}.{node.attr}"
        case nodes.Getitem(arg=nodes.Const(value=key)):
            return (
                f"{source_of(node.node)}[{key}]"
                if isinstance(key, int)
                else f'{source_of(node.node)}["{key}"]'
            )
        case nodes.Filter() if node.node is not None:
            return f"{source_of(node.node)}|{node.name}"
    return "this value"


def _guard(name: str, node: nodes.Expr, *arguments: object) -> nodes.Filter:
    constants = [nodes.Const(argument, lineno=node.lineno) for argument in arguments]
    return nodes.Filter(node, f" {name}", constants, [], None, None, lineno=node.lineno)


def _is_item(node: nodes.Node | None) -> bool:
    """A look-up by name or number, other than `loop.index`."""
    if isinstance(node, nodes.Getattr):
        return not (isinstance(node.node, nodes.Name) and node.node.name == "loop")
    return isinstance(node, nodes.Getitem) and isinstance(node.arg, nodes.Const)


class _Rewriter:
    def __init__(self, kind: Kind) -> None:
        self.kind = kind

    # -- statements

    def body(self, body: list[nodes.Node]) -> None:
        for node in body:
            match node:
                case nodes.Output():
                    node.nodes = [self.printed(child) for child in node.nodes]
                case nodes.If():
                    self.condition(node)
                case nodes.For():
                    self.loop(node)
                case nodes.Assign():
                    node.node = self.value(node.node)

    def condition(self, node: nodes.If) -> None:
        node.test = self.value(node.test)
        self.body(node.body)
        for other in node.elif_:
            self.condition(other)
        self.body(node.else_)

    def loop(self, node: nodes.For) -> None:
        weight = sum(1 for _ in node.find_all(nodes.Node))
        node.iter = _guard("loop", self.value(node.iter), weight, source_of(node.iter))
        if node.test is not None:
            node.test = self.value(node.test)
        self.body(node.body)
        self.body(node.else_)

    def printed(self, node: nodes.Expr) -> nodes.Expr:
        if isinstance(node, nodes.TemplateData):
            node.data = CLEANERS[self.kind](node.data)
            return node
        if _is_item(node):
            return self.item(node, "show_item")
        return _guard("show", self.value(node, null_allowed=False))

    # -- expressions

    def value(self, node: nodes.Node, null_allowed: bool = True) -> nodes.Expr:
        """The expression, guarded; a missing value is a problem, and an empty one unless null is allowed."""
        assert isinstance(node, nodes.Expr), "Jinja types the test of an if and the list of a loop too widely"
        if _is_item(node):
            return self.item(node, "item", null_allowed)
        match node:
            case nodes.Name():
                return _guard("named", node, node.name, null_allowed)
            case nodes.Getitem(arg=nodes.Slice(start=start, stop=stop)):
                ends = (end.value if isinstance(end, nodes.Const) else None for end in (start, stop))
                return _guard("cut", self.value(node.node, null_allowed=False), *ends)
            case nodes.Filter():
                return self.filtered(node)
            case nodes.Test():
                maybe = node.name in ("defined", "undefined")
                node.node = self.maybe(node.node) if maybe else self.value(node.node)
                node.args = [self.value(argument) for argument in node.args]
            case nodes.Concat():
                pieces = nodes.List(
                    [self.value(piece, null_allowed=False) for piece in node.nodes], lineno=node.lineno
                )
                return _guard("glue", pieces)
            case nodes.Compare():
                node.expr = _guard("scalar", self.value(node.expr))
                for operand in node.ops:
                    searched = operand.op in ("in", "notin")
                    operand.expr = _guard("in" if searched else "scalar", self.value(operand.expr))
            case nodes.CondExpr():
                node.test, node.expr1 = self.value(node.test), self.value(node.expr1)
                node.expr2 = (
                    nodes.Const("", lineno=node.lineno) if node.expr2 is None else self.value(node.expr2)
                )
            case nodes.BinExpr():
                node.left, node.right = self.value(node.left), self.value(node.right)
            case nodes.UnaryExpr():
                node.node = self.value(node.node)
        return node

    def filtered(self, node: nodes.Filter) -> nodes.Filter:
        assert node.node is not None, "the grammar refuses filter blocks"
        if node.name == "default":
            node.node = self.maybe(node.node)
        else:
            node.node = self.value(node.node, null_allowed=False)
        node.args = [self.value(argument) for argument in node.args]
        for pair in node.kwargs:
            pair.value = self.value(pair.value)
        return node

    def maybe(self, node: nodes.Expr) -> nodes.Expr:
        """For `default` and `is defined`, which look at values that may not be there."""
        if _is_item(node):
            return self.item(node, "item_if_any")
        return node if isinstance(node, nodes.Name) else self.value(node)

    def item(self, node: nodes.Expr, guard: str, *arguments: object) -> nodes.Filter:
        assert isinstance(node, (nodes.Getattr, nodes.Getitem))
        if isinstance(node, nodes.Getattr):
            key: object = node.attr
        else:
            assert isinstance(node.arg, nodes.Const)
            key = node.arg.value
        return _guard(guard, self.maybe(node.node), key, source_of(node), *arguments)
