"""What the decorator makes of a function and a config class, and what it refuses."""

from __future__ import annotations

from typing import Annotated, Any

import pytest
from pydantic import BaseModel, Field

from engine.flow.manifest import Port
from nodes.sdk import Context, NodeType, Result, declare, node, ui
from nodes.sdk.definition import Options
from nodes.sdk.faults import DefinitionError, UndeclaredPort


class Note(BaseModel):
    """A config."""

    text: Annotated[str, ui(widget="textarea", rows=3)] = Field(title="Text", description="What is noted.")
    where: Annotated[str, ui(widget="segment")] | None = None


class Plain:
    """A config that is no pydantic model."""

    text: str = Field(max_length=3)
    count: int = 2


def _node(**options: Any) -> NodeType:
    given: Options = {"ports": {"done": "Done"}, **options}  # type: ignore[typeddict-item]

    @node("acme.note", **given)
    async def note(ctx: Context, cfg: Note) -> str:
        """Note something."""
        return "done"

    return note


def test_a_manifest_says_all_that_the_function_does() -> None:
    """Key, words, schema, references and secrets stand in the manifest."""
    manifest = _node(uses=["Token"], summary="Note {text}", synonyms=["memo"], label="Note it").manifest

    assert (manifest.key, manifest.version, manifest.family, manifest.operation) == (
        "acme.note",
        1,
        "act",
        "act",
    )
    assert (manifest.label, manifest.help, manifest.synonyms) == ("Note it", "Note something.", ("memo",))
    assert manifest.references == {"where": "segment"}
    assert manifest.uses == ("token",)
    assert manifest.config_schema["properties"]["text"]["x-ui"] == {"widget": "textarea", "rows": 3}
    assert manifest.config_schema["required"] == ["text"]


def test_a_question_mark_marks_an_optional_port() -> None:
    """`"gone?"` is the optional port `gone`; a Port object says the same."""
    short = _node(ports={"done": "Done", "gone?": "Gone"})
    long = _node(ports=[Port(key="done", label="Done"), Port(key="gone", label="Gone", required=False)])

    assert short.ports == long.ports
    assert [(port.key, port.required) for port in short.ports] == [("done", True), ("gone", False)]


def test_a_plain_class_is_a_config() -> None:
    """Annotated fields suffice: the limits hold, defaults are filled in, and a misspelt field is refused."""

    @node("acme.plain", ports={"done": "Done"})
    async def plain(ctx: Context, cfg: Plain) -> str:
        """Do it."""
        return "done"

    assert plain.read({"text": "abc"}).model_dump() == {"text": "abc", "count": 2}
    for wrong in ({"text": "abcd"}, {"text": "a", "cuont": 1}):
        with pytest.raises(ValueError, match="Plain"):
            plain.read(wrong)


async def test_a_function_without_a_config_takes_the_context_alone() -> None:
    """`async def f(ctx)` is a node without settings."""

    @node("acme.bare", ports={"done": "Done"})
    async def bare(ctx: Context) -> Result:
        """Do it."""
        return Result("done", {"attempt": ctx.attempt})

    assert bare.manifest.config_schema["additionalProperties"] is False
    assert (await bare.test()).values == {"attempt": 1}


def test_an_unknown_port_names_the_node_and_the_known_ones() -> None:
    """The error for a port that is not there says which node and which ports there are."""
    with pytest.raises(UndeclaredPort, match=r'"acme.note" answered "sent".*\(done\)'):
        _node().port("sent", {})


def test_ports_of_a_list_are_known_by_the_config() -> None:
    """Where ports come from a list in the config, those of this config count."""

    class Ways(BaseModel):
        ways: list[dict[str, str]] = []

    fan = declare("acme.fan", Ways, ports={"rest": "Rest"}, ports_from="ways")

    assert fan.port("a", {"ways": [{"port": "a"}]}).key == "a"
    with pytest.raises(UndeclaredPort, match=r"\(rest\)"):
        fan.port("a", {"ways": []})


def test_a_trigger_is_no_function() -> None:
    """Contacts do not enter by code: such a node would be an act in a trigger's colours."""
    with pytest.raises(DefinitionError, match=r'"acme.note" is a trigger.*family="act"'):
        _node(family="trigger")
    assert _node(family="state").manifest.family == "state"


