"""Saved histories of every kind of plan replay with today's workflow code."""

from __future__ import annotations

import asyncio
import gzip
from pathlib import Path

import pytest
from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer

from workers.workflows.campaign import CampaignWorkflow, ScheduledCampaignWorkflow
from workers.workflows.cohort import CohortWorkflow

FOLDER = Path(__file__).parent / "histories"
SAVED = {path.name.split(".json")[0]: path for path in sorted(FOLDER.glob("*.json*"))}


def saved(name: str) -> WorkflowHistory:
    """A saved history; the long ones are packed."""
    content = SAVED[name].read_bytes()
    text = gzip.decompress(content) if SAVED[name].suffix == ".gz" else content
    return WorkflowHistory.from_json(name, text.decode())


def test_there_are_histories_of_every_example() -> None:
    """Each example journey has left at least one; campaigns too, held up by a start, a rate and a pause, and scheduled."""
    examples = {path.parent.name for path in (Path(__file__).parents[2] / "examples").glob("*/journey.json")}

    assert {name.split(".")[0] for name in SAVED} == examples | {"campaign", "cohort"}
    assert {"campaign.held-0", "campaign.scheduled-0", "campaign.scheduled-1"} <= SAVED.keys()


@pytest.mark.parametrize("kind", ["campaign", "cohort"])
def test_there_are_histories_that_went_on_in_a_new_one(kind: str) -> None:
    """Of a cohort and of a campaign: the long history ends by going on, and what went on ends by itself."""
    first, second = (saved(f"{kind}.long-{number}").events for number in range(2))

    went_on = first[-1].workflow_execution_continued_as_new_event_attributes
    began = second[0].workflow_execution_started_event_attributes
    assert len(first) > 2_000
    assert went_on.new_execution_run_id == began.original_execution_run_id
    assert began.continued_execution_run_id
    assert second[-1].HasField("workflow_execution_completed_event_attributes")


@pytest.mark.parametrize("name", SAVED)
async def test_a_saved_history_replays(name: str) -> None:
    """Whatever ran under an earlier version goes on under this one."""
    replayer = Replayer(workflows=[CohortWorkflow, CampaignWorkflow, ScheduledCampaignWorkflow])
    history = await asyncio.to_thread(saved, name)

    await replayer.replay_workflow(history)
