"""One value against the keywords of a JSON Schema that speak of single values: what is wrong, and what to do."""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

Schema = Mapping[str, Any]


_BOUNDS = frozenset(
    {
        *("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
        *("minLength", "maxLength", "pattern", "minItems", "maxItems", "uniqueItems"),
        *("minProperties", "maxProperties"),
    }
)


def constants(part: Schema) -> list[Any]:
    return [part["const"]] if "const" in part else list(part.get("enum", ()))


_TYPES: dict[str, tuple[str, str]] = {
    "string": ("a text", "Write a text"),
    "integer": ("a whole number", "Write a whole number"),
    "number": ("a number", "Write a number"),
    "boolean": ("yes or no", "Choose yes or no"),
    "array": ("a list", "Write a list"),
    "object": ("an object with fields", "Write an object"),
    "null": ("empty", "Leave it empty"),
}


def _is(kind: str, value: Any) -> bool:
    match kind:
        case "string":
            return isinstance(value, str)
        case "integer":
            whole = isinstance(value, int) or (isinstance(value, float) and value.is_integer())
            return whole and not isinstance(value, bool)
        case "number":
            return isinstance(value, int | float) and not isinstance(value, bool)
        case "boolean":
            return isinstance(value, bool)
        case "array":
            return isinstance(value, list)
        case "object":
            return isinstance(value, dict)
        case "null":
            return value is None
        case _:
            return True


def has_type(part: Schema, value: Any) -> bool:
    kinds = part.get("type", [])
    if isinstance(kinds, str):
        return _is(kinds, value)
    return not kinds or any(_is(kind, value) for kind in kinds)


def wrong_type(part: Schema, value: Any) -> tuple[str, str] | None:
    if has_type(part, value):
        return None
    kinds = part["type"]
    what, do = _TYPES.get(kinds if isinstance(kinds, str) else kinds[0], ("of another type", "Change it"))
    return (f"is empty, not {what}" if value is None else f"is {in_words(value)}, not {what}"), do


def wrong_constant(part: Schema, value: Any) -> tuple[str, str] | None:
    if "const" not in part and "enum" not in part:
        return None
    known = constants(part)
    if any(value == one and isinstance(value, bool) == isinstance(one, bool) for one in known):
        return None
    return not_one_of(value, known)


def not_one_of(value: Any, known: list[Any]) -> tuple[str, str]:
    return f"cannot be {in_words(value)}", f"Choose one of {', '.join(map(in_words, known))}"


def broken_bound(part: Schema, value: Any) -> tuple[str, str] | None:
    """The first bound that a value breaks, and what to do."""
    if _BOUNDS.isdisjoint(part):
        return None
    for keyword, broken, what, do in _bounds(value):
        limit = part.get(keyword)
        if limit is not None and broken(limit):
            words = {"limit": limit, "value": in_words(value), "example": _example(part)}
            return what.format_map(words), do.format_map(words)
    return None


def _bounds(value: Any) -> list[tuple[str, Any, str, str]]:
    """For a value, the keywords that bound it: (keyword, whether a limit is broken, what is wrong, what to do)."""
    match value:
        case bool():
            return []
        case int() | float():
            return [
                (
                    "minimum",
                    lambda limit: value < limit,
                    "is {value}, less than {limit}",
                    "Write {limit} or more",
                ),
                (
                    "maximum",
                    lambda limit: value > limit,
                    "is {value}, more than {limit}",
                    "Write {limit} or less",
                ),
                ("exclusiveMinimum", lambda limit: value <= limit, "is {value}", "Write more than {limit}"),
                ("exclusiveMaximum", lambda limit: value >= limit, "is {value}", "Write less than {limit}"),
                (
                    "multipleOf",
                    lambda limit: not _divides(limit, value),
                    "is {value}",
                    "Write a multiple of {limit}",
                ),
            ]
        case str():
            return [
                ("minLength", lambda limit: len(value) < limit, *_too_short(value)),
                (
                    "maxLength",
                    lambda limit: len(value) > limit,
                    f"has {len(value)} characters",
                    "Shorten it to {limit}",
                ),
                (
                    "pattern",
                    lambda limit: not _pattern(limit).search(value),
                    "cannot be {value}",
                    "{example}",
                ),
            ]
        case list():
            return [
                (
                    "minItems",
                    lambda limit: len(value) < limit,
                    f"has {len(value)} entries",
                    "Add some: at least {limit}",
                ),
                (
                    "maxItems",
                    lambda limit: len(value) > limit,
                    f"has {len(value)} entries",
                    "Keep at most {limit}",
                ),
                (
                    "uniqueItems",
                    lambda limit: limit and _repeats(value),
                    "has an entry twice",
                    "Remove one of the two",
                ),
            ]
        case dict():
            return [
                (
                    "minProperties",
                    lambda limit: len(value) < limit,
                    f"has {len(value)} entries",
                    "Add some: at least {limit}",
                ),
                (
                    "maxProperties",
                    lambda limit: len(value) > limit,
                    f"has {len(value)} entries",
                    "Keep at most {limit}",
                ),
            ]
        case _:
            return []


def _example(part: Schema) -> str:
    example = next(iter(part.get("examples", ())), part.get("default"))
    if example is not None:
        return f"Write it like {in_words(example)}"
    return f"Use a spelling that fits {part.get('pattern', '')}"


def _too_short(value: str) -> tuple[str, str]:
    if not value:
        return "is empty", "Fill it in"
    return f"has {len(value)} characters", "Write {limit} or more"


def _divides(step: float, value: float) -> bool:
    return step > 0 and abs(value / step - round(value / step)) < 1e-9


def _repeats(values: list[Any]) -> bool:
    seen: list[Any] = []
    for value in values[:1000]:
        if any(value == other and type(value) is type(other) for other in seen):
            return True
        seen.append(value)
    return False


@lru_cache(maxsize=1024)
def _pattern(text: str) -> re.Pattern[str]:
    try:
        return re.compile(text)
    except re.error:
        return re.compile("")


def in_words(value: Any) -> str:
    match value:
        case str():
            return f'"{shortened(value, 40)}"'
        case bool():
            return "yes" if value else "no"
        case None:
            return "empty"
        case int() | float():
            return str(value)[:40]
        case list():
            return "a list"
        case _:
            return "an object"


def shortened(text: str, longest: int) -> str:
    """The text, cut to so many characters."""
    return text if len(text) <= longest else f"{text[: longest - 1]}…"
