"""What a node asks and names: its conditions, and the segments, tags, templates... in its config and conditions."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Literal

from engine.flow import contract as c
from engine.flow.condition import Condition, ConditionError, InSegment, Tagged, parse_condition, walk
from engine.flow.manifest import Manifest, Reference
from engine.flow.schema import Path

_LONGEST = 80
_MOST_GUESSES = 20
_MOST_KNOWN = 500

Names = Mapping[Reference, tuple[tuple[str, str], ...]]
"""For each kind the names that a config uses, each with its place."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A condition in a config: where it stands, and when it is asked.

    `trigger`: of an event, about the event and its contact. `event`: of an event that is waited for, about it alone.
    `contact`: of a contact who comes to the node. `act`: when and how the node's own code likes.
    """

    place: str
    condition: Condition
    when: Literal["trigger", "event", "contact", "act"]


def find_asked(manifest: Manifest, config: Mapping[str, Any], contract: c.Contract | None) -> Iterator[Asked]:
    """The conditions in a config."""
    match contract:
        case c.EventPick(where=where) if where is not None:
            yield Asked("where", where, "trigger")
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
            for path, value in references(manifest, config, "condition"):
                try:
                    yield Asked(".".join(map(str, path)), parse_condition(value), "act")
                except ConditionError:
                    continue  # `resolve` makes a fault of it.


def find_names(
    manifest: Manifest, config: Mapping[str, Any], contract: c.Contract | None, asked: Iterable[Asked]
) -> Names:
    """Whatever a config names, in its own fields and in its conditions: each once."""
    found: dict[Reference, dict[tuple[str, str], None]] = {}
    match contract:
        case c.SegmentTrigger(segment=name) | c.InSegment(segment=name):
            found["segment"] = {("segment", name): None}
        case c.TagTrigger(tag=name) | c.HasTag(tag=name):
            found["tag"] = {("tag", name): None}
    for kind in set(manifest.references.values()):
        for path, value in references(manifest, config, kind):
            if isinstance(value, str):
                name = value.strip() if kind == "tag" else value
                found.setdefault(kind, {})[".".join(map(str, path)), name] = None
    for question in asked:
        for part in walk(question.condition):
            if isinstance(part, InSegment):
                found.setdefault("segment", {})[question.place, part.segment] = None
            elif isinstance(part, Tagged):
                found.setdefault("tag", {})[question.place, part.tag] = None
    return {kind: tuple(named) for kind, named in found.items()}


def references(manifest: Manifest, config: Any, kind: Reference) -> Iterator[tuple[Path, Any]]:
    """The fields of a config that refer to something of this kind, with what stands there, if anything does."""
    for place, found in manifest.references.items():
        if found == kind:
            yield from _at(config, place.split("."), ())


def _at(value: Any, place: list[str], path: Path) -> Iterator[tuple[Path, Any]]:
    """The values at a place, in each item of the lists on the way."""
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from _at(item, place, (*path, index))
    elif not place:
        if value is not None:
            yield path, value
    elif isinstance(value, dict) and place[0] in value:
        yield from _at(value[place[0]], place[1:], (*path, place[0]))


class Closest:
    """The known names that somebody may have meant by others. Looking takes long, so only the first few are looked for."""

    def __init__(self, known: Iterable[str]) -> None:
        self._known = sorted(name for name in known if len(name) <= _LONGEST)
        self._found: dict[str, str | None] = {}

    def to(self, name: str) -> str | None:
        """The known name that is most like this one, if one is."""
        if name not in self._found and len(self._found) < _MOST_GUESSES:
            near = sorted(self._known, key=lambda one: abs(len(one) - len(name)))[:_MOST_KNOWN]
            self._found[name] = next(iter(get_close_matches(name[:_LONGEST], near, n=1)), None)
        return self._found.get(name)
