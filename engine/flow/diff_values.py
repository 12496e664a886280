"""What changed within a value: item by item of a list, field by field of an object, with words that differ on both sides."""

import json
import unicodedata
from collections.abc import Iterator, Mapping
from difflib import SequenceMatcher
from typing import Any, NamedTuple

from pydantic import ValidationError

from engine.flow.condition import ConditionError, condition_json, parse_condition
from engine.flow.contract import CONTRACTS, Attribute
from engine.flow.diagnostic import quoted
from engine.flow.manifest import Manifest
from engine.flow.schema import Path, field_schema, title_of, with_defaults
from engine.flow.schema_values import Schema
from engine.flow.summary import in_words, label_of

_LINE = 80
_CONTEXT = 20
"""How much of a long text is shown before its first difference."""
_MOST_LINES = 1_000
"""Comparing more lines than that takes long, and nobody reads the result."""
_SETS = ("holidays", "weekdays")
"""Lists whose order and repeats mean nothing."""
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_NOTHING = "not set"
_Names = Mapping[str, str]


class Told(NamedTuple):
    """One change: what changed, and how it reads before and after, which is never the same; or all of it in `title`."""

    title: str
    before: str | None = None
    after: str | None = None

    @property
    def text(self) -> str:
        """The change as a sentence."""
        return self.title if self.before is None else f"{self.title} {self.before} → {self.after}"


def normalised(manifest: Manifest, config: Any) -> dict[str, Any]:
    """A config in its one spelling, to compare by: as the plan would hold it, where it makes sense."""
    filled: dict[str, Any] = with_defaults(manifest.config_schema, config)
    model = CONTRACTS[manifest.lowering]
    if model is None:
        return filled
    try:
        contract = model.model_validate(filled)
    except ValidationError:
        return filled
    plain = contract.plain()
    if isinstance(contract, Attribute):
        plain |= condition_json(contract.condition)
    return {**filled, **{key: value for key, value in plain.items() if key in filled}}


def same(one: Any, other: Any) -> bool:
    """Whether two values mean the same: 1 is not true, and conditions are compared in their one spelling."""
    return _spelled(one) == _spelled(other)


class Comparison:
    """The changes of values that a schema describes. `names` are what nodes are called, before and after."""

    def __init__(self, schema: Schema, old: _Names, new: _Names) -> None:
        self.schema, self.old, self.new = schema, old, new

    def field(self, key: str, was: Any, now: Any) -> Iterator[Told]:
        """The changes of one field of a config."""
        yield from self._value(title_of(self.schema, (key,)), (key,), was, now)

    def _value(self, title: str, path: Path, was: Any, now: Any) -> Iterator[Told]:
        if same(was, now):
            return
        if isinstance(was or [], list) and isinstance(now or [], list) and (was or now):
            yield from self._lists(title, path, was or [], now or [])
        elif isinstance(was, Mapping) and isinstance(now, Mapping) and not ("op" in was and "op" in now):
            for key in sorted({*was, *now}, key=str):
                yield from self._value(
                    self._inner(title, path, key), (*path, key), was.get(key), now.get(key)
                )
        else:
            words = [
                "" if value is None else in_words(self.schema, path, value, names) or '""'
                for value, names in ((was, self.old), (now, self.new))
            ]
            yield from_to(title, *(words if words[0] != words[1] else (_spelled(was), _spelled(now))))

    def _inner(self, title: str, path: Path, key: Any) -> str:
        known = field_schema(self.schema, (*path, key)).get("title")
        return f"{title}, {known.lower() if isinstance(known, str) else visible(str(key))}"

    def _lists(self, title: str, path: Path, was: list[Any], now: list[Any]) -> Iterator[Told]:
        before, after = _by_key(was, now)
        gone = [key for key in before if key not in after]
        come = [key for key in after if key not in before]
        names = {key: self._item(path, before[key], self.old) for key in before}
        names |= {key: self._item(path, after[key], self.new) for key in come}
        if {names[key] for key in gone} & {names[key] for key in come}:
            names = {key: f"{name} ({key})" for key, name in names.items()}
        told = [
            Told(f"{title}: {what} {shown_list([names[key] for key in keys])}")
            for what, keys in (("added", come), ("removed", gone))
            if keys
        ]
        both = [key for key in before if key in after]
        for key in both:
            told += self._value(f"{title} {quoted(names[key])}", (*path, 0), before[key], after[key])
        order = [key for key in after if key in before]
        if both != order and path[-1] not in _SETS:
            told.append(from_to(f"{title}: order", *(", ".join(map(str, keys)) for keys in (both, order))))
        if not told and path[-1] not in _SETS:
            told.append(from_to(title, _spelled(was), _spelled(now)))
        yield from told

    def _item(self, path: Path, item: Any, names: _Names) -> str:
        if path[-1] == "weekdays" and item in range(7):
            return _DAYS[int(item)]
        return label_of(item) if isinstance(item, Mapping) else in_words(self.schema, (*path, 0), item, names)


