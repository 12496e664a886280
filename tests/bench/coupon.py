"""`coupon`, `actions`, `history`: a campaign through the coupon journey, against one workflow per contact."""

from statistics import median

from tests.bench.campaign import DAY_SECONDS
from tests.bench.figure import Figure, Target
from tests.bench.one_per_contact.run import run_baseline
from tests.bench.rows import Bench

EVENTS, BYTES = 40, 50_000
"""What one cohort's history may hold."""


def measure_coupon(bench: Bench) -> list[Figure]:
    """Contacts a second, and the ratio to one workflow per contact: on the same server, before and after.

    Ours has the worker processes of `wend up`; the baseline one, then as many as ours has for campaigns: the better run
    counts.
    """
    count, bulk = bench.sizes.per_contact, bench.sizes.bulk

    def baseline(name: str, workers: int, *tuning: str) -> float:
        bench.say(
            f"the baseline: {count:,} contacts, each in a workflow of their own, {workers} worker(s){' '.join(('', *tuning))}"
        )
        return run_baseline(bench.stack, name, count, DAY_SECONDS, workers, *tuning).rate

    before = baseline("baseline-before", 1)
    ours = bench.campaign
    after = baseline("baseline-after", max(bulk, 1))
    best, several = max((before, 1), (after, max(bulk, 1)))
    local = baseline("baseline-local", several, "--local")
    return [
        Figure(
            "coupon", ours.rate, "contacts/s", best, ours.rate / best,
            (Target("ratio", ">=", 150), Target("value", ">=", 5000)),
            f"{ours.contacts:,} contacts in {ours.seconds:.1f} s, {_processes(bulk)}, {1e6 * ours.cpu / ours.contacts:,.0f} µs"
            f" of processor time for a contact; baseline {count:,} contacts: {before:.1f} contacts/s with one worker"
            f" and {after:.1f} with {max(bulk, 1)}; the better run counts",
        ),
        Figure(
            "coupon.local_activities", ours.rate, "contacts/s", local, ours.rate / local, (),
            f"the same baseline with local activities, which run within the workflow task; {count:,} contacts",
        ),
    ]  # fmt: skip


def _processes(bulk: int) -> str:
    return f"{bulk} worker(s) of the bulk lane" if bulk else "one worker for everything"


def measure_actions(bench: Bench) -> list[Figure]:
    """What Temporal would bill for a contact, read from the histories."""
    ours = bench.campaign
    actions = ours.actions / ours.contacts
    note = f"{ours.actions:,} actions (starts, activities, timers, signals) for {ours.contacts:,} contacts"
    return [Figure("actions", actions, "actions/contact", targets=(Target("value", "<=", 0.01),), note=note)]


def measure_history(bench: Bench) -> list[Figure]:
    """The largest history of a cohort."""
    events, size = bench.campaign.events, bench.campaign.size
    note = f"the largest of {len(events):,} cohorts; median "
    return [
        Figure(
            "history.events", max(events), "events", targets=(Target("value", "<=", EVENTS),),
            note=f"{note}{median(events):g}",
        ),
        Figure(
            "history.bytes", max(size), "bytes", targets=(Target("value", "<=", BYTES),),
            note=f"{note}{median(size):,.0f}",
        ),
    ]  # fmt: skip
