"""The cohort's workflow: run the leg for everyone who is due, sleep until the earliest rest ends, until nobody is left."""

from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy

with workflow.unsafe.imports_passed_through():
    from workers.names import COHORT, LEG, LegAnswer, LegCall

_LEG_TIMEOUT = timedelta(minutes=30)
_SIGN_OF_LIFE = timedelta(seconds=10)
_RETRY = RetryPolicy(initial_interval=timedelta(milliseconds=200), maximum_interval=timedelta(seconds=30))
_LONG_HISTORY = 2_000


def _now() -> int:
    return round(workflow.now().timestamp() * 1000)


@workflow.defn(name=COHORT)
class CohortWorkflow:
    """One cohort. The argument is its id as text, and the earliest instant that counts as now."""

    @workflow.run
    async def run(self, cohort: str, due: int = 0) -> None:
        """Move the cohort until nobody in it is left who will wake by himself."""
        due = max(due, _now())
        while True:
            answer = await workflow.execute_activity(
                LEG,
                LegCall(cohort, due),
                result_type=LegAnswer,
                start_to_close_timeout=_LEG_TIMEOUT,
                heartbeat_timeout=_SIGN_OF_LIFE,
                retry_policy=_RETRY,
                summary="everyone who is due",
            )
            workflow.set_current_details(answer.story)
            if not answer.again and answer.wake_at is None:
                return
            if answer.wake_at is not None and not answer.again:
                delay = answer.wake_at - _now()
                if delay > 0:
                    await workflow.sleep(
                        timedelta(milliseconds=delay), summary="until the earliest rest ends"
                    )
                due = max(answer.wake_at, _now())
            else:
                due = max(due, _now())
            if workflow.info().get_current_history_length() > _LONG_HISTORY:
                workflow.continue_as_new(args=[cohort, due])