def _by_key(was: list[Any], now: list[Any]) -> tuple[dict[Any, Any], dict[Any, Any]]:
    """The items of two lists by what tells them apart: their port, their plain value, else their place."""
    for key_of in (_port, _plain):
        both = [{key_of(item): item for item in items} for items in (was, now)]
        if all(None not in keyed for keyed in both):
            repeated = [len(keyed) < len(items) for keyed, items in zip(both, (was, now), strict=True)]
            if key_of is _plain or not any(repeated):
                return both[0], both[1]
    return dict(enumerate(was)), dict(enumerate(now))


def _port(item: Any) -> Any:
    port = item.get("port") if isinstance(item, Mapping) else None
    return port if isinstance(port, str) else None


def _plain(item: Any) -> str | None:
    return None if isinstance(item, Mapping | list) or item is None else _spelled(item)


def _spelled(value: Any) -> str:
    return json.dumps(_canonical(value, 0), sort_keys=True, ensure_ascii=False, default=str)


def _canonical(value: Any, depth: int) -> Any:
    if depth > 40:
        return value
    if isinstance(value, Mapping):
        if "op" in value:
            try:
                return condition_json(parse_condition(value))
            except ConditionError:
                pass
        return {str(key): _canonical(item, depth + 1) for key, item in value.items() if item is not None}
    if isinstance(value, list | tuple):
        return [_canonical(item, depth + 1) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


# ------------------------------------------------------------------------------------------------ words


def from_to(title: str, before: str, after: str) -> Told:
    """A change of a value in words; empty where there is none. Long ones are cut around their first difference."""
    was, now = (visible(words) for words in (before, after))
    was, now = (f'"{words}"' if words == _NOTHING else words for words in (was, now))
    was, now = cut_around(was, now)
    return Told(title, was or _NOTHING, now or _NOTHING)


def shown_list(items: list[str]) -> str:
    """Several items in a sentence, of many the first."""
    more = f" and {len(items) - 10} more" if len(items) > 10 else ""
    return ", ".join(visible(item) for item in items[:10]) + more


def visible(text: str) -> str:
    """The text on one line: characters that would break it, hide or turn something round as their escapes."""
    if text.isprintable():
        return text
    return "".join(
        json.dumps(letter)[1:-1]
        if unicodedata.category(letter)[0] == "C" or not letter.isprintable()
        else letter
        for letter in text
    )


def cut_around(before: str, after: str) -> tuple[str, str]:
    """Two texts, cut so that what differs first is seen in both."""
    if max(len(before), len(after)) <= _LINE:
        return before, after
    alike = next(
        (at for at, (one, other) in enumerate(zip(before, after, strict=False)) if one != other),
        min(len(before), len(after)),
    )
    start = max(0, alike - _CONTEXT)
    return _part(before, start), _part(after, start)


def _part(text: str, start: int) -> str:
    if not text:
        return text
    end = start + _LINE
    return f"{'…' if start else ''}{text[start:end]}{'…' if len(text) > end else ''}"


def text_change(title: str, before: str, after: str) -> Told:
    """A change of a text: a short one in full, of a longer one the line that changed, or how many."""
    was, now = before.split("\n"), after.split("\n")
    if len(was) <= 1 and len(now) <= 1:
        return from_to(title, _said(before) if before else "", _said(after) if after else "")
    if max(len(was), len(now)) > _MOST_LINES:
        return Told(f"{title} changed")
    was, now = (lines if lines != [""] else [] for lines in (was, now))
    changed = [op for op in SequenceMatcher(None, was, now, autojunk=False).get_opcodes() if op[0] != "equal"]
    if len(changed) == 1:
        _, a, b, c, d = changed[0]
        if b - a <= 1 and d - c <= 1:
            return from_to(
                f"{title}, line {c + 1}", *("".join(map(_said, part)) for part in (was[a:b], now[c:d]))
            )
    count = sum(max(b - a, d - c) for _, a, b, c, d in changed)
    return Told(f"{title}, {count} lines changed" if count != 1 else f"{title}, 1 line changed")


def _said(text: str) -> str:
    return f'"{text}"'
