"""The baseline's workflow: email, wait for an open or the timeout, coupon, SMS; one for each contact."""

from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy

from tests.bench.one_per_contact.names import (
    END_OPENED,
    GIVE_COUPON,
    JOURNEY,
    SEND_EMAIL,
    SEND_SMS,
    Call,
)

_TIMEOUT = timedelta(seconds=20)
_RETRY = RetryPolicy(initial_interval=timedelta(milliseconds=200), maximum_interval=timedelta(seconds=30))


@workflow.defn(name=JOURNEY)
class OneContact:
    """One contact's journey."""

    def __init__(self) -> None:
        self._opened = False

    @workflow.run
    async def run(self, call: Call) -> str:
        """Go through the journey. Gives the result."""
        await _act(SEND_EMAIL, call)
        try:
            await workflow.wait_condition(lambda: self._opened, timeout=timedelta(seconds=call.wait))
        except TimeoutError:
            await _act(GIVE_COUPON, call)
            await _act(SEND_SMS, call)
            return "coupon sent"
        await _act(END_OPENED, call)
        return "opened"

    @workflow.signal
    def opened(self) -> None:
        """The email was opened."""
        self._opened = True


async def _act(name: str, call: Call) -> None:
    if call.local:
        await workflow.execute_local_activity(
            name, call, start_to_close_timeout=_TIMEOUT, retry_policy=_RETRY
        )
    else:
        await workflow.execute_activity(name, call, start_to_close_timeout=_TIMEOUT, retry_policy=_RETRY)
