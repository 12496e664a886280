"""The names of fields in conditions: `contact.city`, `event.cart.total`, `contact.attributes."shop.city"`."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

CONTACT_COLUMNS = frozenset(
    {"external_id", "email", "phone", "first_name", "last_name", "timezone", "locale"}
)
EVENT_COLUMNS = frozenset({"name"})
MAX_KEYS = 8
MAX_FIELD = 500

Source = Literal["contact", "event", "item"]
"""An item is one of those in a list of a contact or an event, and there alone."""

_PLAIN_KEY = re.compile(r'[^\s."\\\x00-\x1f]([^."\\\x00-\x1f]*[^\s."\\\x00-\x1f])?')
_SAMPLE = "Write for example contact.email, contact.city or event.total."


@dataclass(frozen=True, slots=True)
class FieldPath:
    """Where a field is found: in a column, or under `keys` in the nested attributes or properties."""

    source: Source
    column: str | None
    keys: tuple[str, ...]

    def __str__(self) -> str:
        """The one spelling of this field."""
        if self.column is not None:
            return f"{self.source}.{self.column}"
        if self.source == "item":
            return ".".join(["item", *map(_spelled, self.keys)])
        inside = "attributes" if self.source == "contact" else "properties"
        return ".".join([self.source, inside, *map(_spelled, self.keys)])


def _spelled(key: str) -> str:
    return key if _PLAIN_KEY.fullmatch(key) else json.dumps(key, ensure_ascii=False)


@lru_cache(maxsize=4_096)
def parse_field(text: str) -> FieldPath:
    """Read a field's name.

    `contact.X` and `event.X` mean the column X if there is one, else the key X of the attributes or properties;
    `contact.attributes.X` and `event.properties.X` always mean the key. Further dots lead into nested objects. A key
    that holds a dot or a quote is written as a JSON text: `contact."shop.city"`. ValueError says what is wrong.
    """
    parts = _parts(text)
    rest = parts[1:]
    if parts[0] == "item":
        raise ValueError(
            f'The field "{text}" is that of an item. Ask about it in the "where" of an any_item.'
        )
    source: Source = "contact" if parts[0] == "contact" else "event"
    if not rest or parts[0] != source:
        raise ValueError(f'The field "{text}" names no part of a contact or an event. {_SAMPLE}')
    columns, inside = (
        (CONTACT_COLUMNS, "attributes") if source == "contact" else (EVENT_COLUMNS, "properties")
    )
    if rest[0] in columns:
        if len(rest) > 1:
            raise ValueError(
                f'The field "{text}" looks inside {source}.{rest[0]}, which is plain text. '
                f"Write {source}.{rest[0]}, or {source}.{inside}.{rest[0]}.… for a nested value of that name."
            )
        return FieldPath(source, rest[0], ())
    keys = rest[1:] if rest[0] == inside else rest
    if not keys:
        raise ValueError(f'The field "{text}" does not say which one of the {inside}. {_SAMPLE}')
    return FieldPath(source, None, _not_too_deep(text, keys))


@lru_cache(maxsize=4_096)
def parse_item_field(text: str) -> FieldPath:
    """Read the name of a field of an item in a list: item.category, item.maker.name. ValueError says what is wrong."""
    first, *keys = _parts(text)
    if first != "item" or not keys:
        raise ValueError(
            f'The field "{text}" names no part of an item, and any_item asks about nothing else. '
            "Write for example item.category."
        )
    return FieldPath("item", None, _not_too_deep(text, keys))


def _parts(text: str) -> list[str]:
    if len(text) > MAX_FIELD:
        raise ValueError(f"The name of the field is longer than {MAX_FIELD} characters. Use a shorter one.")
    parts = _split(text)
    if "\x00" in "".join(parts) or not _is_unicode("".join(parts)):
        raise ValueError(f"The field {text!a} holds characters that no database can store. Remove them.")
    return parts


def _not_too_deep(text: str, keys: list[str]) -> tuple[str, ...]:
    if len(keys) > MAX_KEYS:
        raise ValueError(
            f'The field "{text}" is more than {MAX_KEYS} levels deep. Keep values nearer the top.'
        )
    return tuple(keys)


@lru_cache(maxsize=4_096)
def parse_attribute(text: str) -> FieldPath:
    """Read the name of a contact's field, also without `contact.` before it: birthday, contract.ends.

    ValueError says what is wrong, as for a field of an event.
    """
    if text.startswith("contact."):
        return parse_field(text)
    if text.startswith("event."):
        raise ValueError(
            f'"{text}" is a field of an event, and only a contact\'s own dates can be waited for. '
            "Write for example contact.birthday."
        )
    return parse_field(f"contact.{text}")


@lru_cache(maxsize=4_096)
def published_attribute(text: str) -> FieldPath | None:
    """As `parse_attribute`; None for a name that nothing lies under, which a plan of earlier days may hold."""
    try:
        return parse_attribute(text)
    except ValueError:
        return None


def value_at(value: Any, keys: tuple[str, ...]) -> Any:
    """What lies under the keys, each inside the one before; None where there is nothing."""
    for key in keys:
        # An exact dict is nearly always met, and Mapping's own test is ten times slower.
        if type(value) is not dict and not isinstance(value, Mapping):
            return None
        value = value.get(key)
    return value


def _split(text: str) -> list[str]:
    """The parts between the dots, with quoted keys read."""
    parts: list[str] = []
    rest = text
    while True:
        if rest.startswith('"'):
            try:
                key, end = json.JSONDecoder().raw_decode(rest)
            except ValueError:
                raise ValueError(f"The field {text} has a quote without its partner. Close it.") from None
        else:
            end = min((at for at in (rest.find("."), rest.find('"')) if at >= 0), default=len(rest))
            key = rest[:end]
            if not key.strip():
                raise ValueError(f'The field "{text}" has an empty part. {_SAMPLE}')
        parts.append(key)
        rest = rest[end:]
        if not rest:
            return parts
        if not rest.startswith("."):
            raise ValueError(
                f'The field {text} has a quote in the middle of a name. Quote the whole key: "a.b".'
            )
        rest = rest[1:]


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
