"""The conformance checker: the house keeps its own rules, and each rule finds what it is for."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import pytest
from pydantic import BaseModel, Field, SecretStr

from engine.flow.manifest import Port
from nodes.check import RULES, Subject, check_package, record_package
from nodes.check.__main__ import main
from nodes.check.record import read_record
from nodes.registry import FOLDER, builtin_nodes
from nodes.sdk import Context, NodeType, declare, node, ui
from nodes.sdk.colours import contrast
from nodes.sdk.definition import Options

GOOD = Field(title="Text", description="What is said.")


class Mistyped(BaseModel):
    text: str = Field(title="Text", description="What is said.", default=3)  # type: ignore[assignment]  # the fault


class Line(BaseModel):
    """A line."""

    count: int = Field(title="Count", description="How many.", default=2, ge=10)


class TooFew(BaseModel):
    lines: list[Line] = Field(title="Lines", description="The lines.", default=[])


class Fine(BaseModel):
    text: str = GOOD


def made(
    config: type[BaseModel] = Fine, key: str = "acme.say", help_text: str = "Say it.", **options: Any
) -> NodeType:
    """A node without fault, but for what is given."""
    given: Options = {"ports": {"done": "Done"}, "label": "Say", "icon": "megaphone", **options}  # type: ignore[typeddict-item]

    async def say(ctx: Context, cfg: Any) -> str:
        return "done"

    say.__annotations__["cfg"] = config
    say.__doc__ = help_text
    return node(key, **given)(say)


def found(
    kind: NodeType, *, builtin: bool = False, file: Path = Path("say.py"), **more: Any
) -> dict[str, str]:
    """{rule: message} of what is found."""
    subject = Subject(kind, file, builtin, **more)
    return {finding.rule: str(finding) for rule in RULES for finding in rule(subject)}


def test_the_house_keeps_its_own_rules() -> None:
    """Every built-in node conforms, and all of them are in the record."""
    assert check_package("nodes") == []
    assert set(read_record(FOLDER)) == {one.node.key for one in builtin_nodes()}


def test_a_node_without_fault_has_no_finding() -> None:
    """The checker finds nothing where there is nothing."""
    assert found(made()) == {}


class NoWords(BaseModel):
    text: str


class WrongUnion(BaseModel):
    text: int | str = GOOD


class Token(BaseModel):
    api_key: str = GOOD


class Password(BaseModel):
    text: SecretStr = GOOD


class Labels(BaseModel):
    text: Annotated[str, ui(widget="select", labels={"a": "A"})] = Field(
        title="T", description="D.", json_schema_extra={"enum": ["a", "b"]}
    )


@pytest.mark.parametrize(
    ("kind", "rule", "said"),
    [
        (made(key="say"), "key-name", 'Call it "your_package.say"'),
        (made(key="acme.Say Hello!"), "key-name", 'Call it "your_package.say_hello"'),
        (made(help_text=""), "words", "has no help text"),
        (made(help_text="Say it"), "words", "no whole sentence"),
        (made(NoWords), "words", 'a field "text" without a description'),
        (made(Labels), "words", "values without words (b)"),
        (made(summary="Say {word}"), "summary", "speaks of {word}"),
        (made(summary="Say[ {text}"), "summary", "a bracket without its partner"),
        (made(icon="Mega Phone"), "appearance", "an icon"),
        (made(colour="red"), "appearance", 'a colour "red"'),
        (made(colour="#ffcc00"), "appearance", "a contrast of 1.5"),
        (made(ports=[Port(key="done", label=" ")]), "ports", "without a label"),
        (made(ports=["done?"]), "ports", "no required port"),
        (made(WrongUnion), "dialect", 'cannot be drawn at "text"'),
        (made(Mistyped), "defaults", 'begins with 3 in its field "text"'),
        (made(TooFew), "defaults", 'begins with 2 in its field "lines.count"'),
        (made(Token), "secret-fields", 'a secret in the field "api_key"'),
        (made(Password), "secret-fields", 'a secret in the field "text"'),
    ],
)
def test_each_rule_finds_what_it_is_for(kind: NodeType, rule: str, said: str) -> None:
    """One fault gives one finding, with the file, what is wrong and what to do."""
    findings = found(kind)

    assert set(findings) == {rule}
    assert said in findings[rule]
    assert findings[rule].startswith("say.py: [")
    assert findings[rule].count(". ") >= 1


def test_a_list_of_ports_holds_ports() -> None:
    """A node whose ports come from a field needs a list of items with ports there."""
    fan = declare("acme.fan", Fine, ports=["done"], ports_from="text")

    assert "which is no list with ports" in found(fan)["ports"]


def test_a_manifest_that_makes_no_sense_is_a_finding(tmp_path: Path) -> None:
    """What the engine cannot carry out is told with its file, and nothing is raised."""
    inner = tmp_path / "acme_senseless"
    inner.mkdir()
    (inner / "__init__.py").write_text(
        "from pydantic import BaseModel\nfrom nodes.sdk import declare\nclass Cfg(BaseModel): pass\n"
        'again = declare("acme_senseless.again", Cfg, operation="repeat", ports=["again"])\n'
    )
    (finding,) = check_package(str(inner))

    assert finding.rule == "manifest"
    assert "lacks the ports ['done']" in finding.message


def _folder(tmp_path: Path, code: str = "", **files: str) -> Path:
    folder = tmp_path / "say"
    folder.mkdir()
    for name, text in {"__init__.py": "", "node.py": code, "words.json": "{}", **files}.items():
        (folder / name).write_text(text)
    return folder / "node.py"


def builtin(**options: Any) -> NodeType:
    """A built-in node without fault."""
    return made(key="say", summary="Say {text}", synonyms=["tell"], **options)


def test_a_built_in_stands_in_a_folder_like_every_other(tmp_path: Path) -> None:
    """The key is the folder's name, and the files are the usual ones."""
    file = _folder(tmp_path)
    assert found(builtin(), builtin=True, file=file) == {}

    (file.parent / "more.py").write_text("")
    (file.parent / "words.json").unlink()
    assert "folder-files" in found(builtin(), builtin=True, file=file)
    assert 'in the folder "say"' in found(made(key="tell"), builtin=True, file=file)["key-name"]


