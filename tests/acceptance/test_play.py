"""`wend play`: a journey tried out on a file of contacts, with a Temporal server, workers and a crowd of its own."""

from __future__ import annotations

import asyncio
import json
import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.acceptance.processes import Wend
from tests.acceptance.world import EXAMPLES
from wend.play.report import Standing
from wend.play.run import ChildEnded, Play, Watcher, play

PEOPLE = 200
Run = Callable[..., Wend]


@pytest.fixture
def wend(tmp_path: Path) -> Iterator[Run]:
    """Calls `wend` in a folder."""
    called: list[Wend] = []

    def call(*arguments: str, **environment: str) -> Wend:
        called.append(Wend(tmp_path / f"call {len(called)}", *arguments, environment=environment))
        return called[-1]

    yield call
    for one in called:
        one.close()


@pytest.fixture
def people(tmp_path: Path) -> Path:
    """A file of 200 people with an email address and a phone, and of one whom nobody could write to."""
    file = tmp_path / "people.csv"
    rows = [f"p{n:03},p{n:03}@example.com,+39320100{n:04}" for n in range(PEOPLE)]
    file.write_text("\n".join(["external_id,email,phone", *rows, "wrong,no address,"]))
    return file


def example(name: str) -> str:
    """The file of an example."""
    return str(EXAMPLES / name / "journey.json")


def names_in(folder: str) -> list[str]:
    """The names of the files in a folder."""
    return sorted(file.name for file in Path(folder).iterdir())


def report_of(run: Wend) -> dict[str, Any]:
    """The last line that it said."""
    assert run.end() == 0, run.errors
    report: dict[str, Any] = json.loads(run.said.splitlines()[-1])
    assert report["ended"] + report["resting"] + report["parked"] == report["contacts"]
    return report


def test_a_play_touches_nothing_but_its_own(wend: Run, people: Path, tmp_path: Path) -> None:
    """Two hundred people go through the coupon journey as the chances say, whatever installation the environment names."""
    real = tmp_path / "real.db"
    run = wend(
        "play", example("coupon"), "--contacts", str(people), "--day", "1", "--opens", "0.3", "--seed", "1",
        "--json", WEND_DATABASE_URL=f"sqlite:///{real}", WEND_TEMPORAL_ADDRESS="127.0.0.1:1",
        WEND_TEMPORAL_NAMESPACE="production", WEND_TEMPORAL_TLS="1", WEND_TEMPORAL_API_KEY="key",
    )  # fmt: skip
    report = report_of(run)

    assert not real.exists()
    assert report.keys() == {
        "contacts", "ended", "resting", "parked", "results", "edges", "messages", "duplicates",
        "temporal_actions_per_contact", "seconds",
    }  # fmt: skip
    assert (report["contacts"], report["ended"]) == (PEOPLE, PEOPLE)
    opened = report["edges"]["opened.yes"]
    assert opened / PEOPLE == pytest.approx(0.3, abs=0.1)
    silent = PEOPLE - opened
    assert report["edges"] == {
        "start.entered": PEOPLE, "email.sent": PEOPLE, "opened.yes": opened, "opened.no": silent,
        "coupon.given": silent, "sms.sent": silent, "sent.ended": silent, "done.ended": opened,
    }  # fmt: skip
    assert report["results"] == {"coupon sent": silent, "opened": opened}
    assert report["messages"] == {"email": PEOPLE, "sms": silent}
    assert report["duplicates"] == 0
    assert 0 < report["temporal_actions_per_contact"] < 0.2
    assert report["seconds"] > 0
    assert "200 contacts read, 1 rows left out." in run.errors
    assert 'line 202: email: "no address" is no email address.' in run.errors


@pytest.mark.parametrize(
    ("name", "entered", "results"),
    [
        ("welcome", "hello.sent", {"engaged", "quiet"}),
        ("cart_recovery", "left.timeout", {"reminded", "bought"}),
    ],
)
def test_a_journey_that_begins_with_an_event_is_played_too(
    wend: Run, people: Path, name: str, entered: str, results: set[str]
) -> None:
    """Everyone does what it begins with, as its condition asks for."""
    report = report_of(wend("play", example(name), "--contacts", str(people), "--day", "1", "--json"))

    assert (report["contacts"], report["ended"]) == (PEOPLE, PEOPLE)
    assert report["edges"][entered] == PEOPLE
    assert report["results"].keys() <= results


def test_what_nobody_can_enter_is_refused_before_anything_starts(
    wend: Run, people: Path, tmp_path: Path
) -> None:
    """The words say which trigger to draw."""
    drawn = {
        "schema": 1,
        "name": "Birthday",
        "nodes": {
            "start": {"type": "date", "config": {"attribute": "birthday"}},
            "out": {"type": "exit", "config": {"result": "greeted"}},
        },
        "edges": {"e1": {"from": "start", "port": "entered", "to": "out"}},
    }
    file = tmp_path / "birthday.json"
    file.write_text(json.dumps(drawn))

    run = wend("play", str(file), "--contacts", str(people), "--json")

    assert run.end() == 1
    assert 'Draw a trigger of the type "campaign"' in run.errors
    assert run.said == ""


async def test_a_process_that_dies_ends_the_play(
    people: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody waits for ever; the words name the process, and where its log is kept."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    def show(stage: str, _stand: Standing, _to_come: int) -> None:
        if stage == "running":
            for child in psutil.Process(os.getpid()).children(recursive=True):
                if "bulk" in child.cmdline():
                    child.kill()

    document = json.loads((EXAMPLES / "coupon" / "journey.json").read_text())
    what = Play(document, people, day=10, bulk_workers=1)
    watcher = Watcher(show, lambda _report: None, lambda _columns, _rows: None)

    with pytest.raises(ChildEnded, match="worker-bulk-1 ended in the middle of the run") as ended:
        await asyncio.wait_for(play(what, watcher), 120)

    kept = str(ended.value).rpartition("The logs are kept in ")[2].rstrip(".")
    assert Path(kept).parent == tmp_path
    assert names_in(kept) == ["temporal.log", "worker-bulk-1.log", "worker.log"]
