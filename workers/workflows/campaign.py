"""The campaign's workflow: page a segment into a journey at a bounded rate; pause, resume and cancel it on the way."""

from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy, TypedSearchAttributes

with workflow.unsafe.imports_passed_through():
    from workers.names import (
        ATTRIBUTES,
        CAMPAIGN,
        CAMPAIGN_PAGES,
        CAMPAIGN_RUN,
        SCHEDULED_CAMPAIGN,
        CampaignAnswer,
        CampaignCall,
    )

_PAGES_TIMEOUT = timedelta(minutes=10)
_SIGN_OF_LIFE = timedelta(seconds=10)
_RETRY = RetryPolicy(initial_interval=timedelta(milliseconds=200), maximum_interval=timedelta(seconds=30))
_LONG_HISTORY = 2_000


@workflow.defn(name=CAMPAIGN)
class CampaignWorkflow:
    """One campaign. What has entered stands in its row, so that a second start goes on and enters nobody twice."""

    def __init__(self) -> None:
        self._answer = CampaignAnswer("planned", 0, 0, None, 0)
        self._nudged = False

    @workflow.run
    async def run(self, campaign: str) -> CampaignAnswer:
        """Enter page after page until the segment is through, or the campaign was cancelled."""
        while True:
            # A nudge that comes while the pages are entered speaks of what they may have read too early.
            self._nudged = False
            now = round(workflow.now().timestamp() * 1000)
            self._answer = await workflow.execute_activity(
                CAMPAIGN_PAGES,
                CampaignCall(campaign, now),
                result_type=CampaignAnswer,
                start_to_close_timeout=_PAGES_TIMEOUT,
                heartbeat_timeout=_SIGN_OF_LIFE,
                retry_policy=_RETRY,
                summary="pages of the segment",
            )
            workflow.set_current_details(_story(self._answer))
            if self._answer.state in ("done", "cancelled"):
                return self._answer
            await self._wait(self._answer)
            if workflow.info().get_current_history_length() > _LONG_HISTORY:
                workflow.continue_as_new(args=[campaign])

    async def _wait(self, answer: CampaignAnswer) -> None:
        if answer.state == "paused":
            await workflow.wait_condition(lambda: self._nudged)
        elif answer.wait_ms > 0:
            limit = timedelta(milliseconds=answer.wait_ms)
            try:
                await workflow.wait_condition(
                    lambda: self._nudged, timeout=limit, timeout_summary="the rate, or the start"
                )
            except TimeoutError:
                return

    @workflow.signal
    def nudge(self) -> None:
        """The campaign's row has changed (resumed, cancelled, another rate or time): look at once."""
        self._nudged = True

    @workflow.query
    def progress(self) -> CampaignAnswer:
        """How many have entered, how many the rule kept out, of how many."""
        return self._answer


@workflow.defn(name=SCHEDULED_CAMPAIGN)
class ScheduledCampaignWorkflow:
    """One firing of a schedule: a run of its own of the campaign that it belongs to."""

    @workflow.run
    async def run(self, campaign: str) -> CampaignAnswer:
        """Open the run, and let it go its way as an ordinary campaign. A firing that came while the campaign was being
        paused or cancelled enters nobody."""
        info = workflow.info()
        run = await workflow.execute_activity(
            CAMPAIGN_RUN,
            args=[campaign, info.workflow_id],
            result_type=str,
            start_to_close_timeout=_PAGES_TIMEOUT,
            heartbeat_timeout=_SIGN_OF_LIFE,
            retry_policy=_RETRY,
            summary="a run of its own",
        )
        if not run:
            workflow.set_current_details("Nobody enters: the campaign is paused, cancelled, or gone.")
            return CampaignAnswer("cancelled", 0, 0, None, 0)
        answer: CampaignAnswer = await workflow.execute_child_workflow(
            CAMPAIGN,
            run,
            id=f"campaign-{run}",
            result_type=CampaignAnswer,
            static_summary="a run of a scheduled campaign",
            search_attributes=_of_wend(info.typed_search_attributes),
        )
        return answer


def _of_wend(all_of_them: TypedSearchAttributes) -> TypedSearchAttributes:
    """Those that Wend gives; the server's own are not for giving."""
    return TypedSearchAttributes([pair for pair in all_of_them if pair.key.name in ATTRIBUTES])


def _story(answer: CampaignAnswer) -> str:
    of = "" if answer.total is None else f" of {answer.total:,}"
    return f"{answer.state}: {answer.entered:,}{of} entered, {answer.skipped:,} kept out by the re-entry rule"
