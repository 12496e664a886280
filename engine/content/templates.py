"""Marketers' templates: parse once, render for each contact.

A template is Jinja2, narrowed to what a message needs: `{{ contact.first_name|default("there") }}`, `{% if %}`,
`{% for %}` (two deep), `{% set name = value %}`, comparisons, arithmetic on numbers, `~` to join texts, and the
filters of `filters`. There are no functions, macros, includes or blocks, and no way past escaping.

Kinds
    "html"  email bodies, landing pages: values are escaped, and refused where escaping is not enough
            (scripts, unquoted attributes, links without `|url`).
    "text"  SMS, push bodies: not escaped; line ends kept, other control characters stripped.
    "line"  subjects, titles, senders: one line; line ends become a space, control characters and
            bidirectional overrides are stripped, from the template and from the data.
    "value" fields of a profile: as "text", but `{{ contact.attributes.visits + 1 }}` alone gives a number (`value`).

What a template sees
    A context of plain JSON data: `{"contact": {...}, "promotion": {...}}`. Instants are ISO 8601 text: `|date` shows
    them in the zone it is given, else in the contact's, the journey's, UTC.
    Data is never read as a template: `{{ 7*7 }}` in a name is shown as it stands. A missing variable is a problem
    that names it, and so is printing null; `|default(...)` covers missing, null and blank. Null is false in `{% if %}`.

What bounds it
    Source 64 KB, nesting 60, loops 2 deep, output 200,000 characters (a line: 2,000), and a budget of a million
    steps (rounds of loops times the size of their body, characters made by filters) for each render. The same
    template and data always end in the same way: there is no clock in it.

    parsed = parse("Hi {{ contact.first_name }}", "line")
    parsed.required                                        # frozenset({"contact.first_name"})
    parsed.render({"contact": {"first_name": "Ann"}})      # "Hi Ann"
    check(source, "html", {"contact.first_name", "contact.attributes.*"})   # a list of problems, [] when sound
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from hashlib import sha256
from threading import Lock
from types import TracebackType

from jinja2 import Template, TemplateSyntaxError, UndefinedError, nodes
from jinja2.runtime import Context

from engine.content import html_places, template_grammar, template_rewrite, template_variables
from engine.content.sandbox import ENVIRONMENTS, Kind, RenderContext
from engine.content.template_problem import TemplateProblem
from engine.content.template_variables import Read

__all__ = ["Kind", "ParsedTemplate", "Read", "TemplateProblem", "check", "parse"]

MAX_SOURCE = 64 * 1024  # bytes of UTF-8
MAX_OUTPUT: Mapping[Kind, int] = {
    "html": 200_000,
    "text": 200_000,
    "line": 2_000,
    "value": 200_000,
}  # characters
CACHE_CAPACITY = 1_000  # compiled templates, the least recently used go first
_FILENAME = "<template>"


class ParsedTemplate:
    """A template that passed every check, compiled. Immutable; one may be used by many threads."""

    __slots__ = ("_limit", "_root", "_strip", "_template", "digest", "kind", "reads", "source")

    def __init__(
        self, source: str, kind: Kind, digest: str, reads: tuple[Read, ...], template: Template
    ) -> None:
        self.source = source
        self.kind = kind
        self.digest = digest  # SHA-256 of the source, in hexadecimal
        self.reads = reads
        self._template = template
        self._root: Callable[[Context], Iterator[str]] = template.root_render_func
        self._limit = MAX_OUTPUT[kind]
        self._strip = kind == "line"

    @property
    def variables(self) -> frozenset[str]:
        """The dotted paths that it reads; an item of a list is `*`: "promotion.products.*.name"."""
        return frozenset(read.path for read in self.reads)

    @property
    def optional(self) -> frozenset[str]:
        """The variables that it never needs: each read has a `default`, or asks `is defined` first."""
        return self.variables - self.required

    @property
    def required(self) -> frozenset[str]:
        """The variables without which it cannot be rendered, wherever it reads them."""
        return frozenset(read.path for read in self.reads if not read.guarded)

    def render(self, context: Mapping[str, object]) -> str:
        """The text for one contact; a TemplateProblem when a variable is missing or empty, or it is too much."""
        return self._rendered(RenderContext(context))

    def value(self, context: Mapping[str, object]) -> str | int | float:
        """What a template of kind "value" says for one contact: of a single expression that is a number or a truth, just
        that; else its text. TemplateProblem as for `render`."""
        state = RenderContext(context)
        text = self._rendered(state)
        return text if state.kept is None else state.kept

    def _rendered(self, state: RenderContext) -> str:
        left = self._limit
        pieces: list[str] = []
        try:
            for piece in self._root(state):
                pieces.append(piece)
                left -= len(piece)
                if left < 0:
                    raise self._too_long()
        # A contact's data may break a template in ways that nobody thought of: the others still go out.
        except Exception as error:
            raise self._problem(error) from None
        text = "".join(pieces)
        return text.strip() if self._strip else text

    def render_many(self, contexts: Iterable[Mapping[str, object]]) -> list[str | TemplateProblem]:
        """One result for each context, in order. One contact's problem never fails the others."""
        results: list[str | TemplateProblem] = []
        for context in contexts:
            try:
                results.append(self.render(context))
            except TemplateProblem as problem:
                results.append(problem.with_traceback(None))
        return results

    def _too_long(self) -> TemplateProblem:
        message = (
            f"The text is longer than {self._limit:,} characters. Shorten the template, or cut long values."
        )
        return TemplateProblem("too_long", message)

    def _problem(self, error: Exception) -> TemplateProblem:
        """What went wrong, in the author's words and with the author's line."""
        line = self._line(error.__traceback__)
        if isinstance(error, TemplateProblem):
            return error.at_line(line)
        if isinstance(error, UndefinedError):
            message = f"{error.message}. Give the variable a fallback with |default."
            return TemplateProblem("missing_variable", message, line)
        if isinstance(error, TypeError):
            message = (
                "Values of different types are compared or combined. Give each a fallback of the right type."
            )
            return TemplateProblem("wrong_type", message, line)
        message = f"The template cannot be rendered ({type(error).__name__}). Simplify this line."
        return TemplateProblem("failed", message, line)

    def _line(self, traceback: TracebackType | None) -> int | None:
        line = None
        while traceback is not None:
            if traceback.tb_frame.f_code.co_filename == _FILENAME:
                line = self._template.get_corresponding_lineno(traceback.tb_lineno)
            traceback = traceback.tb_next
        return line


