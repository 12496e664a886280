"""Phase 0, read: plain JSON values as a Flowchart, or why not."""

import math
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from engine.flow.diagnostic import Diagnostic, diagnostic, shown, split_sentences, title
from engine.flow.document import Flowchart, Node
from engine.flow.upgrade import NotUpgraded, upgrade

MAX_NODES = 5_000
MAX_EDGES = 20_000
MAX_CONTENTS = 500
"""How many templates a document may hold, and how many promotions."""
MAX_DEPTH = 32
"""How deep the values in a config may be nested."""
_LIMITS = (
    ("too-many-nodes", "nodes", MAX_NODES),
    ("too-many-edges", "edges", MAX_EDGES),
    ("too-many-contents", "templates", MAX_CONTENTS),
    ("too-many-contents", "promotions", MAX_CONTENTS),
)
_MOST = 100
_TOP = 'Write an object with "nodes" and "edges".'


def read(document: Flowchart | Mapping[str, Any] | Any) -> tuple[Flowchart | None, list[Diagnostic]]:
    """The document as a Flowchart, and what makes it unfit for any further look (then there is none)."""
    problems: list[Diagnostic] = []
    if isinstance(document, Flowchart):
        flowchart = document
    elif not isinstance(document, Mapping):
        return None, [diagnostic("document-unreadable", place="its top", detail="it is no object", step=_TOP)]
    else:
        problems = list(_too_large(document))
        if problems:
            return None, problems
        try:
            flowchart = Flowchart.model_validate(upgrade(document))
        except NotUpgraded as error:
            return None, [diagnostic("document-not-upgraded", detail=error.wrong, fix=error.step)]
        except ValidationError as error:
            details = error.errors(include_url=False, include_input=False)
            return None, [_unreadable(detail) for detail in details[:_MOST]]
    problems = [*_too_large(vars(flowchart)), *_unfit(flowchart)]
    return (None if problems else flowchart), problems


def _too_large(document: Mapping[str, Any]) -> Iterator[Diagnostic]:
    for code, kind, limit in _LIMITS:
        part = document.get(kind)
        if isinstance(part, Mapping | list) and len(part) > limit:
            yield diagnostic(code, kind=kind, count=f"{len(part):,}", limit=f"{limit:,}")


def _unreadable(detail: ErrorDetails) -> Diagnostic:
    location = detail["loc"]
    node = str(location[1]) if len(location) > 1 and location[0] == "nodes" else None
    edge = str(location[1]) if len(location) > 1 and location[0] == "edges" else None
    rest = location[2:] if node or edge else location
    field = ".".join(map(str, rest)) or None
    what, step = split_sentences(detail["msg"].removeprefix("Value error, "))
    place = shown(".".join(map(str, location))) or "its top"
    found = diagnostic("document-unreadable", place=place, detail=what, step=step)
    return found.model_copy(update={"node": node, "edge": edge, "field": field})


class _Bare:
    """A node of which only the id and the name are known."""

    def __init__(self, node_id: str, node: Node) -> None:
        self.id = node_id
        self.label = node.name or node.type

    def field_title(self, place: str) -> str:
        return place


def _unfit(flowchart: Flowchart) -> Iterator[Diagnostic]:
    """Values that cannot be stored or compared: nested too deeply, or with what JSON or a database lacks."""
    for node_id, node in sorted(flowchart.nodes.items()):
        words = (node.type, node.name, node.note)
        yield from _unfit_part({**node.config, **dict.fromkeys(filter(None, words))}, _Bare(node_id, node))
    rest = flowchart.model_dump(exclude={"nodes"})
    for part, value in rest.items():
        for name, item in value.items() if isinstance(value, dict) else [("", value)]:
            yield from _unfit_part({part: {name: item}}, None)


def _unfit_part(part: dict[str, Any], node: _Bare | None) -> Iterator[Diagnostic]:
    found = None if _fits(part, MAX_DEPTH) else _unfit_value(part)
    if found is None:
        return
    path, detail = found
    field = ".".join(shown(step) for step in path[:8])
    place = f"{title(node)}, at {field}," if node else f"The document, at {field},"
    code = "nested-too-deeply" if detail is None else "not-storable"
    yield diagnostic(code, node, field=field, place=place, detail=detail, limit=MAX_DEPTH)


def _fits(value: Any, depth: int) -> bool:
    """Whether the value is quickly seen to be fit: plain texts and numbers, not too deep."""
    if isinstance(value, str):
        return value.isascii() and "\x00" not in value
    if isinstance(value, dict):
        for key in value:
            if not _fits(key, 0):
                return False
        value = list(value.values())
    if isinstance(value, list):
        if depth == 0:
            return False
        return all(_fits(item, depth - 1) for item in value)
    return not isinstance(value, float) or math.isfinite(value)


def _unfit_value(config: Any) -> tuple[tuple[str, ...], str | None] | None:
    """The first place with a value that is unfit, and why; None as the reason when it is nested too deeply."""
    stack: list[tuple[tuple[str, ...], Any]] = [((), config)]
    while stack:
        path, value = stack.pop()
        if isinstance(value, Mapping | list):
            if len(path) >= MAX_DEPTH:
                return path, None
            inner = value.items() if isinstance(value, Mapping) else enumerate(value)
            stack += [((*path, str(key)), item) for key, item in inner]
        reason = _reason(value) or (_reason(path[-1]) if path else None)
        if reason is not None:
            return path, reason
    return None


def _reason(value: Any) -> str | None:
    if isinstance(value, float) and not math.isfinite(value):
        return "the number is infinite or none at all"
    if isinstance(value, str) and not value.isascii() and any("\ud800" <= c <= "\udfff" for c in value):
        return "the text holds half a character"
    if isinstance(value, str) and "\x00" in value:
        return "the text holds a NUL character"
    return None
