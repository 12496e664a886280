"""What every Host and its world must do, in one reusable class of tests.

A module that tests a Host subclasses `HostContract` and gives the fixture `worlds`: a function (plan, act) -> World, as
`tests/contract/world.py` describes it. `tests/unit/journey/test_memory.py` does so for the memory.
"""

from __future__ import annotations

from tests.contract.moves import ActContract, EntryContract, FenceContract
from tests.contract.strands import GoalContract, StrandContract
from tests.contract.waits import WaitContract


class HostContract(EntryContract, WaitContract, StrandContract, GoalContract, ActContract, FenceContract):
    """All of it."""
