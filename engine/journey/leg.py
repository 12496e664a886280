"""The leg runner: everything that a group of enrolments does between two rests.

A pure work-list over the plan. The group at the earliest node goes first, so that a node runs once all who will come to
it in this leg have come, and of one enrolment's strands the one at the earlier node goes first. Those who come to a node
together look at what was before any of them left it. What a node means stands in `visits`; what the world does stands
behind the Host.
"""

from collections.abc import Callable, Iterable

from engine.flow.plan import MOST_STEPS, Plan
from engine.journey.host import Host
from engine.journey.progress import Leg
from engine.journey.traveller import Traveller
from engine.journey.visits import visit


class Worklist:
    """Travellers who can go on, grouped by where they stand."""

    def __init__(self, plan: Plan) -> None:
        self._rank = plan.rank
        self._groups: dict[str, list[Traveller]] = {}

    def add(self, travellers: Iterable[Traveller]) -> None:
        """Take in travellers who stand before, or at, their position."""
        for traveller in travellers:
            self._groups.setdefault(traveller.position, []).append(traveller)

    def next(self) -> tuple[str, list[Traveller]] | None:
        """The group at the earliest node, in the order of strands; None when nobody is left."""
        if not self._groups:
            return None
        node = min(self._groups, key=self._rank.__getitem__)
        return node, sorted(self._groups.pop(node), key=lambda traveller: traveller.strand)


def run_leg(
    plan: Plan, host: Host, members: Iterable[Traveller], due: int, *, most: int = MOST_STEPS,
    halted: Callable[[], bool] = lambda: False,
) -> None:  # fmt: skip
    """Move `members` until everyone rests, has ended or is parked. `due` is the leg's business instant.

    An enrolment that has made `most` steps and still goes on is parked: its loop never rests. Once `halted` says so, no node
    is begun any more: who is not through stays moving, where it was committed last.
    """
    leg = Leg(plan, host, due, most)
    work = Worklist(plan)
    work.add(members)
    while not halted() and (group := work.next()) is not None:
        work.add(visit(leg, *group))
