"""A contact as plain data: what the memory and a rehearsal know of a person, invented or real."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.flow.condition_field import published_attribute, value_at


@dataclass(frozen=True, slots=True)
class Contact:
    """A person. `fields` holds the columns of a contact (email, phone, first_name, ...) and "attributes"."""

    id: int
    fields: Mapping[str, Any] = field(default_factory=dict)
    timezone: str | None = None
    tags: frozenset[str] = frozenset()
    segments: frozenset[str] = frozenset()

    def text(self, name: str) -> str | None:
        """A column or an attribute, if it holds text: "birthday", "contact.attributes.contract.ends"."""
        path = published_attribute(name)
        if path is None:
            return None
        column = path.column
        value = self.fields.get(column) if column else value_at(self.fields.get("attributes"), path.keys)
        return value if isinstance(value, str) else None
