"""`memory`: the resident memory of one worker process while it moves a great many enrolments."""

from statistics import median

from tests.bench.campaign import run_campaign
from tests.bench.figure import Figure, Target
from tests.bench.rows import Bench

_MEGA = 1_000_000
LIMIT = 500
FLAT = 1.1


def measure_memory(bench: Bench) -> list[Figure]:
    """The highest resident memory, and whether it is flat: the last quarter of the run to the second one."""
    count = bench.sizes.enrolments
    bench.say(f"memory: a campaign to {count:,} contacts")
    run = run_campaign(bench.stack, count, bulk=0, histories=False)
    quarter = len(run.resident) // 4
    second, last = median(run.resident[quarter : 2 * quarter]), median(run.resident[-quarter:])
    return [
        Figure(
            "memory", max(run.resident) / _MEGA, "MB", second / _MEGA, last / second,
            (Target("value", "<=", LIMIT), Target("ratio", "<=", FLAT)),
            f"{count:,} enrolments in {run.seconds:.0f} s, {len(run.resident):,} samples; baseline: the second quarter of"
            f" the run; ratio: the last quarter to it",
        )
    ]  # fmt: skip
