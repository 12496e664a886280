"""Saved histories of every kind of plan replay with today's workflow code."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer

from workers.workflows.campaign import CampaignWorkflow, ScheduledCampaignWorkflow
from workers.workflows.cohort import CohortWorkflow

SAVED = sorted((Path(__file__).parent / "histories").glob("*.json"))


def test_there_are_histories_of_every_example() -> None:
    """Each example journey has left at least one; campaigns too, held up by a start, a rate and a pause, and scheduled."""
    examples = {path.parent.name for path in (Path(__file__).parents[2] / "examples").glob("*/journey.json")}

    assert {path.stem.split(".")[0] for path in SAVED} == examples | {"campaign"}
    assert {"campaign.held-0", "campaign.scheduled-0", "campaign.scheduled-1"} <= {
        path.stem for path in SAVED
    }


@pytest.mark.parametrize("path", SAVED, ids=lambda path: path.stem)
async def test_a_saved_history_replays(path: Path) -> None:
    """Whatever ran under an earlier version goes on under this one."""
    replayer = Replayer(workflows=[CohortWorkflow, CampaignWorkflow, ScheduledCampaignWorkflow])
    text = await asyncio.to_thread(path.read_text)

    await replayer.replay_workflow(WorkflowHistory.from_json(path.stem, text))
