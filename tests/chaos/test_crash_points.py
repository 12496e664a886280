"""Every named commit, before and after: the process that makes it dies there, is started again, and nothing is lost."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from pathlib import Path

import pytest
from _pytest.mark import ParameterSet

from engine.store.crash import POINTS
from engine.store.tables import enrolment
from tests.chaos.arena import DEEP, SEED, Arena
from tests.chaos.journeys import storm_scenery
from tests.chaos.verdict import verdict

HOUSE = Path(__file__).resolve().parents[2]
DAY_SECONDS = 1.0
SECONDS = 180.0

PASSES = {
    "campaign opened": 2, "campaign begin": 2, "campaign page": 2, "drain": 2, "mark started": 2, "claim": 4,
    "sandbox": 4, "scope": 6, "leg end": 4, "reports": 1, "ingest": 4, "tally": 1,
}  # fmt: skip
"""How often the storm journey comes by a point at least, however slow the machine."""
ELSEWHERE = {"adopt", "campaign run", "lone attempt", "ledger sweep", "replay page", "change page"}
"""The points that this journey does not come by: see `test_attempts`, `test_operators` and `test_sweeps`."""

SENDING = ("claim", "sandbox", "scope")
"""The points between which it is not known whether a message has left."""


@dataclass(frozen=True)
class Case:
    """Death before or after the nth commit of a name."""

    side: str
    point: str
    number: int

    @property
    def crash(self) -> str:
        """As the environment says it."""
        return f"{self.side} {self.point}:{self.number}"

    @property
    def owner(self) -> str:
        """The process that makes this commit."""
        return "readers" if self.point == "ingest" else "worker"


def cases() -> list[ParameterSet]:
    """One pass of each point, as the seed says; in a deep run all of them. Those of a send run everywhere."""
    dice = random.Random(int(SEED or 1))
    found: list[ParameterSet] = []
    for point, passes in PASSES.items():
        for side in ("before", "after"):
            numbers = range(1, passes + 1) if DEEP else [dice.randint(1, passes)]
            marks = pytest.mark.everywhere if point in SENDING else ()
            found += [pytest.param(Case(side, point, number), marks=marks) for number in numbers]
    return found


@pytest.mark.together
@pytest.mark.parametrize("case", cases(), ids=lambda case: case.crash.replace(" ", "-"))
def test_a_death_at_a_commit_harms_nobody(case: Case, arena: Arena) -> None:
    """Whoever dies at a commit and is started again leaves no key accepted twice, nobody lost, nobody in two places."""
    scenery = arena.scenery("storm", storm_scenery)
    with arena.place(scenery, DAY_SECONDS, f"WEND_CHAOS_SEED={SEED or 1}, {case.crash}") as place:
        place.add_worker("worker", "all")
        place.add_readers(opens=0.4, buys=0.1, join=True)
        place.doom(case.owner, case.crash)
        place.start_all()
        place.campaign("first")
        place.campaign("second", 0.5)

        place.live_on(SECONDS)

        assert place.processes[case.owner].lives == 2
        assert verdict(place) == []


def silent_cases() -> list[Case]:
    """A death on each side of each of them, while the worker sends to the first segment."""
    dice = random.Random(int(SEED or 1))
    return [Case(side, point, dice.randint(1, 2)) for point in SENDING for side in ("before", "after")]


@pytest.mark.together
@pytest.mark.parametrize("case", silent_cases(), ids=lambda case: case.crash.replace(" ", "-"))
def test_a_death_at_a_send_repeats_nothing_where_no_key_is_recognised(case: Case, arena: Arena) -> None:
    """With providers like those in use nothing is delivered twice, and whoever is in doubt waits and is asked for no more."""
    scenery = arena.scenery("strict storm", lambda url: storm_scenery(url, recognises=False))
    with arena.place(scenery, DAY_SECONDS, f"WEND_CHAOS_SEED={SEED or 1}, no keys, {case.crash}") as place:
        place.add_worker("worker", "all")
        place.add_readers(opens=0.4, buys=0.1, join=True)
        place.doom("worker", case.crash)
        place.start_all()
        place.campaign("first")
        place.campaign("second", 0.5)

        place.live_on(SECONDS, doubts=True)

        assert place.processes["worker"].lives == 2
        assert place.count(enrolment.c.place == "parked") == 0
        assert case.point != "sandbox" or place.count(place.in_doubt()) > 0
        assert verdict(place, doubts=True) == []


def test_every_crash_point_is_swept() -> None:
    """The names of commits in the code, the list of points, and what the tests come by are the same."""
    rooms = ("engine", "workers", "nodes", "api")
    code = "\n".join(file.read_text() for room in rooms for file in (HOUSE / room).rglob("*.py"))

    assert set(re.findall(r'(?:\.write\(|\bwhat=)"([a-z ]+)"', code)) >= set(POINTS)
    assert set(re.findall(r'\.write\("([a-z ]+)"', code)) <= set(POINTS)
    assert set(POINTS) == PASSES.keys() | ELSEWHERE
