"""The dialect of config schemas."""

from __future__ import annotations

from enum import Enum
from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel, Field, SecretStr

from engine.flow.duration import Duration
from engine.flow.schema import find_faults
from nodes.sdk import ui
from nodes.sdk.faults import DefinitionError
from nodes.sdk.fields import ConditionField
from nodes.sdk.schema import dialect, faults, schema_of
from nodes.sdk.words import FieldWords, Words, worded


class Dog(BaseModel):
    kind: Literal["dog"] = "dog"
    tail: int = 1


class Cat(BaseModel):
    kind: Literal["cat"] = "cat"
    claws: int = 18


class Everything(BaseModel):
    """A class."""

    name: str
    nick: str | None = Field(default=None, title="Nick", description="Another name.")
    pet: Annotated[Dog | Cat, Field(discriminator="kind")]
    best: Dog | None = None
    pets: list[Dog] = []
    wait: Duration = Duration(2, "day")
    code: SecretStr | None = None
    test: ConditionField | None = None
    extra: Annotated[Any, ui(widget="value")] = None
    sizes: dict[str, int] = {}


class Tone(Enum):
    """How it sounds."""

    warm = "warm"
    cold = "cold"


class Toned(BaseModel):
    tone: Tone = Field(title="Tone", description="How it sounds.")
    dog: Dog = Field(title="Dog", description="Its dog.")
    plain: Tone


class Loop(BaseModel):
    inner: Loop | None = None


class Either(BaseModel):
    value: int | str


class Pair(BaseModel):
    value: tuple[int, str]


class Untyped(BaseModel):
    value: Any


MADE = dialect(Everything.model_json_schema())


def test_what_pydantic_writes_comes_into_the_dialect() -> None:
    """A config with nested, optional, discriminated and special types has no fault, and no reference is left."""
    assert list(faults(MADE)) == []
    assert "$ref" not in str(MADE)


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        ("nick", {"type": "string", "nullable": True, "default": None, "title": "Nick"}),
        ("best", {"type": "object", "nullable": True, "additionalProperties": False}),
        ("pet", {"discriminator": {"propertyName": "kind"}}),
        ("wait", {"type": "string", "default": "2 days", "x-ui": {"widget": "duration"}}),
        ("code", {"format": "password", "writeOnly": True, "nullable": True}),
        ("test", {"type": "object", "format": "condition", "nullable": True}),
        ("sizes", {"type": "object", "additionalProperties": {"type": "integer"}}),
    ],
)
def test_each_kind_of_field_has_one_spelling(field: str, expected: dict[str, Any]) -> None:
    """Optional is nullable, a union has its discriminator, a secret is a write-only password."""
    assert expected.items() <= MADE["properties"][field].items()


def test_the_names_of_classes_are_not_shown() -> None:
    """Neither the title nor the docstring of a class stands in the schema; those of a field do."""
    assert "title" not in MADE
    assert "description" not in MADE["properties"]["pets"]["items"]
    assert MADE["properties"]["nick"]["description"] == "Another name."


@pytest.mark.parametrize(
    ("config", "places"),
    [
        ({"name": "a", "pet": {"kind": "cat"}}, []),
        ({"name": "a", "pet": {"kind": "cat", "tail": 1}}, ["pet.tail"]),
        ({"name": "a", "pet": {"kind": "dog"}, "best": None, "pets": [{"tail": 2}]}, []),
        ({"name": "a", "pet": {"kind": "dog"}, "pets": [{"tail": "x"}]}, ["pets.0.tail"]),
        ({"pet": {"kind": "fox"}}, ["pet.kind", "name"]),
    ],
)
def test_the_compiler_reads_the_dialect(config: dict[str, Any], places: list[str]) -> None:
    """The engine finds in a config, by the schema alone, what the class would find."""
    assert {fault.place for fault in find_faults(MADE, config)} == set(places)


@pytest.mark.parametrize(
    ("model", "word"),
    [(Either, "anyOf"), (Pair, "prefixItems"), (Untyped, "no type")],
)
def test_what_no_form_can_show_is_told(model: type[BaseModel], word: str) -> None:
    """A union without a discriminator, a tuple and an untyped field are faults, with what to do."""
    found = list(faults(dialect(model.model_json_schema())))

    assert any(word in what for _, what in found)
    assert all(place == "value" and ". " in what for place, what in found)


def test_a_type_that_contains_itself_is_refused() -> None:
    """Recursion cannot be drawn."""
    with pytest.raises(DefinitionError, match="contains itself"):
        dialect(Loop.model_json_schema())


def test_words_go_to_their_fields() -> None:
    """Titles, descriptions and the words of values come from the words, also inside lists."""
    words = Words(
        label="X",
        help="X.",
        fields={
            "pets.tail": FieldWords(title="Length", description="Of the tail."),
            "name": FieldWords(title="Name", description="Which.", options={"a": "A"}),
        },
    )
    made = worded(MADE, words, "acme.x")

    assert made["properties"]["pets"]["items"]["properties"]["tail"]["title"] == "Length"
    assert made["properties"]["name"]["x-ui"] == {"widget": "select", "labels": {"a": "A"}}
    assert "labels" not in MADE["properties"]["name"].get("x-ui", {}), "The schema given is left alone."


def test_words_without_a_field_are_refused() -> None:
    """Words that describe a field which is gone raise, so that they cannot drift from the code."""
    words = Words(label="X", help="X.", fields={"nmae": FieldWords(title="N", description="N.")})

    with pytest.raises(DefinitionError, match='a field "nmae"'):
        worded(MADE, words, "acme.x")


def test_a_field_called_like_its_class_keeps_its_words() -> None:
    """A field's own title and description stay, also where they equal those of its class, which are left out."""
    fields = schema_of(Toned)["properties"]

    assert (fields["tone"]["title"], fields["tone"]["description"]) == ("Tone", "How it sounds.")
    assert fields["dog"]["title"] == "Dog"
    assert not {"title", "description"} & fields["plain"].keys()
