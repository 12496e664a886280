"""Changes to a flowchart by place, as plain JSON: what `designer/src/graph/patch.ts` says, said on this side.

A change names its place by (kind, id, field), and has what stood there before and what stands there after. Without a
field it is about the whole part: added where `before` is missing, removed where `after` is missing. A config is changed
by its top fields, so that two people may set two fields of one node. Null is a value; missing is none.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_serializer

Kind = Literal["flowchart", "settings", "node", "edge", "template", "promotion"]
Document = dict[str, Any]

_MAPS: dict[str, str] = {
    "node": "nodes",
    "edge": "edges",
    "template": "templates",
    "promotion": "promotions",
}
_CONFIG = "config."
_MISSING: Any = object()


class PlaceChange(BaseModel):
    """One change of a patch: what stood at a place, and what stands there after."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Kind
    id: str = Field(max_length=200)
    field: str | None = Field(default=None, max_length=200)
    before: Any = None
    after: Any = None

    @model_serializer(mode="plain")
    def _as_set(self) -> dict[str, Any]:
        """Only what was said: a missing value is not the same as null. No field is none at all."""
        said = [name for name in type(self).model_fields if name in self.model_fields_set]
        return {name: getattr(self, name) for name in said if name != "field" or self.field is not None}

    @property
    def new(self) -> Any:
        """What stands there after; a value of its own where that is missing."""
        return self.after if "after" in self.model_fields_set else _MISSING

    @property
    def place(self) -> str:
        """The place in words, for whoever has to find it."""
        where = f'{self.kind} "{self.id}"' if self.kind in _MAPS else f"the {self.kind}"
        return where if self.field is None else f'"{self.field}" of {where}'


Patch = Sequence[PlaceChange]


def apply(document: Mapping[str, Any], patch: Patch) -> Document:
    """The document after a patch; the argument stays as it is. A change of a part that is gone changes nothing."""
    result = dict(document)
    for part in (*_MAPS.values(), "settings"):
        if isinstance(result.get(part), dict):
            result[part] = dict(result[part])
    # Whole parts first: a field may belong to a part that the same patch brings.
    for change in patch:
        if change.field is None:
            _set_whole(result, change)
    for change in patch:
        if change.field is not None:
            _set_field(result, change)
    return result


def difference(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[PlaceChange]:
    """The patch that leads from one document to the other."""
    found: list[PlaceChange] = []
    if not same(old.get("name", _MISSING), new.get("name", _MISSING)):
        found.append(_changed("flowchart", "", "name", old.get("name", _MISSING), new.get("name", _MISSING)))
    found += _field_changes("settings", "", old.get("settings") or {}, new.get("settings") or {})
    for kind, part in _MAPS.items():
        were, are = old.get(part) or {}, new.get(part) or {}
        for part_id in dict.fromkeys((*were, *are)):
            was, now = were.get(part_id, _MISSING), are.get(part_id, _MISSING)
            if isinstance(was, dict) and isinstance(now, dict):
                found += _field_changes(kind, part_id, was, now)
            elif not same(was, now):
                found.append(_changed(kind, part_id, None, was, now))
    return found


def misplaced(document: Mapping[str, Any], patch: Patch) -> PlaceChange | None:
    """The first change of a field whose part is neither in the document nor brought by the patch itself."""
    after = apply(document, [change for change in patch if change.field is None])
    for change in patch:
        if change.field is not None and not isinstance(_part(after, change), dict):
            return change
        if change.field is None and change.kind not in _MAPS:
            return change
        if change.kind == "flowchart" and change.field != "name":
            return change
    return None


def same(one: Any, other: Any) -> bool:
    """Whether two JSON values say the same. True is no number, and 1 and 1.0 are one number."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(value, other[key]) for key, value in one.items())
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    return bool(one is other or (type(one) is not object and one == other))


# ------------------------------------------------------------------------------------------------ applying


def _part(document: Mapping[str, Any], change: PlaceChange) -> Any:
    if change.kind == "flowchart":
        return document
    if change.kind == "settings":
        return document.get("settings")
    return (document.get(_MAPS[change.kind]) or {}).get(change.id)


def _set_whole(document: Document, change: PlaceChange) -> None:
    if change.kind not in _MAPS:
        return
    parts = document.setdefault(_MAPS[change.kind], {})
    if change.new is _MISSING:
        parts.pop(change.id, None)
    else:
        parts[change.id] = change.new


def _set_field(document: Document, change: PlaceChange) -> None:
    part = _part(document, change)
    if not isinstance(part, dict) or change.field is None:
        return
    if change.kind == "flowchart":
        _assign(document, change.field, change.new)
    elif change.kind == "settings":
        document["settings"] = _assigned(part, change.field, change.new)
    else:
        document[_MAPS[change.kind]][change.id] = _assigned(part, change.field, change.new)


def _assigned(part: Mapping[str, Any], field: str, value: Any) -> Document:
    copy = dict(part)
    _assign(copy, field, value)
    return copy


def _assign(part: Document, field: str, value: Any) -> None:
    if field.startswith(_CONFIG):
        config = part.get("config")
        part["config"] = _assigned(config if isinstance(config, dict) else {}, field[len(_CONFIG) :], value)
    elif value is _MISSING:
        part.pop(field, None)
    else:
        part[field] = value


# ------------------------------------------------------------------------------------------------ comparing


def _field_changes(
    kind: Any, part_id: str, was: Mapping[str, Any], now: Mapping[str, Any]
) -> list[PlaceChange]:
    before, after = dict(_flat(kind, was)), dict(_flat(kind, now))
    return [
        _changed(kind, part_id, field, before.get(field, _MISSING), after.get(field, _MISSING))
        for field in dict.fromkeys((*before, *after))
        if not same(before.get(field, _MISSING), after.get(field, _MISSING))
    ]


def _flat(kind: Any, part: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for field, value in part.items():
        if kind == "node" and field == "config" and isinstance(value, dict):
            yield from ((_CONFIG + key, inner) for key, inner in value.items())
        else:
            yield field, value


def _changed(kind: Any, part_id: str, field: str | None, before: Any, after: Any) -> PlaceChange:
    said: dict[str, Any] = {"kind": kind, "id": part_id, "field": field, "before": before, "after": after}
    kept = {
        name: value
        for name, value in said.items()
        if value is not _MISSING and (name, value) != ("field", None)
    }
    return PlaceChange.model_construct(set(kept), **kept)


def as_json(patch: Iterable[PlaceChange]) -> list[dict[str, Any]]:
    """The patch as plain JSON values."""
    return [change.model_dump(mode="json") for change in patch]
