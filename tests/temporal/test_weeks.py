"""Days and weeks on the server that skips time: the campaign's workflow, the cohorts' and the real activities under them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from temporalio.client import WorkflowHistory
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Replayer

from engine.audience.contacts import upsert_contacts
from engine.audience.profile import Profile
from engine.audience.segments import create_segment
from engine.enrolment.campaign import How, change_campaign, create_campaign, read_campaign
from engine.enrolment.ingest import Incoming, ingest
from engine.enrolment.publishing import publish_document
from engine.store.database import Database
from engine.store.tables import cohort, enrolment, message
from tests.acceptance.stack import BEGIN, Stack, running
from tests.unit.flow.drawing import draw
from workers.names import campaign_workflow, cohort_workflow
from workers.workflows.campaign import CampaignWorkflow
from workers.workflows.cohort import CohortWorkflow

DAY = 86_400_000
START = BEGIN + 10 * DAY


def places(stack: Stack) -> list[tuple[str, str]]:
    """Where everybody stands: the node and the place, in the order of the contacts."""
    with stack.database.read() as connection:
        rows = connection.execute(select(enrolment).order_by(enrolment.c.contact)).all()
    return [(row.position, row.place) for row in rows]


def plan_campaign(stack: Stack) -> int:
    """A campaign of three in ten days: three days' rest, a wait of two weeks, a week's rest, an email."""
    document = draw(
        "in:campaign -> d:delay -> w:wait_for -> out:exit\nw -timeout-> week:delay -> mail:send_email -> out",
        d={"for": "3 days"}, w={"within": "2 weeks"}, week={"for": "1 week"},
    )  # fmt: skip
    published = publish_document(stack.database, document, now=BEGIN, who="test")
    people = [Profile.of(external_id=f"c{n}", email=f"c{n}@example.com", first_name="C") for n in range(3)]
    with stack.database.write() as connection:
        contacts = upsert_contacts(connection, people, BEGIN)
        create_segment(connection, "all", now=BEGIN, contacts=contacts)
        return create_campaign(
            connection, published.journey, "all", now=BEGIN, name="Weeks", how=How(starts_at=START)
        )


async def histories(environment: WorkflowEnvironment, names: list[str]) -> list[WorkflowHistory]:
    """What the workflows did; each has ended, and replays."""
    found = []
    for name in names:
        history = await environment.client.get_workflow_handle(name).fetch_history()
        assert history.events[-1].HasField("workflow_execution_completed_event_attributes"), name
        await Replayer(workflows=[CampaignWorkflow, CohortWorkflow]).replay_workflow(
            WorkflowHistory.from_json(name, history.to_json())
        )
        found.append(history)
    return found


def timers(history: WorkflowHistory) -> list[float]:
    """The days that its timers lasted."""
    started: list[Any] = [event.timer_started_event_attributes for event in history.events]
    return [
        round(one.start_to_fire_timeout.ToSeconds() / 86_400, 2)
        for one in started
        if one.start_to_fire_timeout.ToSeconds()
    ]


async def test_a_campaign_and_its_cohorts_live_for_weeks(
    sqlite: Database, time_skipping: WorkflowEnvironment
) -> None:
    """A start in ten days, held for a day by a pause; then waits of days and weeks, each one timer of a workflow."""
    async with running(sqlite, time_skipping) as stack:
        number = plan_campaign(stack)
        await stack.advance(START - DAY)
        before = places(stack)
        with sqlite.write() as connection:
            change_campaign(connection, number, "pause", now=stack.moment, who="test")
        await stack.advance(START + DAY)
        paused = places(stack)
        with sqlite.write() as connection:
            change_campaign(connection, number, "resume", now=stack.moment, who="test")
        await stack.settle()
        began = places(stack)
        await stack.advance(START + 5 * DAY)
        waiting = places(stack)
        visited = Incoming(
            message_id="v", name="landing.visited", user_id="c0", at=stack.runtime.business_now()
        )
        ingest(stack.runtime, [visited], stack.now())
        await stack.advance(START + 30 * DAY)

        with sqlite.read() as connection:
            assert read_campaign(connection, number).state == "done"
            groups = list(connection.scalars(select(cohort.c.id).order_by(cohort.c.id)))
            sent = connection.execute(select(message)).all()
            rows = connection.execute(select(enrolment).order_by(enrolment.c.contact)).all()
        assert (before, paused) == ([], [])
        assert began == [("d", "resting")] * 3
        assert waiting == [("w", "resting")] * 3
        assert [row.result for row in rows] == ["done"] * 3
        days = [(row.ended_at - rows[0].entered_at) / DAY for row in rows]
        assert days[0] < 5
        assert all(24 <= day < 24.01 for day in days[1:])
        assert {row.contact for row in sent} == {row.contact for row in rows[1:]}
        assert stack.violations() == []

        campaign, first, *others = await histories(
            time_skipping, [campaign_workflow(number), *map(cohort_workflow, groups)]
        )
        assert timers(campaign)[0] > 9
        assert [round(days) for days in timers(first)] == [3, 14, 7]
        assert all(len(history.events) < 50 for history in (campaign, first, *others))
