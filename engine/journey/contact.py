"""A contact as plain data: what the memory and a rehearsal know of a person, invented or real."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Contact:
    """A person. `fields` holds the columns of a contact (email, phone, first_name, ...) and "attributes"."""

    id: int
    fields: Mapping[str, Any] = field(default_factory=dict)
    timezone: str | None = None
    tags: frozenset[str] = frozenset()
    segments: frozenset[str] = frozenset()

    def text(self, name: str) -> str | None:
        """A column or an attribute, if it holds text: "birthday", "contact.attributes.birthday"."""
        key = name.removeprefix("contact.").removeprefix("attributes.")
        attributes = self.fields.get("attributes") or {}
        value = self.fields[key] if key in self.fields else attributes.get(key)
        return value if isinstance(value, str) else None
