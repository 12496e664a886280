"""Which nodes there are: the house's own, and those of packages that announce them."""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path

import pytest

from nodes.check import check_package
from nodes.registry import GROUP, Registered, Registry, RegistryError, builtin_folders, load_registry
from nodes.sdk import Context, NodeType, node

HOUSE = Path(__file__).resolve().parents[3]
PACKAGE = HOUSE / "tests/packages/official_account"
KEY = "official_account.send_message"


def _point(value: str, name: str = "acme") -> EntryPoint:
    return EntryPoint(name, value, GROUP)


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The example package, as an installer would leave it: importable, with its metadata beside it."""
    project = tomllib.loads((PACKAGE / "pyproject.toml").read_text())["project"]
    metadata = tmp_path / f"official_account-{project['version']}.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n"
    )
    announced = project["entry-points"][GROUP].items()
    (metadata / "entry_points.txt").write_text(
        "\n".join([f"[{GROUP}]", *(f"{name} = {value}" for name, value in announced), ""])
    )
    monkeypatch.syspath_prepend(PACKAGE)
    monkeypatch.syspath_prepend(tmp_path)
    yield
    for name in [name for name in sys.modules if name.partition(".")[0] == "official_account"]:
        del sys.modules[name]


def test_every_folder_with_a_node_is_a_built_in() -> None:
    """The built-in nodes are the folders, each under its own name."""
    keys = [one.node.key for one in load_registry([])]

    assert keys == sorted(folder.name for folder in builtin_folders())
    assert len(keys) == 30


@pytest.mark.usefixtures("installed")
def test_an_installed_package_is_found_by_its_entry_point() -> None:
    """What a package announces is there, with the package's name in its manifest."""
    assert entry_points(group=GROUP).select(name="official_account")
    registry = load_registry()
    manifest = next(manifest for manifest in registry.manifests() if manifest.key == KEY)

    assert (manifest.version, manifest.package) == (2, "official-account")
    assert manifest.uses == ("official_account_token",)
    assert manifest.config_schema["properties"]["sender"]["x-ui"] == {"widget": "text"}
    assert {one.package for one in registry} == {"wend", "official-account"}


@pytest.mark.usefixtures("installed")
async def test_the_example_package_works_and_conforms() -> None:
    """A package that imports nothing but `wend` passes the checker and the crash test."""
    kind = next(kind for kind in load_registry().nodes() if kind.key == KEY)
    world = {"contact": {"follower_id": "f1"}, "secrets": {"official_account_token": "sesame"}}

    def chat(request):  # type: ignore[no-untyped-def]
        if request.method == "GET":
            return {"json": {"messages": [{"id": "m1"}] if request.earlier else []}}
        return {"json": {"id": "m1"}}

    result = await kind.test({"text": "Hello"}, http=chat, **world)  # type: ignore[arg-type]

    assert (result.port, result.values) == ("sent", {"message_id": "m1"})
    assert await kind.crash_test({"text": "Hello"}, http=chat, **world)  # type: ignore[arg-type]
    assert kind.upgraded({"body": "Hello"}, 1) == {"text": "Hello", "sender": "shop"}
    assert check_package("official_account") == []


def test_the_example_package_imports_nothing_but_the_front_door() -> None:
    """The names of `wend` are all that an author needs."""
    code = (PACKAGE / "official_account/nodes.py").read_text()

    assert not [
        line for line in code.splitlines() if line.startswith(("from nodes", "from engine", "import nodes"))
    ]


def _same_key(version: int = 1) -> NodeType:
    @node("delay", version=version, ports={"done": "Done"})
    async def delay(ctx: Context) -> str:
        """Wait."""
        return "done"

    return delay


def test_two_nodes_of_one_key_and_version_are_refused() -> None:
    """The error names the key, both packages, and what to do."""
    with pytest.raises(
        RegistryError, match=r'"delay" at version 1 comes twice, from "wend".*"acme".*another key'
    ):
        Registry([*load_registry([]), Registered(_same_key(), "acme")])


def test_a_key_belongs_to_one_package_at_every_version() -> None:
    """Another package cannot bring a newer version of a built-in; the error names both."""
    with pytest.raises(
        RegistryError, match=r'"delay" belongs to "wend".*"evil-package".* version 2 .*key of its own'
    ):
        Registry([*load_registry([]), Registered(_same_key(2), "evil-package")])


def test_versions_of_a_key_stand_side_by_side() -> None:
    """A newer version may be installed beside the old one."""
    registry = Registry([*load_registry([]), Registered(_same_key(2), "wend")])

    assert [one.node.version for one in registry if one.node.key == "delay"] == [1, 2]


@pytest.mark.parametrize(
    ("value", "what"),
    [
        ("acme_not_there.nodes", "cannot be imported.*ModuleNotFoundError.*uninstall it"),
        ("json:dumps", "where there are none.*@node"),
    ],
)
def test_a_package_that_cannot_be_used_is_named(value: str, what: str) -> None:
    """An entry point that leads nowhere, or to no node, says which package and what to do."""
    with pytest.raises(RegistryError, match=f'"acme".*{what}'):
        load_registry([_point(value)])


def test_one_node_announced_twice_counts_once() -> None:
    """Two entry points to the same node are no conflict."""
    point = _point("nodes.webhook.node:NODE")

    registry = load_registry([point, point])

    assert len(registry.nodes()) == 30
    assert {one.package for one in registry} == {"wend"}
