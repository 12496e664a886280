"""The command line, as somebody types it: what it takes, what it refuses, what it says."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from engine.store.heartbeats import forget_beats
from tests.acceptance.world import EXAMPLES, World

SHIPPED = ["ATTIVO"]
"""The segments of a new installation."""


@pytest.fixture
def people(tmp_path: Path) -> Path:
    """A file of mario and lucia."""
    file = tmp_path / "people.csv"
    fill(file, "mario,mario@example.com", "lucia,lucia@example.com")
    return file


def fill(file: Path, *rows: str) -> None:
    """Write a file of these contacts."""
    file.write_text("\n".join(["external_id,email", *rows]))


def table(file: Path) -> list[dict[str, str]]:
    """The rows of a CSV file."""
    with file.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def letters(**nodes: Any) -> dict[str, Any]:
    """A journey: "Letters", begun by a campaign unless `start` says something else."""
    return {
        "schema": 1,
        "name": "Letters",
        "nodes": {
            "start": {"type": "campaign"},
            "out": {"type": "exit", "config": {"result": "read"}},
            **nodes,
        },
        "edges": {"e1": {"from": "start", "port": "entered", "to": "out"}},
    }


def written(file: Path, document: dict[str, Any]) -> str:
    """The document in a file. Gives its path."""
    file.write_text(json.dumps(document))
    return str(file)


async def test_those_in_the_file_enter_and_nobody_else(world: World, people: Path, tmp_path: Path) -> None:
    """Another file of the same name is another list, and so is the same file later on."""
    await world.journey(letters())
    said = await world.surface.wend("enter", "Letters", "--contacts", str(people))
    await world.stack.settle()
    fill(people, "paolo,paolo@example.com")
    await world.journey(letters() | {"name": "Cards"})

    await world.surface.wend("enter", "Cards", "--contacts", str(people))
    await world.stack.settle()
    await world.surface.wend("enter", "Cards", "--contacts", str(people))
    await world.stack.settle()

    await world.expect.everybody(entered=1, ended=1)
    assert len(await world.enrolments("paolo")) == 1
    assert await world.enrolments("mario") == []
    made = [name for name in await world.surface.segments() if name not in SHIPPED]
    (first,) = (name for name in made if f"the new list '{name}'" in said)
    assert len(made) == 3
    assert all(name.startswith("people.csv ") for name in made)
    assert await world.surface.members(first) == ["mario", "lucia"]


async def test_who_did_not_enter_is_counted_by_reason(world: World, people: Path) -> None:
    """The command waits until the campaign is through, and says how many entered, how many did not, and why."""
    await world.journey(letters())
    fill(people, "paolo,paolo@example.com")
    first = await world.surface.wend("enter", "Letters", "--contacts", str(people))
    fill(people, "paolo,paolo@example.com", "mario,mario@example.com", "lucia,lucia@example.com")

    second = await world.surface.wend("enter", "Letters", "--contacts", str(people))

    assert first.endswith("1 contact has entered.\n")
    assert second.endswith(
        "2 contacts have entered.\n1 contact did not enter:\n  1 had entered before, and its re-entry rule is once ever\n"
    )


async def test_where_nothing_runs_the_command_says_so(world: World, people: Path) -> None:
    """It waits for no worker that is not there, nor for a journey that is paused; the campaign goes on later."""
    await world.journey(letters())
    async with world.stack.without_workers():
        with world.stack.database.write() as connection:
            forget_beats(connection, ["relay"])
        said = await world.surface.wend("enter", "Letters", "--contacts", str(people))

    assert "0 contacts have entered." in said
    assert "start them with `wend up`. Follow it with: wend status Letters" in said
    await world.expect.everybody(entered=2)


async def test_a_mistyped_journey_leaves_nothing_behind(world: World, people: Path, tmp_path: Path) -> None:
    """Its name is looked up before the file is read."""
    await world.journey(letters())

    said = await world.surface.wend_refuses("enter", "Leters", "--contacts", str(people))

    assert "There is no journey 'Leters'" in said
    assert "'Letters'" in said
    assert await world.surface.segments() == SHIPPED


async def test_a_journey_without_a_place_to_enter_is_refused_at_once(world: World, people: Path) -> None:
    """No list is made, no campaign is said to be planned, and the words name the trigger to draw."""
    await world.journey("welcome")

    said = await world.surface.wend_refuses("enter", "Welcome", "--contacts", str(people))

    assert "Draw a campaign trigger" in said
    assert await world.surface.segments() == SHIPPED


async def test_a_file_of_which_nothing_can_be_taken_enters_nobody(
    world: World, people: Path, tmp_path: Path
) -> None:
    """No campaign begins that would be through at once."""
    await world.journey(letters())
    fill(people, ",")

    said = await world.surface.wend_refuses("enter", "Letters", "--contacts", str(people))

    assert "Nobody enters" in said
    await world.expect.everybody(entered=0)


async def test_rows_that_are_left_out_are_told_counted_and_kept(world: World, people: Path) -> None:
    """The first ones are shown; all are counted; they stand beside the file, as nothing that a spreadsheet would run."""
    bad = [f'b{number},"=cmd|calc {number}"' for number in range(25)]
    fill(people, "mario,mario@example.com", *bad)

    said = await world.surface.wend("contacts", "import", str(people))

    assert "1 contacts imported, 25 rows left out." in said
    assert "line 22: " in said
    assert "line 23: " not in said
    assert "... and 5 further rows" in said
    kept = people.with_name("people.left-out.csv")
    assert str(kept) in said
    rows = table(kept)
    assert [row["external_id"] for row in rows] == [f"b{number}" for number in range(25)]
    assert rows[24]["email"] == "'=cmd|calc 24"
    assert rows[24]["wend line"] == "27"
    assert "is no email address" in rows[24]["wend reason"]


async def test_an_import_of_nothing_has_failed(world: World, people: Path) -> None:
    """Whoever calls it from a script hears of it."""
    fill(people, "x,wrong")

    assert "0 contacts imported, 1 rows left out." in await world.surface.wend_refuses(
        "contacts", "import", str(people)
    )


async def test_who_comes_into_a_segment_by_a_file_enters_its_journey(
    world: World, people: Path, tmp_path: Path
) -> None:
    """A journey that begins with the segment hears of the import."""
    await world.people("sara")
    await world.segment("Readers", "sara")
    start = {"type": "segment", "config": {"segment": "Readers", "when": "entered"}}
    await world.journey(letters(start=start))

    await world.surface.wend("contacts", "import", str(people), "--segment", "Readers")
    await world.stack.settle()

    await world.expect.result("mario", "read")
    await world.expect.everybody(entered=2)


async def test_names_are_printed_as_they_are(world: World, people: Path, tmp_path: Path) -> None:
    """What looks like markup is a name like any other, in every command."""
    document = letters()
    document["name"] = "Sale [/b] 50%"
    document["nodes"]["out"] = {"type": "exit", "name": "[draft] x", "config": {"result": "[/red]"}}
    file = written(tmp_path / "[bold]sale.json", document)
    fill(people, "[/red],mario@example.com", "x,[/b]")
    wend = world.surface.wend

    assert "[bold]sale.json can be published." in await wend("check", file)
    published = await wend("publish", file)
    assert "Sale [/b] 50% is published as version 1." in published
    assert "wend enter 'Sale [/b] 50%'" in published
    assert '"[/b]" is no email address' in await wend("contacts", "import", str(people))
    assert "Sale [/b] 50%" in await wend("enter", "Sale [/b] 50%", "--contacts", str(people))
    await world.stack.settle()
    assert "Sale [/b] 50%" in await wend("status")
    shown = await wend("status", "Sale [/b] 50%")
    assert "ended with '[/red]': 1" in shown
    assert "Sale [/b] 50%" in await wend("timeline", "[/red]")
    assert "There is no journey '[/red]'" in await world.surface.wend_refuses("status", "[/red]")


async def test_what_is_wrong_with_a_journey_is_printed_as_it_is(world: World, tmp_path: Path) -> None:
    """A node's id and the text of a diagnostic hold what somebody drew."""
    drawn = letters(**{"start": {"type": "[/red]"}, "a[/x]": {"type": "exit"}})
    said = await world.surface.wend_refuses("check", written(tmp_path / "x.json", drawn))

    assert 'type "[/red]"' in said
    assert "node a[/x]" in said
    assert "Use 1 to 64 letters" in said


async def test_every_example_can_be_published(world: World) -> None:
    """Those that begin with their own trigger do not send anybody to `wend enter`."""
    for file in sorted(EXAMPLES.glob("*/journey.json")):
        assert "can be published" in await world.surface.wend("check", str(file))

    said = await world.surface.wend("publish", str(EXAMPLES / "welcome" / "journey.json"))

    assert "Contacts enter by its own triggers." in said
