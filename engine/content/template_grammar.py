"""What a template may be made of: an allow-list over its syntax tree.

Every node type, filter, test and name that is not listed is refused with its line, when the template is saved
and not when it is sent. Refused parts are not looked into any further.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from math import isfinite

from jinja2 import nodes

from engine.content.filters import FILTERS, TESTS
from engine.content.sandbox import LOOP_FIELDS
from engine.content.template_dates import check_form
from engine.content.template_problem import TemplateProblem

MAX_NODES = 5_000  # of the syntax tree; a long newsletter has a few hundred
MAX_DEPTH = 60  # of nesting, expressions within tags counted
MAX_LOOPS = 2  # loops within loops

_PLAIN = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.If, nodes.Const, nodes.Keyword, nodes.CondExpr,
    nodes.And, nodes.Or, nodes.Not, nodes.Compare, nodes.Operand, nodes.Concat,
)  # fmt: skip
_ARITHMETIC = (
    nodes.Add, nodes.Sub, nodes.Mul, nodes.Div, nodes.FloorDiv, nodes.Mod, nodes.Neg, nodes.Pos,
)  # fmt: skip
_RESERVED = frozenset({"self", "super", "caller", "varargs", "kwargs"})

_WORDS: dict[type[nodes.Node], str] = {
    nodes.Call: "Functions and methods cannot be called. Use a filter, such as {{ contact.first_name|upper }}",
    nodes.Macro: "Macros cannot be used. Write the text where it is needed",
    nodes.CallBlock: "Macros cannot be used. Write the text where it is needed",
    nodes.Include: "Other templates cannot be included. Write the text here",
    nodes.Import: "Other templates cannot be imported. Write the text here",
    nodes.FromImport: "Other templates cannot be imported. Write the text here",
    nodes.Extends: "Other templates cannot be extended. Write the text here",
    nodes.Block: "Blocks cannot be used. Write the text without the block tags",
    nodes.AssignBlock: "{% set %} with a body cannot be used. Write {% set name = value %}",
    nodes.FilterBlock: "{% filter %} cannot be used. Put the filter behind each value",
    nodes.With: "{% with %} cannot be used. Write {% set name = value %}",
    nodes.Pow: "Powers cannot be used. Multiply instead",
    nodes.Dict: "Groups of fields cannot be written here. Use those of the data",
    nodes.Scope: "Escaping cannot be switched. Remove the autoescape tags",
}
_FILTER_HINTS = {
    "safe": "Values are always escaped. Remove |safe",
    "escape": "Values are escaped by themselves. Remove |escape",
    "e": "Values are escaped by themselves. Remove |e",
    "xmlattr": "Write the attributes out, in quotes",
    "format": "Join texts with ~, or use |number or |date",
    "attr": "Write the name of the field: contact.first_name",
    "d": "Write |default",
}


def find_problems(tree: nodes.Template) -> list[TemplateProblem]:
    """Everything in the tree that is not allowed, in the order of the source."""
    if _size(tree) > MAX_NODES:
        message = f"The template has more than {MAX_NODES:,} tags, names and values. Shorten or split it."
        return [TemplateProblem("too_large", message)]
    return list(_visit(tree, 0, 0))


def _size(tree: nodes.Node) -> int:
    """How many nodes there are, counted without recursion: nothing is known yet of the tree's depth."""
    size, waiting = 0, [tree]
    while waiting and size <= MAX_NODES:
        size += 1
        waiting.extend(waiting.pop().iter_child_nodes())
    return size


def _refuse(node: nodes.Node, message: str, code: str = "not_allowed") -> TemplateProblem:
    # Jinja wraps {% autoescape %} in a node that has no line of its own.
    line: int | None = node.lineno or next((child.lineno for child in node.iter_child_nodes()), None)
    return TemplateProblem(code, message, line)


def _visit(node: nodes.Node, depth: int, loops: int) -> Iterator[TemplateProblem]:
    if depth > MAX_DEPTH:
        yield _refuse(node, f"The template is nested more than {MAX_DEPTH} deep. Split it.", "too_deep")
        return
    if isinstance(node, nodes.For):
        loops += 1
    problem = _judge(node, loops)
    if problem is not None:
        yield problem
        return
    for child in node.iter_child_nodes():
        if not _is_loop_name(child, node, loops):
            yield from _visit(child, depth + 1, loops)


def _is_loop_name(child: nodes.Node, parent: nodes.Node, loops: int) -> bool:
    """`loop` in `loop.index`, the one place where that name may stand."""
    return (
        loops > 0
        and isinstance(parent, nodes.Getattr)
        and isinstance(child, nodes.Name)
        and child.name == "loop"
    )


def _judge(node: nodes.Node, loops: int) -> TemplateProblem | None:
    match node:
        case nodes.Name():
            return _judge_name(node)
        case nodes.Const(value=float(number)) if not isfinite(number):
            return _refuse(node, "A number in the template is too large. Keep it under 10^15.")
        case nodes.Getattr():
            return _judge_field(node, loops)
        case nodes.For():
            return _judge_loop(node, loops)
        case nodes.Getitem():
            return _judge_item(node)
        case nodes.Slice():
            return _judge_slice(node)
        case nodes.Assign():
            return _judge_assignment(node)
        case nodes.List() | nodes.Tuple():
            return _judge_list(node)
        case nodes.Filter() | nodes.Test():
            return _judge_filter(node)
    if isinstance(node, _ARITHMETIC):
        return _judge_arithmetic(node)
    return None if isinstance(node, _PLAIN) else _judge_other(node)