class _Cache:
    """Compiled templates by kind and content, bounded, for many threads."""

    def __init__(self, capacity: int) -> None:
        self.capacity = capacity
        self._entries: OrderedDict[tuple[Kind, str], ParsedTemplate] = OrderedDict()
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._entries)

    def get(self, kind: Kind, digest: str) -> ParsedTemplate | None:
        with self._lock:
            found = self._entries.get((kind, digest))
            if found is not None:
                self._entries.move_to_end((kind, digest))
            return found

    def put(self, parsed: ParsedTemplate) -> ParsedTemplate:
        with self._lock:
            self._entries[parsed.kind, parsed.digest] = parsed
            while len(self._entries) > self.capacity:
                self._entries.popitem(last=False)
        return parsed


_cache = _Cache(CACHE_CAPACITY)


def parse(source: str, kind: Kind) -> ParsedTemplate:
    """The compiled template, from the cache when its text was seen before; else its first TemplateProblem."""
    digest = sha256(source.encode("utf-8", "surrogatepass")).hexdigest()
    found = _cache.get(kind, digest)
    if found is not None:
        return found
    tree = _tree(source, kind)
    problems = _problems(tree, kind)
    if problems:
        raise problems[0]
    reads = tuple(template_variables.find_reads(tree))
    return _cache.put(ParsedTemplate(source, kind, digest, reads, _compiled(tree, kind)))


def check(source: str, kind: Kind, known: Collection[str]) -> list[TemplateProblem]:
    """Everything that is wrong with the source, unknown variables included, in the order of its lines.

    `known` holds dotted paths. A `*` at the end covers whatever lies under it ("contact.attributes.*"), a `*`
    elsewhere one item of a list or one name ("promotion.products.*.price").
    """
    try:
        tree = _tree(source, kind)
        problems = _problems(tree, kind)
        if not problems:
            problems = _unknown(parse(source, kind).reads, known)
    except TemplateProblem as problem:
        return [problem.with_traceback(None)]
    return sorted(problems, key=lambda problem: problem.line or 0)


def _tree(source: str, kind: Kind) -> nodes.Template:
    size = len(source.encode("utf-8", "surrogatepass"))
    if size > MAX_SOURCE:
        message = f"The template has {size:,} bytes, of at most {MAX_SOURCE:,}. Shorten or split it."
        raise TemplateProblem("too_large", message)
    try:
        return ENVIRONMENTS[kind].parse(source)
    except TemplateSyntaxError as error:
        message = f"The template cannot be read: {(error.message or 'a tag is wrong').rstrip('.')}. Correct that tag."
        raise TemplateProblem("syntax", message, error.lineno) from None
    except RecursionError:
        raise _too_deep() from None
    except ValueError:
        # Python refuses to read integers of thousands of digits.
        raise TemplateProblem(
            "syntax", "A number in the template is too long. Keep it under 10^15."
        ) from None


def _problems(tree: nodes.Template, kind: Kind) -> list[TemplateProblem]:
    problems = template_grammar.find_problems(tree)
    if kind == "html" and not problems:
        problems = html_places.find_places(tree)
    return problems


def _compiled(tree: nodes.Template, kind: Kind) -> Template:
    environment = ENVIRONMENTS[kind]
    try:
        code = environment.compile(template_rewrite.guarded(tree, kind), filename=_FILENAME)
    except (RecursionError, SyntaxError, MemoryError):
        raise _too_deep() from None
    return Template.from_code(environment, code, {})


def _too_deep() -> TemplateProblem:
    message = "The template is nested too deeply. Split its longest expression or its innermost tags."
    return TemplateProblem("too_deep", message)


def _unknown(reads: Iterable[Read], known: Collection[str]) -> list[TemplateProblem]:
    problems: dict[str, TemplateProblem] = {}
    for path, line, _ in reads:
        if path in problems or template_variables.is_known(path, known):
            continue
        meant = template_variables.closest(path, known)
        step = f"Did you mean {meant}?" if meant else "Choose one of the variables that this message has."
        message = f"There is no variable {path}. {step}"
        problems[path] = TemplateProblem("unknown_variable", message, line, path)
    return list(problems.values())