@pytest.mark.parametrize(
    ("code", "clean"),
    [
        ('"""Docstrings are for programmers, whoever they may be."""\n', True),
        ('PORTS = ["done", "not_bought?"]\n', True),
        ("class A:\n    '''A docstring in a class that is long.'''\n", True),
        ('raise ValueError("The thing is wrong. Mend it.")\n', False),
        ('x = f"Wait for {1} the other thing to happen"\n', False),
    ],
)
def test_words_stand_beside_the_code(tmp_path: Path, code: str, clean: bool) -> None:
    """Sentences in the code of a built-in node are found, docstrings and names are not."""
    findings = found(builtin(), builtin=True, file=_folder(tmp_path, code))

    assert set(findings) == (set() if clean else {"code-words"})


def test_a_built_in_takes_its_familys_colour(tmp_path: Path) -> None:
    """A colour of its own is found, even if it can be read."""
    assert (
        "a colour of its own"
        in found(builtin(colour="#000000"), builtin=True, file=_folder(tmp_path))["appearance"]
    )


# ------------------------------------------------------------------------------------------------ what was published


class Wider(BaseModel):
    text: str = GOOD
    more: str = Field(default="", title="More", description="More.")


class Other(BaseModel):
    words: str = GOOD


def test_a_breaking_change_needs_a_version_and_an_upgrade() -> None:
    """The same version may only grow; a newer one says how older configs are read."""
    old = (made().manifest,)

    assert found(made(Wider), published=old) == {}
    assert "Raise its version to 2" in found(made(Other), published=old)["breaking-change"]
    assert "upgrade(1)" in found(made(Other, version=2), published=old)["breaking-change"]
    newer = made(Other, version=2)
    newer.upgrade(1)(lambda config: {"words": config["text"]})
    assert found(newer, published=old) == {}
    assert "2 was published" in found(made(), published=(made(version=2).manifest,))["breaking-change"]


