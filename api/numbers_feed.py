"""Numbers that are watched: however many watch the same ones, they are read once.

How often they are read follows what a reading costs: once a second where it is quick, at most a twentieth of the time.
"""

import asyncio
import logging
import time
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass

from fastapi.concurrency import run_in_threadpool
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from api.errors import NotFound
from api.numbers.queries import read_numbers
from api.numbers.schemas import Numbers
from api.problems import log_failure
from api.streams import Told
from engine.enrolment.drafts import UnknownJourney
from engine.enrolment.runtime import Runtime, UnknownPlan
from engine.enrolment.tally import Period

_EVERY_SECONDS = 1.0
_AWAY_SECONDS = 5.0
_SHARE = 20
_log = logging.getLogger("wend.api")


@dataclass(frozen=True, slots=True)
class Watched:
    """Which numbers."""

    journey: int
    version: int | None
    period: Period


Read = Callable[[Watched], Numbers]


class _Reading:
    """One set of numbers, and who watches it."""

    def __init__(self, watched: Watched, read: Read) -> None:
        self._watched = watched
        self._read = read
        self._changed = asyncio.Condition()
        self._latest: Numbers | None = None
        self._count = 0
        self._over = False
        self._task = asyncio.create_task(self._go_on())
        self.watchers = 0

    async def after(self, count: int) -> tuple[int, Numbers] | None:
        """The newest numbers, once there are others than the `count`-th ones. None once what they are of is deleted."""
        async with self._changed:
            await self._changed.wait_for(lambda: self._count > count or self._over)
            return None if self._over or self._latest is None else (self._count, self._latest)

    def stop(self) -> None:
        """Read no more."""
        self._task.cancel()

    async def _go_on(self) -> None:
        while True:
            began = time.monotonic()
            try:
                numbers = await run_in_threadpool(self._read, self._watched)
            except (DBAPIError, PoolTimeout) as error:
                _log.warning("numbers cannot be read for now: %s", type(error).__name__)
                await asyncio.sleep(_AWAY_SECONDS)
                continue
            except (UnknownJourney, NotFound, UnknownPlan):
                async with self._changed:
                    self._over = True
                    self._changed.notify_all()
                return
            except Exception as error:  # a stream that goes silent is worse than a reading that fails
                log_failure(error)
                await asyncio.sleep(_AWAY_SECONDS)
                continue
            if numbers != self._latest:
                async with self._changed:
                    self._latest, self._count = numbers, self._count + 1
                    self._changed.notify_all()
            await asyncio.sleep(max(_EVERY_SECONDS, _SHARE * (time.monotonic() - began)))


class NumbersFeed:
    """All numbers that are watched by this process."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._readings: dict[Watched, _Reading] = {}

    @property
    def watched(self) -> int:
        """How many different numbers are watched."""
        return len(self._readings)

    async def follow(self, watched: Watched) -> AsyncGenerator[Told]:
        """The numbers now, and whenever they have changed, at most once a second. They end with their journey."""
        reading = self._readings.get(watched)
        if reading is None:
            reading = self._readings[watched] = _Reading(watched, self._look)
        reading.watchers += 1
        count = 0
        try:
            while (found := await reading.after(count)) is not None:
                count, numbers = found
                yield Told("numbers", numbers.model_dump(mode="json"))
        finally:
            reading.watchers -= 1
            if reading.watchers == 0:
                reading.stop()
                del self._readings[watched]

    def _look(self, watched: Watched) -> Numbers:
        with self._runtime.database.read() as connection:
            return read_numbers(
                connection, self._runtime.plans, watched.journey, watched.version, watched.period
            )