async def test_a_node_renders_its_own_templates() -> None:
    """`ctx.render` puts the values of contact, event and journey in, dates in the journey's zone; or parks."""

    @node("acme.render", ports={"done": "Done"})
    async def render(ctx: Context, cfg: Note) -> Result:
        """Render."""
        return Result("done", {"text": ctx.render(cfg.text), "html": ctx.render(cfg.text, "html")})

    world: Any = {"contact": {"name": "A & B"}, "event": {"at": "2025-03-31T23:30:00Z"}}
    text = "{{ contact.name }}, {{ event.at|date('%-d %B') }}"
    found = await render.test({"text": text}, timezone="Europe/Rome", **world)

    assert found.values == {"text": "A & B, 1 April", "html": "A &amp; B, 1 April"}
    assert (await render.test({"text": text})).parked.startswith("template:missing_variable")  # type: ignore[union-attr]


def test_upgrades_run_one_after_the_other() -> None:
    """A config of version 1 goes through every step to the node's own version."""
    note = _node(version=3)
    note.upgrade(1)(lambda old: {**old, "b": 1})
    note.upgrade(2)(lambda old: {**old, "c": old["b"] + 1})

    assert note.upgraded({"a": 0}, 1) == {"a": 0, "b": 1, "c": 2}
    assert note.upgraded({"a": 0}, 3) == {"a": 0}


def test_a_step_without_a_function_leaves_a_config_that_fits() -> None:
    """A version that reads the older config needs no upgrade; one that does not says which step is missing."""
    note = _node(version=3)
    note.upgrade(2)(lambda old: {**old, "where": "vip"})

    assert note.upgraded({"text": "a"}, 1) == {"text": "a", "where": "vip"}
    with pytest.raises(KeyError, match="1"):
        note.upgraded({"body": "a"}, 1)


async def _two(ctx: Any, cfg: Any, more: Any) -> str:
    return "done"


class Inner:
    text: str


class Outer:
    inner: list[Inner]


async def _nested(ctx: Any, cfg: Outer) -> str:
    return "done"


async def _untyped(ctx, cfg):  # type: ignore[no-untyped-def]
    return "done"


async def _lost(ctx: Context, cfg: NotThere) -> str:  # type: ignore[name-defined]  # noqa: F821
    return "done"


def _blocking(ctx: Any) -> str:
    return "done"


@pytest.mark.parametrize(
    ("make", "what"),
    [
        (lambda: _node(ports={}), "has no ports"),
        (lambda: _node(ports={"Done": "Done"}), "not a plain name"),
        (lambda: _node(ports=["done", "done?"]), "twice"),
        (lambda: node("a.b", ports={"done": "Done"})(_two), "takes 3 parameters"),
        (lambda: node("a.b", ports={"done": "Done"})(_lost), '"NotThere"'),
        (lambda: node("a.b", ports={"done": "Done"})(_untyped), "has no type"),
        (lambda: node("a.b", ports={"done": "Done"})(_nested), r"test_definition.Inner.*pydantic model"),
        (lambda: node("a.b", ports={"done": "Done"})(_blocking), "is not async"),  # type: ignore[arg-type]
        (lambda: _node().upgrade(1), "cannot upgrade from 1"),
        (lambda: _node(version=0), "has the version 0"),
        (lambda: _node(version=True), "has the version True"),
        (lambda: _node(version="2"), "has the version '2'"),
        (lambda: _node(uses="acme_token"), "uses 'acme_token', which is no list"),
        (lambda: _node(uses=["acme token"]), r'Write uses=\["acme_token"\]'),
        (lambda: _node(uses=[3]), "uses "),
        (lambda: ui(widget="slider"), "is unknown"),  # type: ignore[arg-type]
    ],
)
def test_a_bad_definition_is_refused_when_it_is_imported(make: Any, what: str) -> None:
    """A definition that cannot be published raises at once, and its error has a next step."""
    with pytest.raises(DefinitionError, match=what) as caught:
        make()

    assert str(caught.value).count(". ") >= 1, "An error says what is wrong, and what to do."