def test_a_step_that_breaks_nothing_needs_no_upgrade() -> None:
    """Of several steps only those are asked for that break something; code that is still there asks for none."""
    first, second = made().manifest, made(Wider, version=2).manifest

    assert found(made(Wider, version=2), published=(first,)) == {}
    third = made(Other, version=3)
    assert "upgrade(2)" in found(third, published=(first, second))["breaking-change"]
    third.upgrade(2)(lambda config: {"words": config["text"]})
    assert found(third, published=(first, second)) == {}

    both = frozenset({1, 2})
    assert found(made(Other, version=2), published=(first,), installed=both) == {}
    assert found(made(), published=(first, made(Other, version=2).manifest), installed=both) == {}


PACKAGE = '''
from wend import Field, node

class Words:
    """A config."""
    {field}: str = Field(title="Text", description="What is said.")

@node("{name}.say", ports={{"done": "Done"}}, icon="megaphone")
async def say(ctx, cfg: Words):
    """Say it."""
    return "done"
'''


def _package(root: Path, name: str, field: str) -> Path:
    inner = root / "src" / name
    inner.mkdir(parents=True, exist_ok=True)
    (inner / "__init__.py").write_text("")
    (inner / "nodes.py").write_text(PACKAGE.format(field=field, name=name))
    return root


def test_a_record_holds_later_changes_to_what_was_published(tmp_path: Path) -> None:
    """What `--record` wrote down, in the package's folder, is what a changed node is judged by."""
    root = _package(tmp_path / "one", "acme_recorded", "text")

    assert check_package(str(root)) == []
    assert record_package(str(root)) == 1
    written = json.loads((root / "src/acme_recorded/published.json").read_text())
    assert [(one["key"], one["version"]) for one in written] == [("acme_recorded.say", 1)]
    assert "title" not in json.dumps(written)

    sys.modules.pop("acme_recorded.nodes")
    _package(root, "acme_recorded", "words")
    (finding,) = check_package(str(root))
    assert finding.rule == "breaking-change"
    assert 'the field "text" is gone' in finding.message


def test_a_node_that_vanished_is_a_finding(tmp_path: Path) -> None:
    """What the record has and the code has not would park everyone who stands there."""
    root = _package(tmp_path / "one", "acme_vanishing", "text")
    other = root / "src/acme_vanishing/other.py"
    other.write_text(PACKAGE.format(field="text", name="acme_vanishing").replace(".say", ".tell"))
    assert check_package(str(root)) == []
    assert record_package(str(root)) == 2

    other.unlink()
    sys.modules.pop("acme_vanishing.other")
    (finding,) = check_package(str(root))
    assert (finding.rule, Path(finding.file).name) == ("breaking-change", "published.json")
    assert finding.message.startswith('The node "acme_vanishing.tell" was published and is gone')


def test_two_nodes_of_one_name_are_a_finding(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker does not start beside them, so that the checker says it before."""
    folder = tmp_path / "twins_of_acme"
    folder.mkdir()
    (folder / "__init__.py").write_text(
        "from wend import node\n"
        "for _ in range(2):\n"
        "    async def greet(ctx):\n"
        '        """Say it."""\n'
        '        return "done"\n'
        '    globals()[f"greet_{_}"] = node("acme.greet", ports={"done": "Done"})(greet)\n'
    )
    monkeypatch.syspath_prepend(tmp_path)

    (finding,) = check_package("twins_of_acme")

    assert (finding.rule, "comes twice at version 1" in finding.message) == ("key-name", True)


def test_a_package_that_cannot_be_read_is_a_finding() -> None:
    """No package, or one without nodes, is told, and nothing is raised."""
    assert [finding.rule for finding in check_package("acme_nowhere")] == ["import"]
    assert [finding.rule for finding in check_package("json.decoder")] == ["nodes"]


def test_the_checker_is_a_program_too(capsys: pytest.CaptureFixture[str]) -> None:
    """`python -m nodes.check` prints what it finds, and its exit code says whether there was anything."""
    assert main([]) == 0
    assert capsys.readouterr().out == ""
    assert main(["acme_nowhere"]) == 1
    assert capsys.readouterr().out.startswith("acme_nowhere: [import] ")


@pytest.mark.parametrize(("colour", "ratio"), [("#000000", 21.0), ("#ffffff", 1.0), ("#767676", 4.54)])
def test_contrast_is_that_of_the_standard(colour: str, ratio: float) -> None:
    """The contrast with white is what WCAG computes."""
    assert contrast(colour) == pytest.approx(ratio, abs=0.005)
