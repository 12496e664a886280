"""Where a parsed template runs: a Jinja2 environment that can only look up plain data, and meters its work.

Nothing here reaches a Python attribute or calls anything but the functions of this file and of `filters`.
A template's expressions are rewritten (`template_rewrite`) to the guards below, whose names begin with a
space so that no author can write them. Work that grows with the data (loops, made texts, searches) is paid
from a budget that each render starts with, so its cost is bounded without a clock and without a process.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Literal

from jinja2 import StrictUndefined, Undefined, pass_context
from jinja2.runtime import Context, LoopContext
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.utils import missing

from engine.content import filters
from engine.content.filters import MAX_TEXT, Metered, as_text, made
from engine.content.template_problem import TemplateProblem

Kind = Literal["html", "text", "line", "value"]

BUDGET = 1_000_000  # steps of loops and characters made by filters, for one render
LONG = 256  # texts and lists up to this size are not worth counting
MAX_NUMBER = 10**15

LOOP_FIELDS = frozenset({"index", "index0", "revindex", "revindex0", "first", "last", "length"})


class RenderContext(Context, Metered):
    """The variables of one render, and what is left of its budget.

    Jinja's own constructor copies the globals and builds an evaluation context; a template that cannot
    switch autoescaping or import needs neither, and they would be half of the cost of a render.
    """

    def __init__(self, given: Mapping[str, object]) -> None:
        self.given = given
        self.vars = {}
        self.exported_vars = set()
        self.budget = BUDGET
        self.kept: int | float | None = None
        """The number or truth that the one expression of a "value" gave."""

    def resolve_or_missing(self, key: str) -> Any:
        return self.given.get(key, missing)


# -- What may be shown ---------------------------------------------------------------------------------

_BREAKS = re.compile(r"[ \t]*(?:\r\n|[\r\n\v\f\x85\u2028\u2029])\s*")
_NOT_IN_LINE = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_NOT_IN_TEXT = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202d\u202e\ud800-\udfff]")


def clean_line(text: str) -> str:
    """One line: breaks become a space; control characters and bidirectional overrides go."""
    return _NOT_IN_LINE.sub("", _BREAKS.sub(" ", text).replace("\t", " "))


def clean_text(text: str) -> str:
    """Line ends become `\\n`; tabs stay; other control characters and direction overrides go."""
    return _NOT_IN_TEXT.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


CLEANERS: Mapping[Kind, Callable[[str], str]] = {
    "html": clean_text,
    "text": clean_text,
    "line": clean_line,
    "value": clean_text,
}


def _missing_variable(path: str) -> TemplateProblem:
    return TemplateProblem(
        "missing_variable",
        f'There is no value for {path}. Give it a fallback: {{{{ {path}|default("...") }}}}.',
        variable=path,
    )


def _empty_variable(path: str) -> TemplateProblem:
    return TemplateProblem(
        "empty_variable",
        f'The value of {path} is empty. Give it a fallback: {{{{ {path}|default("...") }}}}.',
        variable=path,
    )


# -- Guards: every look-up, loop, comparison and printed value of a template goes through one ------------


def _fetch(holder: object, key: str | int) -> object:
    """The item, or `missing`. Plain data only: never an attribute of a Python object."""
    if isinstance(holder, dict):
        return holder.get(key, missing)
    if isinstance(holder, list):
        if isinstance(key, int):
            return holder[key] if 0 <= key < len(holder) else missing
        return len(holder) if key == "length" else missing
    return missing


def item(holder: object, key: str | int, path: str, null_allowed: bool) -> object:
    """The item; a problem when it is not there."""
    value = _fetch(holder, key)
    if value is missing:
        raise _missing_variable(path)
    if value is None and not null_allowed:
        raise _empty_variable(path)
    return value


def item_if_any(holder: object, key: str | int, path: str) -> object:
    """The item, or Jinja's undefined value, for `default` and `is defined`."""
    value = _fetch(holder, key)
    return StrictUndefined(name=path) if value is missing else value


def named(value: object, name: str, null_allowed: bool) -> object:
    """The value of a bare name."""
    if isinstance(value, Undefined):
        raise _missing_variable(name)
    if value is None and not null_allowed:
        raise _empty_variable(name)
    return value


@pass_context
def looped(context: RenderContext, value: object, weight: int, source: str) -> list[object]:
    """The list that a loop goes over, its rounds paid in advance (`weight` is the size of the loop's body)."""
    if not isinstance(value, list):
        message = f"{source} is not a list. A loop goes over a list, such as promotion.products."
        raise TemplateProblem("not_a_list", message, variable=source)
    context.spend((len(value) + 1) * weight)
    return value


@pass_context
def scalar(context: RenderContext, value: object) -> object:
    """A side of a comparison: text, number, truth or nothing; whole structures could be compared for ever."""
    if isinstance(value, str):
        if len(value) > LONG:
            context.spend(len(value))
        return value
    if value is None or isinstance(value, (bool, int, float)):
        return value
    raise TemplateProblem(
        "wrong_type", "A list or a group is compared here. Compare one of its texts or numbers instead."
    )


