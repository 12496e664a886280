"""Nodes that nobody drew: a plan has them where a goal is waited for, and people read of what they drew."""

from __future__ import annotations

from typing import Any

import pytest
from typer.testing import CliRunner

from engine.enrolment.runtime import Runtime
from engine.store.database import Database
from tests.api.driver import Api, move
from wend.command import app
from wend.play.report import edges

DOCUMENT: dict[str, Any] = {
    "schema": 1,
    "name": "Goal",
    "nodes": {
        "start": {"type": "api_call"},
        "text": {"type": "send_sms", "config": {"template": "hello"}},
        "end": {"type": "exit", "config": {"result": "told", "when": "goal_or_limit"}},
        "order": {"type": "goal", "config": {"events": [{"event": "Order Completed"}], "result": "won"}},
    },
    "edges": {
        "a": {"from": "start", "port": "entered", "to": "text"},
        "b": {"from": "text", "port": "sent", "to": "end"},
    },
    "templates": {"hello": {"channel": "sms", "text": "Hello"}},
}


async def test_people_read_of_what_they_drew(
    api: Api, workers: Runtime, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`wend status` names the wait behind an open port in words, and only while somebody is there; the edges that
    `wend play` counts are those of the drawing."""
    monkeypatch.setenv("WEND_DATABASE_URL", database.url)
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setattr("wend.command.local.upgrade", lambda _: None)  # its tables are the newest
    draft = await api.post("/journeys", {"document": DOCUMENT})
    await api.post(f"/journeys/{draft['id']}/publish", {"revision": draft["revision"]})
    await api.post("/contacts", {"external_id": "mario"})
    runner = CliRunner()

    before = runner.invoke(app, ["status", "Goal"]).output
    await api.post(f"/journeys/{draft['id']}/entries", {"external_id": "mario", "key": "1"})
    move(workers)
    after = runner.invoke(app, ["status", "Goal"]).output

    assert "Wait for the goal" not in before
    assert "Wait for the goal (unreachable) │ 1 resting" in after
    assert "~" not in before + after
    with database.read() as connection:
        assert edges(connection) == {"start.entered": 1, "text.unreachable": 1}
