"""What is said of a contact: read from outside, checked, and brought to one spelling."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from engine.journey.time import is_zone

COLUMNS = ("external_id", "email", "phone", "first_name", "last_name", "timezone", "locale")
RECOGNISED_BY = ("external_id", "email", "phone")
"""What a contact is recognised by, the surest first."""
PUSH_TOKEN = "push_token"
"""The attribute that holds the address of a contact's device."""
PUSH_TOKENS = "push_tokens"
"""The attribute that lists those of further devices."""

LONGEST = 255
_EMAIL = re.compile(r"[^@\s,;<>\"]+@[^@\s.,;<>\"]+(\.[^@\s.,;<>\"]+)+")
_PHONE = re.compile(r"\+[1-9][0-9]{6,14}")
_PHONE_SIGNS = re.compile(r"[\s\-().·/\u00a0]+")
_LOCALE = re.compile(r"[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*")
_NOBODY = frozenset(
    {
        "", "-1", "0", "anonymous", "false", "guest", "id", "nan", "nil", "none", "not_authenticated", "null",
        "[object object]", "true", "undefined", "unknown",
    }
)  # fmt: skip
"""What programs send where they know no id: taken for one, it would make many people one."""


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one field, and what to do about it."""

    field: str
    text: str

    def __str__(self) -> str:
        return f"{self.field}: {self.text}"


@dataclass(slots=True)
class Profile:
    """What is said of one contact: `columns` by name, each in its one spelling; of one that is missing nothing is said.
    An attribute that is None is taken away, and so is a column that is among `cleared`."""

    columns: Mapping[str, str] = field(default_factory=dict)
    attributes: Mapping[str, Any] = field(default_factory=dict)
    cleared: frozenset[str] = frozenset()

    @classmethod
    def of(cls, attributes: Mapping[str, Any] | None = None, **columns: str) -> "Profile":
        """A profile of these columns, which are taken as they are."""
        return cls(columns, attributes or {})

    def names(self) -> list[tuple[str, str]]:
        """What the contact is recognised by, as (kind, value), the surest first."""
        columns = self.columns
        return [(kind, columns[kind]) for kind in RECOGNISED_BY if kind in columns]


def read_profile(data: Mapping[str, Any]) -> tuple[Profile, list[Problem]]:
    """A profile from a mapping of columns, and of attributes under any other name or under `attributes`.

    A field that is wrong is left out, and told of among the problems. An empty text says nothing.
    """
    columns: dict[str, str] = {}
    attributes: dict[str, Any] = {}
    problems: list[Problem] = []
    for name, value in data.items():
        if name in _CHECKS:
            try:
                text = value.strip() if isinstance(value, str) else _as_text(value)
                if len(text) > LONGEST:
                    raise ValueError(f"This is longer than {LONGEST} characters. Shorten it.")
                if text:
                    columns[name] = _CHECKS[name](text)
            except ValueError as error:
                problems.append(Problem(name, str(error)))
        elif name == "attributes" and isinstance(value, Mapping):
            attributes |= value
        elif value != "":
            attributes[name] = value
    return Profile(columns, attributes), problems


def read_written(values: Mapping[str, Any]) -> tuple[Profile, list[Problem]]:
    """A profile from what an act writes, where empty takes a field away: None, or a text without a letter in it.

    The external id stays, by which others know the contact.
    """
    empty = {
        name
        for name, value in values.items()
        if value is None or (isinstance(value, str) and not value.strip())
    }
    kept = {
        name: str(value) if name in COLUMNS and isinstance(value, float) else value
        for name, value in values.items()
        if name not in empty
    }
    profile, problems = read_profile(kept)
    attributes = {**profile.attributes, **dict.fromkeys(sorted(empty.difference(COLUMNS)))}
    return Profile(
        profile.columns, attributes, frozenset(empty.intersection(COLUMNS)) - {"external_id"}
    ), problems


def _as_text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    raise ValueError("This is not text. Write it as text.")


def is_nobody(text: str) -> bool:
    """Whether a text stands where an id should, and names nobody."""
    return text.lower() in _NOBODY or not text.strip("0- ")


def checked_id(text: str) -> str:
    """An external id. ValueError for what stands for nobody in particular."""
    if is_nobody(text):
        raise ValueError(
            f'"{text[:40]}" stands for nobody in particular. Give the id of one person, or none.'
        )
    return text


def checked_email(text: str) -> str:
    """An email address in lower case. ValueError if it cannot be one."""
    if not _EMAIL.fullmatch(text):
        raise ValueError(f'"{text[:60]}" is no email address. Write one like anna@example.com.')
    return text.lower()


def checked_phone(text: str) -> str:
    """A phone number as + and digits (E.164). ValueError where the country is missing or digits are too few or many."""
    digits = _PHONE_SIGNS.sub("", text)
    if digits.startswith("00"):
        digits = f"+{digits[2:]}"
    if not _PHONE.fullmatch(digits):
        raise ValueError(
            f'"{text[:40]}" is no phone number with its country. Write + and the country, for example +39 320 000 0001.'
        )
    return digits


def checked_zone(text: str) -> str:
    """A time zone's name. ValueError if there is none of this name."""
    if not is_zone(text):
        raise ValueError(f'"{text[:40]}" is no time zone. Write a name like Europe/Rome.')
    return text


def checked_locale(text: str) -> str:
    """A language, with its country if need be: it, it-IT. ValueError if it does not look like one."""
    if not _LOCALE.fullmatch(text):
        raise ValueError(f'"{text[:40]}" is no language. Write one like it or it-IT.')
    return text.replace("_", "-")


_CHECKS: dict[str, Callable[[str], str]] = {
    "external_id": checked_id,
    "email": checked_email,
    "phone": checked_phone,
    "first_name": str,
    "last_name": str,
    "timezone": lru_cache(maxsize=1024)(checked_zone),
    "locale": lru_cache(maxsize=1024)(checked_locale),
}
assert tuple(_CHECKS) == COLUMNS
