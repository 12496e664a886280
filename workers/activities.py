"""The activities: each hands its call to the engine, in a thread, and shows that it is alive meanwhile."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor
from functools import partial
from typing import TypeVar

from temporalio import activity
from temporalio.exceptions import ApplicationError

from engine.enrolment.campaign import UnknownCampaign, campaign_pages, open_campaign_run
from engine.enrolment.legs import UnknownCohort, run_cohort_leg
from engine.enrolment.plans import UnknownPlan
from engine.enrolment.runtime import Runtime
from workers.names import (
    CAMPAIGN_PAGES,
    CAMPAIGN_RUN,
    LEG,
    CampaignAnswer,
    CampaignCall,
    LegAnswer,
    LegCall,
)

_BEAT_SECONDS = 2.0
T = TypeVar("T")


class Activities:
    """The activities of one worker process, on one runtime."""

    def __init__(self, runtime: Runtime, executor: Executor) -> None:
        self._runtime = runtime
        self._executor = executor

    @activity.defn(name=LEG)
    async def leg(self, call: LegCall) -> LegAnswer:
        """Move everyone of a cohort who is due."""
        attempt = activity.info().attempt
        answer = await self._alive(
            partial(run_cohort_leg, self._runtime, int(call.cohort), call.now, attempt)
        )
        return LegAnswer(answer.again, answer.wake_at, answer.moved, answer.story)

    @activity.defn(name=CAMPAIGN_PAGES)
    async def campaign_pages(self, call: CampaignCall) -> CampaignAnswer:
        """Let the next pages of a campaign's segment enter."""
        stand = await self._alive(partial(campaign_pages, self._runtime, int(call.campaign), call.now))
        return CampaignAnswer(stand.state, stand.entered, stand.skipped, stand.total, stand.wait_ms)

    @activity.defn(name=CAMPAIGN_RUN)
    async def campaign_run(self, campaign: str, firing: str) -> str:
        """Open a run of a scheduled campaign; the empty text if it is paused, cancelled or gone."""
        run = await self._alive(partial(open_campaign_run, self._runtime, int(campaign), firing))
        return "" if run is None else str(run)

    async def _alive(self, work: Callable[[], T]) -> T:
        """Run in a thread, with a heartbeat. What fails crosses to Temporal as its type's name alone: a message could
        hold a contact's data. What is gone from the database is not tried again."""
        future = asyncio.get_running_loop().run_in_executor(self._executor, work)
        try:
            while True:
                done, _ = await asyncio.wait([future], timeout=_BEAT_SECONDS)
                if done:
                    return future.result()
                activity.heartbeat()
        except asyncio.CancelledError:
            raise
        except (UnknownCohort, UnknownCampaign, UnknownPlan) as error:
            # Tried again, it would be gone still. Its text names ids alone.
            raise ApplicationError(str(error), type=type(error).__name__, non_retryable=True) from None
        except Exception as error:
            activity.logger.exception("an activity failed")
            code = type(error).__name__
            raise ApplicationError(
                f"The engine stopped with {code}. See this worker's log.", type=code
            ) from None
