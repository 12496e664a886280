"""A template as it would arrive at one contact, and what is wrong with it, each with its place: nothing is stored.

It renders with the same parser and the same facts as a send does.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from engine.content import templates
from engine.content.coupons import expiry_of, link_with
from engine.content.messages import (
    KINDS,
    VARIABLES,
    discount_of,
    event_facts,
    journey_facts,
    promotion_facts,
)
from engine.content.templates import Kind, TemplateProblem
from engine.flow.document import Promotion, Template
from engine.journey.time import iso

SAMPLE_CODE = "0SAMPLE0C0DE00"
"""Stands for a coupon's code, which is given to one contact in earnest alone."""
FIELD_VARIABLES = tuple(
    name for name in VARIABLES if name.partition(".")[0] in ("contact", "event", "journey")
)
"""What a template in a node's config may read: a message knows more, such as its coupon."""
_TAG = re.compile(r"\{[{%].*?[%}]\}")
_JSON_TEXT = re.compile(r'"(?:[^"\\]|\\.)*"')


@dataclass(frozen=True, slots=True)
class PlacedProblem:
    """What is wrong with one part. `line` and `column` count from 1; `about` says whether no contact gets it, or this one."""

    part: str
    code: str
    line: int
    column: int
    length: int
    text: str
    about: Literal["template", "contact"]


@dataclass(frozen=True, slots=True)
class Offer:
    """The promotion that a message speaks of, by its name in the journey, and where and when the message is sent."""

    name: str
    promotion: Promotion
    timezone: str
    now: int


@dataclass(frozen=True, slots=True)
class Previewed:
    """The parts that could be rendered, and the problems of those that could not."""

    parts: dict[str, str]
    problems: tuple[PlacedProblem, ...]


def preview(template: Template, context: Mapping[str, Any]) -> Previewed:
    """Each part of the template rendered for the facts of one contact."""
    rendered: dict[str, str] = {}
    problems: list[PlacedProblem] = []
    for part, kind in KINDS.items():
        source = getattr(template, part)
        if not source:
            continue
        wrong = templates.check(source, kind, VARIABLES)
        if wrong:
            problems += [_placed(part, source, one, "template") for one in wrong]
            continue
        try:
            rendered[part] = templates.parse(source, kind).render(context)
        except TemplateProblem as problem:
            problems.append(_placed(part, source, problem, "contact"))
    return Previewed(rendered, tuple(problems))


def preview_field(source: str, kind: Kind, context: Mapping[str, Any]) -> Previewed:
    """A template in a node's config as it would be filled in, as the part "text". JSON is filled in text by text."""
    try:
        drawn = json.loads(source)
    except (ValueError, RecursionError):
        drawn = None
    if not isinstance(drawn, dict | list):
        text, wrong = _filled(source, kind, context)
        return Previewed({} if text is None else {"text": text}, tuple(wrong))
    problems: list[PlacedProblem] = []
    pieces: list[str] = []
    done = 0
    for found in _JSON_TEXT.finditer(source):
        if source[found.end() :].lstrip().startswith(":"):
            continue
        text, wrong = _filled(json.loads(found[0]), kind, context)
        problems += [_within(source, found, one) for one in wrong]
        pieces += [source[done : found.start()], json.dumps(text, ensure_ascii=False)]
        done = found.end()
    return Previewed({} if problems else {"text": "".join([*pieces, source[done:]])}, tuple(problems))


def _filled(source: str, kind: Kind, context: Mapping[str, Any]) -> tuple[str | None, list[PlacedProblem]]:
    wrong = templates.check(source, kind, FIELD_VARIABLES)
    if wrong:
        return None, [_placed("text", source, one, "template") for one in wrong]
    try:
        return templates.parse(source, kind).render(context), []
    except TemplateProblem as problem:
        return None, [_placed("text", source, problem, "contact")]


def _within(source: str, literal: re.Match[str], problem: PlacedProblem) -> PlacedProblem:
    """The place of a problem of a text in JSON, in the whole; all of the text where it is written with escapes."""
    plain = literal[0][1:-1] == json.loads(literal[0])
    start = literal.start() + 1 + (problem.column - 1 if plain else 0)
    length = problem.length if plain else max(len(literal[0]) - 2, 1)
    line, column = source.count("\n", 0, start) + 1, start - source.rfind("\n", 0, start)
    return replace(problem, line=line, column=column, length=length)


def preview_context(
    contact: Mapping[str, Any],
    journey: str,
    *,
    timezone: str = "UTC",
    event: Mapping[str, Any] | None = None,
    offer: Offer | None = None,
) -> dict[str, Any]:
    """What a template may read, with a sample code in place of a coupon's. `journey` is its name, `timezone` its zone."""
    context: dict[str, Any] = {"contact": dict(contact), "journey": journey_facts(journey, timezone, {})}
    if event is not None:
        context["event"] = event_facts(event)
    if offer is not None:
        context["promotion"] = promotion_facts(offer.name, offer.promotion)
        context["coupon"] = _sample_coupon(offer, contact.get("timezone"))
    return context


def _sample_coupon(offer: Offer, timezone: object) -> dict[str, Any]:
    facts: dict[str, Any] = {
        "code": SAMPLE_CODE,
        "promotion": offer.name,
        "discount_percent": discount_of(offer.promotion),
    }
    ends = expiry_of(
        offer.promotion, offer.now, timezone if isinstance(timezone, str) else None, offer.timezone
    )
    if ends is not None:
        facts["expires_at"] = iso(ends)
    if offer.promotion.link:
        facts["link"] = link_with(offer.promotion.link, SAMPLE_CODE)
    return facts


def _placed(
    part: str, source: str, problem: TemplateProblem, about: Literal["template", "contact"]
) -> PlacedProblem:
    lines = source.split("\n")
    line = min(max(problem.line or 1, 1), len(lines))
    start, end = next(_spans(lines[line - 1], problem), (0, len(lines[line - 1])))
    return PlacedProblem(part, problem.code, line, start + 1, max(end - start, 1), problem.message, about)


def _spans(line: str, problem: TemplateProblem) -> Iterator[tuple[int, int]]:
    """Where on its line the problem may be, the surest first: the variable as written, then the first tag."""
    named = problem.variable or next(iter(re.findall(r"[\w]+(?:\.[\w]+)+", problem.message)), None)
    if named:
        for found in re.finditer(rf"(?<![\w.]){re.escape(named)}(?!\w)", line):
            yield found.span()
    for tag in _TAG.finditer(line):
        yield tag.span()
