"""What a node asks and names: its conditions, and the segments, tags, templates... in its config and conditions."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal

from engine.flow import contract as c
from engine.flow.condition import Condition, ConditionError, InSegment, Tagged, parse_condition, walk
from engine.flow.manifest import Reference
from engine.flow.resolve import ResolvedNode


@dataclass(frozen=True)
class Asked:
    """A condition in a config: where it stands, and whether it is about the contact or about an event."""

    place: str
    condition: Condition
    about: Literal["contact", "event"]


def asked(node: ResolvedNode) -> Iterator[Asked]:
    """The conditions in a node's config."""
    match node.contract:
        case c.EventPick(where=where) if where is not None:
            yield Asked("where", where, "event")
        case c.WaitFor(events=events) | c.Goal(events=events):
            for index, pick in enumerate(events):
                if pick.where is not None:
                    yield Asked(f"events.{index}.where", pick.where, "event")
        case c.Question(condition=condition):
            yield Asked("condition", condition, "contact")
        case c.Attribute() as question:
            yield Asked("field", question.condition, "contact")
        case c.Split(branches=branches):
            for index, branch in enumerate(branches):
                yield Asked(f"branches.{index}.condition", branch.condition, "contact")
        case None:
            yield from _of_act(node)


def _of_act(node: ResolvedNode) -> Iterator[Asked]:
    for path, value in node.references("condition"):
        try:
            yield Asked(".".join(map(str, path)), parse_condition(value), "contact")
        except ConditionError:
            continue  # `resolve` has made a fault of it.


def names(node: ResolvedNode, kind: Reference) -> Iterator[tuple[str, str]]:
    """The names of one kind that a node uses, with their places: each once."""
    found: dict[tuple[str, str], None] = {}
    match node.contract, kind:
        case ((c.SegmentTrigger(segment=name) | c.InSegment(segment=name)), "segment"):
            found["segment", name] = None
        case ((c.TagTrigger(tag=name) | c.HasTag(tag=name)), "tag"):
            found["tag", name] = None
    for path, value in node.references(kind):
        if isinstance(value, str):
            found[".".join(map(str, path)), value] = None
    for question in asked(node):
        for part in walk(question.condition):
            if kind == "segment" and isinstance(part, InSegment):
                found[question.place, part.segment] = None
            if kind == "tag" and isinstance(part, Tagged):
                found[question.place, part.tag] = None
    yield from found


def closest(name: str, known: Iterable[str]) -> str | None:
    """The known name that somebody may have meant."""
    return next(iter(get_close_matches(name[:80], sorted(known), n=1)), None)