@pass_context
def haystack(context: RenderContext, value: object) -> object:
    """What `in` searches: a text, a list or a group."""
    if isinstance(value, (str, list, dict)):
        if len(value) > LONG:
            context.spend(len(value))
        return value
    raise TemplateProblem(
        "wrong_type", "`in` searches something that is no list and no text. Use == instead."
    )


@pass_context
def glue(context: RenderContext, values: list[object]) -> str:
    """`a ~ b`."""
    texts = [as_text(value, "~") for value in values]
    if sum(map(len, texts)) > MAX_TEXT:
        raise filters.too_long("~")
    return made(context, "".join(texts), "~")


@pass_context
def cut(context: RenderContext, value: object, start: int | None, stop: int | None) -> object:
    """`list[:3]` and `text[:3]`."""
    if not isinstance(value, (str, list)):
        raise TemplateProblem(
            "wrong_type", "Only a list or a text can be cut with [:]. Check what stands before it."
        )
    part = value[start:stop]
    context.spend(len(part))
    return part


@pass_context
def keep(context: RenderContext, value: object) -> object:
    """What the one expression of a "value" gives: a number or a truth is kept as it is, beside its text."""
    if isinstance(value, (bool, int, float)):
        context.kept = value
    return value


def _printer(
    clean: Callable[[str], str],
) -> tuple[Callable[[object], str], Callable[[object, str, str], str]]:
    """`show` for any value, and `show_item`, its short cut for the commonest case, a field of a group."""

    def show(value: object) -> str:
        if type(value) is not str:
            value = as_text(value, "")
        return value if value.isprintable() else clean(value)

    def show_item(holder: object, key: str | int, path: str) -> str:
        value = holder.get(key, missing) if type(holder) is dict else _fetch(holder, key)
        if type(value) is str:
            return value if value.isprintable() else clean(value)
        if value is missing:
            raise _missing_variable(path)
        if value is None:
            raise _empty_variable(path)
        if isinstance(value, (list, dict)):
            message = (
                f"{path} is a list or a group, not a text. Name one of its fields, or use a loop or |join."
            )
            raise TemplateProblem("not_text", message, variable=path)
        return show(value)

    return show, show_item


# -- The environment -------------------------------------------------------------------------------------


def _number(operator: str, value: object) -> int | float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        hint = " Join texts with ~." if operator == "+" else ""
        raise TemplateProblem(
            "not_a_number", f"{operator} works on numbers only. Check both of its sides.{hint}"
        )
    if not abs(value) <= MAX_NUMBER:
        raise TemplateProblem("too_expensive", f"A number at {operator} is too large. Keep it under 10^15.")
    return value


class TemplateEnvironment(ImmutableSandboxedEnvironment):
    """Jinja2's sandbox, narrowed to plain data: no globals, no Python attributes, arithmetic on numbers."""

    intercepted_binops = frozenset({"+", "-", "*", "/", "//", "%", "**"})
    intercepted_unops = frozenset({"+", "-"})
    context_class = RenderContext

    def __init__(self, kind: Kind) -> None:
        super().__init__(
            autoescape=kind == "html",
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            # Folding would run filters while parsing, outside of any budget.
            optimized=False,
            cache_size=0,
        )
        show, show_item = _printer(CLEANERS[kind])
        self.globals.clear()
        self.tests.clear()
        self.tests.update(filters.TESTS)
        self.filters.clear()
        self.filters.update(filters.FILTERS)
        self.filters.update(
            {
                " show": show,
                " show_item": show_item,
                " item": item,
                " item_if_any": item_if_any,
                " named": named,
            }
        )
        self.filters.update(
            {" loop": looped, " scalar": scalar, " in": haystack, " glue": glue, " cut": cut, " keep": keep}
        )

    def getattr(self, obj: Any, attribute: str) -> Any:
        """Only `loop.index` and its like come here: every other look-up is rewritten to a guard."""
        if isinstance(obj, LoopContext) and attribute in LOOP_FIELDS:
            return getattr(obj, attribute)
        raise TemplateProblem(
            "not_allowed", f"{attribute} cannot be read here. Read fields of plain data only."
        )

    def getitem(self, obj: Any, argument: Any) -> Any:
        raise TemplateProblem(
            "not_allowed", f"{argument!r} cannot be read here. Read fields of plain data only."
        )

    def is_safe_callable(self, obj: Any) -> bool:
        return False

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        a, b = _number(operator, left), _number(operator, right)
        if operator == "**":
            raise TemplateProblem("not_allowed", "Powers cannot be used. Multiply instead.")
        if operator in ("/", "//", "%") and b == 0:
            raise TemplateProblem(
                "calculation", "Something is divided by zero. Ask {% if %} whether it is 0 first."
            )
        return _number(operator, self.binop_table[operator](a, b))

    def call_unop(self, context: Context, operator: str, arg: Any) -> Any:
        return self.unop_table[operator](_number(operator, arg))


ENVIRONMENTS: Mapping[Kind, TemplateEnvironment] = {
    kind: TemplateEnvironment(kind) for kind in ("html", "text", "line", "value")
}