def _judge_other(node: nodes.Node) -> TemplateProblem:
    for kind, words in _WORDS.items():
        if isinstance(node, kind):
            return _refuse(node, f"{words}.")
    return _refuse(node, f"{type(node).__name__} cannot be used here. Remove it.")


def _judge_name(node: nodes.Name) -> TemplateProblem | None:
    if node.name == "loop":
        return _refuse(
            node, "loop can be used inside a loop only, and with a field. Write loop.index, for instance."
        )
    if node.name in _RESERVED or node.name.startswith("_"):
        return _refuse(node, f"The name {node.name} cannot be used. Choose another one.")
    return None


def _judge_field(node: nodes.Getattr, loops: int) -> TemplateProblem | None:
    if node.attr.startswith("_"):
        return _refuse(
            node, f"The field {node.attr} cannot be read. Name a field that does not begin with _."
        )
    if isinstance(node.node, nodes.Const):
        return _refuse(node, "A text or number written here has no fields. Name a variable before the dot.")
    if _is_loop_name(node.node, node, loops) and node.attr not in LOOP_FIELDS:
        return _refuse(node, f"loop has no {node.attr}. Use one of {', '.join(sorted(LOOP_FIELDS))}.")
    return None


def _judge_item(node: nodes.Getitem) -> TemplateProblem | None:
    arg = node.arg
    if isinstance(node.node, nodes.Const):
        return _refuse(
            node, "A text or number written here has no fields. Name a variable before the bracket."
        )
    if isinstance(arg, nodes.Const) and isinstance(arg.value, str) and arg.value.startswith("_"):
        return _refuse(
            node, f"The field {arg.value} cannot be read. Name a field that does not begin with _."
        )
    if isinstance(arg, nodes.Slice) or (isinstance(arg, nodes.Const) and type(arg.value) in (int, str)):
        return None
    return _refuse(node, 'Between [ and ] stands a number or a name in quotes. Write [0] or ["first name"].')


def _judge_slice(node: nodes.Slice) -> TemplateProblem | None:
    ends = [end for end in (node.start, node.stop) if end is not None]
    if node.step is None and all(isinstance(end, nodes.Const) and type(end.value) is int for end in ends):
        return None
    return _refuse(node, "A list is cut with plain numbers. Write [:3], for instance.")


def _judge_assignment(node: nodes.Assign) -> TemplateProblem | None:
    if isinstance(node.target, nodes.Name):
        return None
    return _refuse(node, "{% set %} takes one plain name. Write {% set name = value %}.")


def _judge_list(node: nodes.List | nodes.Tuple) -> TemplateProblem | None:
    if all(isinstance(entry, nodes.Const) for entry in node.items):
        return None
    return _refuse(node, "A list written here holds texts and numbers only. Compare the others one by one.")


def _judge_loop(node: nodes.For, loops: int) -> TemplateProblem | None:
    if loops > MAX_LOOPS:
        return _refuse(
            node, f"Loops may stand in each other {MAX_LOOPS} deep. Take the inner one out.", "too_deep"
        )
    if node.recursive:
        return _refuse(node, "A loop cannot be recursive. Remove that word.")
    if not isinstance(node.target, nodes.Name):
        return _refuse(node, "A loop has one variable. Write {% for product in promotion.products %}.")
    return None


def _judge_arithmetic(node: nodes.Node) -> TemplateProblem | None:
    for side in node.iter_child_nodes():
        if isinstance(side, (nodes.TemplateData, nodes.List, nodes.Tuple, nodes.Concat)) or (
            isinstance(side, nodes.Const) and type(side.value) not in (int, float)
        ):
            return _refuse(node, "Arithmetic works on numbers only. Join texts with ~.", "not_a_number")
    return None


def _judge_filter(node: nodes.Filter | nodes.Test) -> TemplateProblem | None:
    """The filter or test exists and its arguments fit."""
    word, table = ("filter", FILTERS) if isinstance(node, nodes.Filter) else ("test", TESTS)
    function = table.get(node.name)
    if function is None:
        known = ", ".join(sorted(table))
        hint = _FILTER_HINTS.get(node.name) if word == "filter" else None
        message = f"There is no {word} {node.name}. {hint or f'Use one of {known}'}."
        return _refuse(node, message, f"unknown_{word}")
    if node.dyn_args is not None or node.dyn_kwargs is not None:
        return _refuse(node, f"Arguments of the {word} {node.name} cannot be unpacked. Write them out.")
    # Jinja parses named arguments to Keyword, whatever its annotation says.
    named = {str(pair.key): pair.value for pair in node.kwargs}
    takes = _parameters(function)
    try:
        arguments = takes.bind(*node.args, **named).arguments
    except TypeError:
        names = ", ".join(takes.parameters)
        message = f"The {word} {node.name} takes ({names}). Correct what stands between its brackets."
        return _refuse(node, message, "bad_argument")
    return _judge_form(node, arguments.get("form")) if node.name == "date" else None


def _parameters(function: Callable[..., object]) -> inspect.Signature:
    """Of a filter or test as an author sees it: without the value before the bar, and the context before that."""
    signature = inspect.signature(function)
    parameters = [each for each in signature.parameters.values() if each.name != "context"]
    return signature.replace(parameters=parameters[1:])


def _judge_form(node: nodes.Expr, form: object) -> TemplateProblem | None:
    if isinstance(form, nodes.Const) and isinstance(form.value, str):
        try:
            check_form(form.value)
        except TemplateProblem as problem:
            return problem.at_line(node.lineno)
    return None
