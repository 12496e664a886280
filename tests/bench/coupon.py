"""`coupon`, `actions`, `history`: a campaign through the coupon journey, against one workflow per contact."""

from statistics import median

from tests.bench.campaign import DAY_SECONDS
from tests.bench.figure import Figure, Target
from tests.bench.one_per_contact.run import run_baseline
from tests.bench.rows import Bench

EVENTS, BYTES = 40, 50_000
"""What one cohort's history may hold."""


def measure_coupon(bench: Bench) -> list[Figure]:
    """Contacts a second, and the ratio to one workflow per contact: on the same server, before and after."""
    count = bench.sizes.per_contact

    def baseline(name: str, *tuning: str) -> float:
        bench.say(
            f"the baseline: {count:,} contacts, each in a workflow of their own{' '.join(('', *tuning))}"
        )
        return run_baseline(bench.stack, name, count, DAY_SECONDS, bench.sizes.workers, *tuning).rate

    before = baseline("baseline-before")
    ours = bench.campaign
    after = baseline("baseline-after")
    local = baseline("baseline-local", "--local")
    best = max(before, after)
    return [
        Figure(
            "coupon", ours.rate, "contacts/s", best, ours.rate / best,
            (Target("ratio", ">=", 150), Target("value", ">=", 5000)),
            f"{ours.contacts:,} contacts in {ours.seconds:.1f} s, {bench.sizes.workers} worker(s), {1e6 * ours.cpu / ours.contacts:,.0f} µs"
            f" of processor time for a contact; baseline {count:,} contacts, twice: {before:.1f} and"
            f" {after:.1f} contacts/s, the better one counts",
        ),
        Figure(
            "coupon.local_activities", ours.rate, "contacts/s", local, ours.rate / local, (),
            f"the same baseline with local activities, which run within the workflow task; {count:,} contacts",
        ),
    ]  # fmt: skip


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
