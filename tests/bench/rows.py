"""What a row is, what it may ask for, and what rows share: the server, and the one large campaign."""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cached_property

from tests.bench.campaign import Run, run_campaign
from tests.bench.figure import Figure
from tests.bench.stack import Stack, running_stack
from wend.stack.crew import BULK


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much is measured. The figures in docs/benchmarks.md are from these."""

    contacts: int = 100_000
    per_contact: int = 600
    crowd: int = 1_000_000
    people: int = 1_000_000
    enrolments: int = 1_000_000
    bulk: int = BULK


class Bench:
    """One run of the benchmark. `say` tells what is under way."""

    def __init__(self, sizes: Sizes, say: Callable[[str], None]) -> None:
        self.sizes = sizes
        self.say = say
        self._open = ExitStack()

    @cached_property
    def stack(self) -> Stack:
        """The Temporal server of this run, started when the first row asks for it."""
        self.say("starting a Temporal server")
        return self._open.enter_context(running_stack())

    @cached_property
    def campaign(self) -> Run:
        """The campaign that the rows coupon, actions, history and growth read."""
        self.say(f"a campaign to {self.sizes.contacts:,} contacts")
        return run_campaign(self.stack, self.sizes.contacts, bulk=self.sizes.bulk)

    def close(self) -> None:
        """Stop what was started."""
        self._open.close()


Measure = Callable[[Bench], list[Figure]]
"""A row: it measures, and gives its lines."""
