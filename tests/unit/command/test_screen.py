"""What the commands print: the texts of others, as they are."""

from __future__ import annotations

from pathlib import Path

import pytest
from rich.table import Table

from engine.audience.contact_import import BadRow, ImportReport
from wend.command import screen
from wend.command.failure import tell
from wend.command.left_out import LeftOutFile
from wend.command.screen import Screen

HOSTILE = ["Sale [/b] 50%", "[/red]", "a[/x]", "[draft] x", ":smile:", "[link=https://example.com]x[/link]"]


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_is_read_as_markup(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    """In a line, as a styled part, and in a table."""
    shown, table = Screen(), Table("name")
    table.add_row(text)

    shown.say("Name: ", (text, "red"))
    shown.print(table)

    said = capsys.readouterr().out
    assert said.startswith(f"Name: {text}\n")
    assert said.count(text) == 2


def test_no_text_moves_the_cursor(capsys: pytest.CaptureFixture[str]) -> None:
    """What a terminal would obey is shown as a mark."""
    shown, table = Screen(), Table("name")
    table.add_row("a\x1b[2Jb")

    shown.say("a\x1b[2Jb", ("c\x9bd", "red"))
    shown.print(table)

    said = capsys.readouterr().out
    assert "\x1b" not in said
    assert "\x9b" not in said
    assert said.startswith("a\N{REPLACEMENT CHARACTER}[2Jbc\N{REPLACEMENT CHARACTER}d\n")


def test_a_failure_says_its_words_as_they_are(capsys: pytest.CaptureFixture[str]) -> None:
    """Quotes at the beginning and tags included."""
    assert tell(ValueError('"[/b]" begins with nothing.')) == 1
    assert capsys.readouterr().err == 'ValueError: "[/b]" begins with nothing.\n'
    assert tell(KeyError("There is none.")) == 1
    assert capsys.readouterr().err == "KeyError: There is none.\n"


def test_all_rows_left_out_are_counted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Also those that the report does not hold."""
    report = ImportReport(accepted=0, rejected=11_980, bad_rows=[BadRow(n, "[/x]") for n in range(2, 10_002)])

    LeftOutFile(tmp_path / "people.csv").tell(Screen(), report)

    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "line 2: [/x]"
    assert lines[20] == "... and 11,960 further rows"
    assert "people.left-out.csv" in lines[21]


def test_a_folder_that_cannot_be_written_to_holds_nothing_up(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The rows are told, and why there is no file."""
    with LeftOutFile(tmp_path / "gone" / "people.csv") as file:
        file.take(["email"], [BadRow(2, "wrong", ("x",))])
        file.take(["email"], [BadRow(3, "wrong", ("y",))])
    file.tell(Screen(), ImportReport(rejected=2, bad_rows=[BadRow(2, "wrong")]))

    assert "could not be written" in capsys.readouterr().out


def test_every_command_prints_by_the_screen() -> None:
    """No file of the command line makes a console of its own, which would read markup in names."""
    makers = [
        file.name for file in Path(screen.__file__).parent.glob("*.py") if "rich.console" in file.read_text()
    ]

    assert makers == ["screen.py"]
