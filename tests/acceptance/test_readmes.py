"""What the READMEs tell a newcomer to type, works as it stands there."""

import re
import shlex
from pathlib import Path

import pytest
import typer

from tests.acceptance.world import HOUSE, World
from wend.command import app

_BLOCK = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)


def commands(page: Path) -> list[list[str]]:
    """The calls of `wend` in a page, as lists of words."""
    lines = "".join(_BLOCK.findall(page.read_text(encoding="utf-8"))).splitlines()
    return [shlex.split(line, comments=True)[1:] for line in lines if line.startswith("wend ")]


PAGES = [
    page for page in (HOUSE / "README.md", *sorted(HOUSE.glob("examples/**/README.md"))) if commands(page)
]


async def test_the_first_steps_of_the_readme(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Publish, enter a file, look at the numbers and at one person: with workers running, that is a whole journey."""
    monkeypatch.chdir(HOUSE)
    said = []

    for words in commands(HOUSE / "README.md"):
        said.append(await world.surface.wend(*words))
        await world.stack.settle()

    published, entered, status, timeline = said
    assert "published as version 1" in published
    assert "5 contacts imported" in entered
    assert "5 entered" in status
    assert "mario@example.com was sent" in " ".join(timeline.split())


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(HOUSE).as_posix())
def test_every_command_of_a_readme_can_be_typed(page: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its options exist, their values fit, and the files that it names are there."""
    monkeypatch.chdir(HOUSE)
    known = typer.main.get_command(app)
    assert isinstance(known, typer.core.TyperGroup)

    for name, *words in commands(page):
        known.commands[name].make_context(name, list(words))
