"""The words of a node, kept beside its code: label, summary, help, synonyms, names of ports and fields.

`words.json` holds {"label", "summary", "help", "synonyms": [...], "ports": {key: label},
"fields": {place: {"title", "description", "options": {value: words}}}}; a place inside lists is written with dots
("branches.condition").
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from nodes.sdk.faults import DefinitionError
from nodes.sdk.schema import Schema

FILE = "words.json"


class FieldWords(BaseModel):
    """What a field is called, what it means, and the words for the values to choose from."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: str
    description: str
    options: dict[str, str] = Field(default_factory=dict)


class Words(BaseModel):
    """All words of one node."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    label: str
    summary: str = ""
    help: str
    synonyms: tuple[str, ...] = ()
    ports: dict[str, str] = Field(default_factory=dict)
    fields: dict[str, FieldWords] = Field(default_factory=dict)


def beside(file: str) -> Words:
    """The words in the folder of a module, which passes its `__file__`."""
    path = Path(file).with_name(FILE)
    try:
        return Words.model_validate_json(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise DefinitionError(f"{path} is missing. Write the node's words there.") from None
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(map(str, first["loc"])) or "the file"
        raise DefinitionError(f"{path}, at {place}: {first['msg']}. Correct it.") from None


def places(schema: Mapping[str, Any], place: str = "") -> Iterator[tuple[str, Schema]]:
    """Every field of a config schema with its place, those inside lists and objects too."""
    for name, field in schema.get("properties", {}).items():
        here = f"{place}.{name}".lstrip(".")
        yield here, field
        yield from places(field, here)
        for inner in (field.get("items"), field.get("additionalProperties"), *field.get("oneOf", ())):
            if isinstance(inner, Mapping):
                yield from places(inner, here)


def worded(schema: Schema, words: Words, node: str) -> Schema:
    """The schema with each field's words in it. DefinitionError for words on a field that is not there."""
    made: Schema = json.loads(json.dumps(schema))
    known: dict[str, list[Schema]] = {}
    for place, field in places(made):
        known.setdefault(place, []).append(field)
    for place, said in words.fields.items():
        if place not in known:
            raise DefinitionError(
                f'The words of the node "{node}" describe a field "{place}", which its config does not have. '
                f"Use one of {', '.join(known) or 'none'}."
            )
        for field in known[place]:
            field |= {"title": said.title, "description": said.description}
            if said.options:
                field["x-ui"] = {"widget": "select", **field.get("x-ui", {}), "labels": dict(said.options)}
    return made
