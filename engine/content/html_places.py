"""Where in the HTML a template prints a value, and whether escaping is enough there.

Escaping makes a value harmless in text and in quoted attributes. It does nothing against `javascript:` in a link,
and is not enough in scripts, styles, event attributes, a page's own instructions (`<meta content>`), tags or
attributes without quotes: a value there is refused, except that a link may be printed whole by `|url`, or in part after
a safe beginning.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Literal

from jinja2 import nodes

from engine.content.template_problem import TemplateProblem

_LINKS = frozenset(
    {
        "href",
        "src",
        "srcset",
        "action",
        "formaction",
        "background",
        "poster",
        "cite",
        "data",
        "longdesc",
        "manifest",
    }
    | {"ping", "xlink:href"}
)
_MOVES = frozenset({"animate", "set"})
"""Elements that write another attribute of the picture around them, such as the address of a link."""
_RAW = frozenset({"script", "style"})
_SAFE_BEGINNING = re.compile(r"\s*(https?://|mailto:|tel:|/(?![/\\])|#|\?)", re.IGNORECASE)
_TAG = re.compile(r"</?([a-zA-Z][^\s/>]*)")
_ATTRIBUTE = re.compile(r"[^\s=>/]+")
_OPENING = re.compile(r"""=\s*(["']?)""")
_VALUE_END = re.compile(r"[\s>]")
_UNSURE = "?"


@dataclass(frozen=True)
class Place:
    """A point between two characters of the HTML. `written` is what stands before it in the attribute's value."""

    where: Literal["text", "raw", "comment", "tag", "value"] = "text"
    tag: str = ""
    attribute: str = ""
    quote: str = ""
    written: str = ""


def find_places(tree: nodes.Template) -> list[TemplateProblem]:
    """A problem for each value that is printed where escaping is not enough."""
    walk = _Walk()
    walk.body(tree.body, Place())
    return walk.problems


class _Walk:
    def __init__(self) -> None:
        self.problems: list[TemplateProblem] = []

    def body(self, body: list[nodes.Node], place: Place) -> Place:
        for node in body:
            match node:
                case nodes.Output():
                    for child in node.nodes:
                        place = self.printed(child, place)
                case nodes.If():
                    branches = [node.body, *(other.body for other in node.elif_), node.else_]
                    place = self.joined(node, [self.body(branch, place) for branch in branches])
                case nodes.For():
                    rounds = self.body(node.body, place)
                    place = self.joined(node, [place, rounds, self.body(node.else_, place)])
        return place

    def printed(self, node: nodes.Expr, place: Place) -> Place:
        if isinstance(node, nodes.TemplateData):
            return advance(place, node.data)
        words = _refusal(place, isinstance(node, nodes.Filter) and node.name == "url")
        if words is not None:
            self.problems.append(TemplateProblem("unsafe_place", words, node.lineno))
        # What follows is judged as if the value were harmless: one mistake is reported once.
        return replace(place, written=place.written or "https://") if place.where == "value" else place

    def joined(self, node: nodes.Node, ends: list[Place]) -> Place:
        """The place after branches: they must leave the HTML alike, or nothing after them could be judged."""
        shapes = {
            (end.where, end.tag, end.quote, end.attribute if end.where == "value" else "") for end in ends
        }
        if len(shapes) > 1:
            message = "The branches leave the HTML in different places. Close each tag and quote where it was opened."
            self.problems.append(TemplateProblem("unsafe_place", message, node.lineno))
        attributes = {end.attribute for end in ends}
        attribute = ends[0].attribute if len(attributes) == 1 else _UNSURE
        return replace(ends[0], attribute=attribute, written=min((end.written for end in ends), key=len))


def _refusal(place: Place, is_url: bool) -> str | None:
    if place.where == "raw":
        return f"A value cannot stand in <{place.tag}>. Move it into the text or into an attribute in quotes."
    if place.where == "tag":
        return (
            "A value cannot be a tag or the name of an attribute. Put it between tags, or in quotes after =."
        )
    if place.where != "value":
        return None
    name = place.attribute.lower()
    if not place.quote:
        return f'The value of {name} has no quotes. Write {name}="..." around it.'
    if name.startswith("on") or name in ("srcdoc", _UNSURE) or place.tag in _MOVES:
        return "A value cannot stand in this attribute, where it could run as a program. Remove it."
    if name == "style":
        return "A value cannot stand in a style. Choose between fixed styles with {% if %}, or remove it."
    if name == "content" and place.tag == "meta":
        return (
            "A value cannot stand in the content of <meta>, which can send the reader elsewhere. Remove it."
        )
    if name in _LINKS and not (
        _SAFE_BEGINNING.match(place.written) or (is_url and not place.written.strip())
    ):
        return (
            f'A link in {name} must be checked. Write {name}="{{{{ ...|url }}}}", or begin it with https://.'
        )
    return None


def advance(place: Place, text: str) -> Place:
    """The place after this much HTML. Each round consumes some of it."""
    at = 0
    while at < len(text):
        match place.where:
            case "text":
                place, at = _in_text(text, at)
            case "comment":
                end = text.find("-->", at)
                place, at = (place, len(text)) if end < 0 else (Place(), end + 3)
            case "raw":
                place, at = _in_raw(place, text, at)
            case "tag":
                place, at = _in_tag(place, text, at)
            case "value":
                place, at = _in_value(place, text, at)
    return place


def _in_raw(place: Place, text: str, at: int) -> tuple[Place, int]:
    closing = re.compile(f"</{place.tag}", re.IGNORECASE).search(text, at)
    return (place, len(text)) if closing is None else (Place("tag", f"/{place.tag}"), closing.end())


def _in_text(text: str, at: int) -> tuple[Place, int]:
    at = text.find("<", at)
    if at < 0:
        return Place(), len(text)
    # What Outlook's conditional comments hold is HTML to Outlook.
    for_outlook = text.startswith(("<!--[if", "<!--<![endif"), at)
    if for_outlook or (text.startswith("<!", at) and not text.startswith("<!--", at)):
        end = text.find(">", at)
        return (Place(), len(text)) if end < 0 else (Place(), end + 1)
    if text.startswith("<!--", at):
        return Place("comment"), at + 4
    if len(text) - at <= 2 and text.startswith(("<", "</"), at) and text[at + 1 :] in ("", "/"):
        return Place("tag"), len(text)
    tag = _TAG.match(text, at)
    if tag is None:
        return Place(), at + 1
    name = tag.group(1).lower()
    return Place("tag", f"/{name}" if text[at + 1] == "/" else name), tag.end()


def _in_tag(place: Place, text: str, at: int) -> tuple[Place, int]:
    sign = text[at]
    if sign == ">":
        return (Place("raw", place.tag) if place.tag in _RAW else Place()), at + 1
    if sign.isspace() or sign == "/":
        return place, at + 1
    if sign == "=":
        opening = _OPENING.match(text, at)
        assert opening is not None, "it matches any equals sign"
        return Place("value", place.tag, place.attribute, opening.group(1)), opening.end()
    name = _ATTRIBUTE.match(text, at)
    assert name is not None, "every other sign begins a name"
    return Place("tag", place.tag, name.group()), name.end()


def _in_value(place: Place, text: str, at: int) -> tuple[Place, int]:
    if place.quote:
        end = text.find(place.quote, at)
        closing = 1
    else:
        found = _VALUE_END.search(text, at)
        end, closing = (found.start() if found else -1), 0
    if end < 0:
        return replace(place, written=place.written + text[at:]), len(text)
    return Place("tag", place.tag), end + closing
