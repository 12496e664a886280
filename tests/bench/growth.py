"""`growth`: does a contact cost more where there are more of them?"""

from tests.bench.campaign import Run, run_campaign
from tests.bench.figure import Figure, Target
from tests.bench.rows import Bench

_SHARES = (100, 10)
"""The smaller campaigns, as parts of the large one: 1,000 and 10,000 of 100,000."""
FLAT = 1.25


def measure_growth(bench: Bench) -> list[Figure]:
    """Contacts a second at each size. The ratio is of the worker's processor time for a contact, to that of a campaign a
    tenth as large: unlike the wall's time, it holds no waiting."""
    runs: list[Run] = []
    for share in _SHARES:
        contacts = max(bench.sizes.contacts // share, 1)
        bench.say(f"a campaign to {contacts:,} contacts")
        runs.append(run_campaign(bench.stack, contacts, bulk=bench.sizes.bulk, histories=False))
    runs.append(bench.campaign)
    figures = []
    for index, run in enumerate(runs):
        smaller = runs[index - 1] if index else None
        ratio = None if smaller is None else _cost(run) / _cost(smaller)
        last = run is runs[-1]
        figures.append(
            Figure(
                f"growth.{run.contacts}", run.rate, "contacts/s", None if smaller is None else smaller.rate, ratio,
                (Target("ratio", "<=", FLAT),) if last else (),
                f"{_cost(run) * 1e6:,.0f} µs of the worker's processors for a contact; ratio of these, to the row above"
                if smaller else f"{_cost(run) * 1e6:,.0f} µs of the worker's processors for a contact; start-up and the"
                f" wait of a second weigh on so few",
            )
        )  # fmt: skip
    return figures


def _cost(run: Run) -> float:
    return run.cpu / run.contacts
